namespace Dataforts.Content.Directories;

/// <summary>How large a tree may be; docs/LIMITS.md lists these with their reasons.</summary>
public sealed record DirectoryLimits
{
    /// <summary>Bytes of a component, as nearly every file system has it.</summary>
    public const int MaxNameBytes = 255;

    /// <summary>Bytes of a path, and of a link's text.</summary>
    public const int MaxPathBytes = 4095;

    /// <summary>Entries by default.</summary>
    public const long DefaultMaxEntries = 4_000_000;

    /// <summary>Components of a path by default.</summary>
    public const int DefaultMaxDepth = 256;

    /// <summary>Bytes of content by default: 128 PiB, as much as one Tree may claim.</summary>
    public const ulong DefaultMaxTotalBytes = FormatLimits.TreeMaxSizeBytes;

    /// <summary>Entries, from 1. Checking a manifest takes about 50 bytes of memory for each.</summary>
    public long MaxEntries
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    } = DefaultMaxEntries;

    /// <summary>Components of a path, from 1.</summary>
    public int MaxDepth
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    } = DefaultMaxDepth;

    /// <summary>Bytes of content, each file counted though it be there twice.</summary>
    public ulong MaxTotalBytes { get; init; } = DefaultMaxTotalBytes;
}
