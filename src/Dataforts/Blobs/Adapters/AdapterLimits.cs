namespace Dataforts.Blobs.Adapters;

/// <summary>The caps of adapters and payloads; docs/LIMITS.md lists them with their reasons.</summary>
public static class AdapterLimits
{
    /// <summary>Content of a stream that is verified aside stays in memory up to here: 16 MiB. Beyond, it goes to a nameless file.</summary>
    public const int AsideMemoryBytes = 16 * 1024 * 1024;

    /// <summary>Chunks that content verified in memory may be cut into: 1,048,576. A claimed tree may cut as fine as it likes, and each chunk costs
    /// more than a byte to remember; beyond this, store a stream.</summary>
    public const int ClaimChunks = 1 << 20;

    /// <summary>The largest payload that travels inline by default: 4 KiB.</summary>
    public const int InlineMaxBytes = 4 * 1024;

    /// <summary>File operations that one folder's adapter runs at once by default.</summary>
    public const int FileOperations = 64;

    /// <summary>How old a file aside has to be before it counts as left behind by a process that died: one day.</summary>
    public static TimeSpan StaleAfter { get; } = TimeSpan.FromDays(1);
}
