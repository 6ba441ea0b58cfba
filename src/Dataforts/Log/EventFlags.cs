namespace Dataforts.Log;

/// <summary>How the payload of an events record is laid out. Values are on disk and never change.</summary>
[Flags]
internal enum EventFlags : byte
{
    /// <summary>Inline bytes, all events of one length.</summary>
    None = 0,

    /// <summary>The payload begins with a word for each event: its length, and in the two highest bits what it is. Without, all events are alike.</summary>
    Table = 1,

    /// <summary>There are refs: with a table it says which, without one all are.</summary>
    Refs = 2,

    /// <summary>Without a table: the refs are those of directories' manifests, and keep what these list.</summary>
    Directories = 4,

    /// <summary>Not one record but several that lie one behind the other. In hint files only.</summary>
    Run = 128,
}
