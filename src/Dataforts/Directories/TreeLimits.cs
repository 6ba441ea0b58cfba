namespace Dataforts.Directories;

/// <summary>The caps of publishing and fetching trees; docs/LIMITS.md lists them with their reasons.</summary>
public static class TreeLimits
{
    /// <summary>Entries that one result tells of by name.</summary>
    public const int MostRemarks = 1000;

    /// <summary>Files up to this size are read and written many at a time; 256 KiB.</summary>
    public const int GatheredFileBytes = 256 * 1024;

    /// <summary>Bytes of such files that one task holds; 1 MiB.</summary>
    public const int GatheredBytes = 1024 * 1024;

    /// <summary>Entries that one task works on.</summary>
    public const int BatchEntries = 64;

    /// <summary>Files of one folder that one task writes.</summary>
    public const int FolderBatchEntries = 256;

    /// <summary>Bytes of those; one file is always let through. 16 MiB.</summary>
    public const int FolderBatchBytes = 16 * 1024 * 1024;

    /// <summary>Tasks at work for each processor.</summary>
    public const int BatchesPerProcessor = 2;

    /// <summary>A manifest up to this size is kept in memory while it is worked with; a larger one is read again for each step. 16 MiB.</summary>
    public const int ManifestMemoryBytes = 16 * 1024 * 1024;

    /// <summary>How often a file that changes while it is read is read again.</summary>
    public const int ReadAttempts = 3;

    /// <summary>What fetching a tree leaves free on a device, by default: 64 MiB.</summary>
    public const long SpareBytes = 64L * 1024 * 1024;
}
