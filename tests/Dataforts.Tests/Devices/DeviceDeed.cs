namespace Dataforts.Tests.Devices;

/// <summary>What a store asks of its device.</summary>
internal enum DeviceDeed
{
    /// <summary>A file is opened.</summary>
    Open,

    /// <summary>A file is made, or made empty.</summary>
    Create,

    /// <summary>A folder is made.</summary>
    CreateFolder,

    /// <summary>A file gets another name.</summary>
    Move,

    /// <summary>A file is removed.</summary>
    Delete,

    /// <summary>Bytes are read.</summary>
    Read,

    /// <summary>Bytes are written.</summary>
    Write,

    /// <summary>A file is cut off or made longer.</summary>
    SetLength,

    /// <summary>A file's data and length are put on stable storage.</summary>
    FlushData,

    /// <summary>A folder's entries are put on stable storage.</summary>
    FlushFolder,
}
