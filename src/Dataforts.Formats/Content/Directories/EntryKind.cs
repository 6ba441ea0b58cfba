namespace Dataforts.Content.Directories;

/// <summary>What an entry of a directory manifest is. The values are the format's own.</summary>
public enum EntryKind
{
    /// <summary>A regular file.</summary>
    File = 0,

    /// <summary>A directory, perhaps empty.</summary>
    Directory = 1,

    /// <summary>A symbolic link, kept as its text and never followed.</summary>
    Symlink = 2,
}
