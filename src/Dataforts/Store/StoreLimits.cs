using Dataforts.Log;

namespace Dataforts.Store;

/// <summary>The caps of a store; docs/LIMITS.md lists them with their reasons.</summary>
public static class StoreLimits
{
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
}
