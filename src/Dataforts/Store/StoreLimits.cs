using Dataforts.Log;

namespace Dataforts.Store;

/// <summary>The caps of a store; docs/LIMITS.md lists them with their reasons.</summary>
public static class StoreLimits
{
    /// <summary>The most copies of a chunk, itself included: one more than a stripe can have parity.</summary>
    public const int MaxCopies = 128;

    /// <summary>The largest chunk a store takes: 16 MiB.</summary>
    public const int MaxChunkBytes = RecordHeader.MaxPayloadBytes;

    /// <summary>The longest name, in bytes of UTF-8.</summary>
    public const int MaxNameBytes = 1024;

    /// <summary>How long what nothing keeps is safe from collection by default: 24 hours.</summary>
    public static readonly TimeSpan DefaultGracePeriod = TimeSpan.FromHours(24);

    /// <summary>Where a segment file ends by default: 256 MiB.</summary>
    public const long DefaultSegmentBytes = 256L * 1024 * 1024;

    /// <summary>The largest segment file that a record's place can address, less one chunk: 4 GiB - 32 MiB.</summary>
    public const long MaxSegmentBytes = (4096L - 32) * 1024 * 1024;

    /// <summary>What the index of chunks takes in memory by default, before chunks of full segments are looked up on disk: 512 MiB.</summary>
    public const long DefaultIndexMemoryBytes = 512L * 1024 * 1024;

    /// <summary>What pages of the index on disk take in memory by default: 16 MiB.</summary>
    public const long DefaultIndexCacheBytes = 16L * 1024 * 1024;

    /// <summary>How full a store is when collection and compaction become due: 0.9 of what it may take.</summary>
    public const double DefaultHighWater = 0.9;

    /// <summary>How far they bring it down: 0.8.</summary>
    public const double DefaultLowWater = 0.8;

    /// <summary>Writes and flushes that a device may refuse within <see cref="RefusalWindow"/> before the store takes no more: 3.</summary>
    public const int DefaultMaxRefusals = 3;

    /// <summary>Refusals older than this are forgotten: 10 minutes.</summary>
    public static readonly TimeSpan RefusalWindow = TimeSpan.FromMinutes(10);
}
