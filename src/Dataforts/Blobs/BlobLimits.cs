namespace Dataforts.Blobs;

/// <summary>The caps of the write and read paths; docs/LIMITS.md lists them with their reasons.</summary>
public static class BlobLimits
{
    /// <summary>The largest payload that becomes a Small by itself; a profile with a smaller maximum chunk draws the line there. 4 MiB.</summary>
    public const int AutoSmallMaxBytes = 4 * 1024 * 1024;

    /// <summary>Chunks being fetched, hashed or stored at once for one blob.</summary>
    public const int WindowChunks = 16;

    /// <summary>Bytes of those chunks: 64 MiB. One chunk is always let through.</summary>
    public const long WindowBytes = 64L * 1024 * 1024;

    /// <summary>Of the bytes under way, what each processor is good for where nothing far away is waited for: 16 MiB.</summary>
    public const long WindowBytesPerProcessor = 16L * 1024 * 1024;

    /// <summary>Neighbouring chunks that one task works on where nothing far away is waited for.</summary>
    public const int BatchChunks = 32;

    /// <summary>Bytes of those chunks: 512 KiB, which stay in a core's cache from one step to the next. One chunk is always let through.</summary>
    public const long BatchBytes = 512 * 1024;

    /// <summary>Nodes whose copies are written together while a blob is put with Reed-Solomon: each such batch takes m segments.</summary>
    public const int CopyBatchChunks = 4096;

    /// <summary>Bytes of lost shards that a repair rebuilds in one pass over a stripe: 32 MiB. One shard is always let through.</summary>
    public const long RepairBytes = 32L * 1024 * 1024;

    /// <summary>The most that a call that returns bytes in memory will assemble: 1 GiB. Streams have no such limit.</summary>
    public const long MaxBufferedReadBytes = 1L << 30;

    /// <summary>What decoded tree nodes may take in memory by default: 16 MiB.</summary>
    public const long NodeCacheBytes = 16L * 1024 * 1024;
}
