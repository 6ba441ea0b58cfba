namespace Dataforts.Directories.Files;

/// <summary>What lies at a path on disk, links not followed.</summary>
internal enum DiskNodeKind : byte
{
    /// <summary>The system did not say in passing; <see cref="DiskFolder.TryStat"/> does.</summary>
    Unknown,

    File,

    Directory,

    Symlink,

    /// <summary>A pipe.</summary>
    Fifo,

    /// <summary>A socket.</summary>
    Socket,

    /// <summary>A device.</summary>
    Device,
}
