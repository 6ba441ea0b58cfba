using System.Diagnostics.Metrics;

namespace Dataforts;

/// <summary>The library's instruments, all under one meter; docs/OPERATIONS.md lists them. Names follow OpenTelemetry, units UCUM.</summary>
public static class DatafortsMeter
{
    /// <summary>The meter to listen to.</summary>
    public const string Name = "Dataforts";

    internal static readonly Meter Meter = new(Name, typeof(DatafortsMeter).Assembly.GetName().Version?.ToString(3));

    internal static readonly Counter<long> ChunksStored = Meter.CreateCounter<long>(
        "dataforts.store.chunks.stored", "{chunk}", "Chunks newly stored.");

    internal static readonly Counter<long> ChunksDeduplicated = Meter.CreateCounter<long>(
        "dataforts.store.chunks.deduplicated", "{chunk}", "Chunks put that were there already.");

    internal static readonly Counter<long> BytesStored = Meter.CreateCounter<long>(
        "dataforts.store.io.stored", "By", "Payload bytes newly stored.");

    internal static readonly Counter<long> BytesRead = Meter.CreateCounter<long>(
        "dataforts.store.io.read", "By", "Payload bytes read from the log.");

    internal static readonly Counter<long> BytesCompacted = Meter.CreateCounter<long>(
        "dataforts.store.io.compacted", "By", "Bytes of live records copied by compaction.");

    internal static readonly Counter<long> Flushes = Meter.CreateCounter<long>(
        "dataforts.log.flushes", "{flush}", "Group commits to stable storage.");

    internal static readonly Histogram<double> FlushDuration = Meter.CreateHistogram<double>(
        "dataforts.log.flush.duration", "s", "How long a group commit took.", null, new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
        });

    internal static readonly Counter<long> BlobsPut = Meter.CreateCounter<long>(
        "dataforts.blob.puts", "{blob}", "Blobs put, by kind.");

    internal static readonly Counter<long> BlobBytesPut = Meter.CreateCounter<long>(
        "dataforts.blob.io.put", "By", "Content bytes of blobs put.");

    internal static readonly Counter<long> BlobBytesServed = Meter.CreateCounter<long>(
        "dataforts.blob.io.served", "By", "Verified content bytes handed to readers.");

    internal static readonly Counter<long> IntegrityFailures = Meter.CreateCounter<long>(
        "dataforts.blob.integrity.failures", "{failure}", "Chunks and nodes found missing, short or corrupt while reading.");

    internal static readonly Counter<long> NodeCacheRequests = Meter.CreateCounter<long>(
        "dataforts.blob.node_cache.requests", "{request}", "Look-ups of decoded tree nodes, by outcome.");

    internal static readonly UpDownCounter<long> ReadsInFlight = Meter.CreateUpDownCounter<long>(
        "dataforts.blob.fetches.active", "{chunk}", "Chunk fetches under way.");
}
