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

    internal static readonly Counter<long> BytesScrubbed = Meter.CreateCounter<long>(
        "dataforts.store.io.scrubbed", "By", "Payload bytes read and verified by scrubs.");

    internal static readonly Counter<long> ChunksQuarantined = Meter.CreateCounter<long>(
        "dataforts.store.chunks.quarantined", "{chunk}", "Chunks found wrong and taken out of service.");

    internal static readonly Counter<long> ChunksRepaired = Meter.CreateCounter<long>(
        "dataforts.store.chunks.repaired", "{chunk}", "Chunks found wrong and written anew with the right bytes.");

    internal static readonly Counter<long> WaterCrossings = Meter.CreateCounter<long>(
        "dataforts.store.water.crossings", "{crossing}", "Stores that became too full, or were brought down again, by direction.");

    internal static readonly Gauge<long> BytesUsed = Meter.CreateGauge<long>(
        "dataforts.store.disk.used", "By", "Bytes of segment files, by store, when last looked at.");

    internal static readonly Gauge<double> Fullness = Meter.CreateGauge<double>(
        "dataforts.store.disk.fullness", "1", "The share that is taken of what a store may take, by store, when last looked at.");

    internal static readonly Counter<long> WorkerRuns = Meter.CreateCounter<long>(
        "dataforts.worker.runs", "{run}", "Runs of workers that ended, by name and outcome.");

    internal static readonly Gauge<int> WorkerStates = Meter.CreateGauge<int>(
        "dataforts.worker.state", "1", "What a worker is doing, by name: 0 idle, 1 running, 2 paused, 3 waiting, 4 failed.");

    internal static readonly Gauge<double> WorkerProgress = Meter.CreateGauge<double>(
        "dataforts.worker.progress", "1", "How far a worker's run is, by name, where its end is known.");

    internal static readonly Gauge<double> WorkerLastRun = Meter.CreateGauge<double>(
        "dataforts.worker.last_run", "s", "When a worker's last run ended, by name, in Unix seconds.");

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

    internal static readonly Counter<long> DegradedReads = Meter.CreateCounter<long>(
        "dataforts.blob.degraded.reads", "{chunk}", "Chunks and nodes that were missing or wrong where they were looked for, by outcome: copy, rebuilt, lost.");

    internal static readonly Counter<long> NodeCacheRequests = Meter.CreateCounter<long>(
        "dataforts.blob.node_cache.requests", "{request}", "Look-ups of decoded tree nodes, by outcome.");

    internal static readonly UpDownCounter<long> ReadsInFlight = Meter.CreateUpDownCounter<long>(
        "dataforts.blob.fetches.active", "{chunk}", "Chunk fetches under way.");

    internal static readonly Counter<long> EventsAppended = Meter.CreateCounter<long>(
        "dataforts.channel.events.appended", "{event}", "Events written to channels.");

    internal static readonly Counter<long> EventBytesAppended = Meter.CreateCounter<long>(
        "dataforts.channel.io.appended", "By", "Payload bytes of events written to channels.");

    internal static readonly Counter<long> EventsMissed = Meter.CreateCounter<long>(
        "dataforts.channel.tail.missed", "{event}", "Events that tails told of as missing, by reason.");

    internal static readonly Counter<long> AppendsHeldUp = Meter.CreateCounter<long>(
        "dataforts.channel.append.held_up", "{append}", "Appends that had to wait for credit, or were told no.");

    internal static readonly Counter<long> EventsFailed = Meter.CreateCounter<long>(
        "dataforts.channel.events.failed", "{event}", "Gathered events that could not be written, those acknowledged as volatile included.");

    internal static readonly Counter<long> EventsSkipped = Meter.CreateCounter<long>(
        "dataforts.channel.consumer.skipped", "{event}", "Events that a consumer could not take in and went past.");

    internal static readonly Counter<long> EventsUnreadable = Meter.CreateCounter<long>(
        "dataforts.channel.retention.unreadable", "{event}", "Damaged events that retention went past; their age is that of those behind them.");

    internal static readonly UpDownCounter<long> Tails = Meter.CreateUpDownCounter<long>(
        "dataforts.channel.tails", "{tail}", "Tails that are open.");

    internal static readonly Histogram<long> TailLag = Meter.CreateHistogram<long>(
        "dataforts.channel.tail.lag", "{event}", "How many events a tail was behind when it read a page.");

    internal static readonly Counter<long> TokenWaits = Meter.CreateCounter<long>(
        "dataforts.channel.token.waits", "{wait}", "Waits for write tokens, by outcome.");

    internal static readonly Histogram<double> TokenWaitDuration = Meter.CreateHistogram<double>(
        "dataforts.channel.token.wait.duration", "s", "How long a wait for a write token took, whatever its outcome.");

    internal static readonly Counter<long> ChannelCollisions = Meter.CreateCounter<long>(
        "dataforts.channel.name.collisions", "{channel}", "Channels opened whose name has the canonical hash of another open channel's.");

    /// <summary>Takes down how full a store is.</summary>
    internal static void Note(Guid store, long usedBytes, double fullness)
    {
        if (!BytesUsed.Enabled && !Fullness.Enabled) return;
        var tag = new KeyValuePair<string, object?>("store", store.ToString());
        BytesUsed.Record(usedBytes, tag);
        Fullness.Record(fullness, tag);
    }

    internal static void NoteWorker(string name, int state) => WorkerStates.Record(state, new KeyValuePair<string, object?>("name", name));

    internal static void NoteWorkerProgress(string name, double share) => WorkerProgress.Record(share, new KeyValuePair<string, object?>("name", name));

    internal static void NoteWorkerRun(string name, string outcome, DateTimeOffset endedAt)
    {
        var tag = new KeyValuePair<string, object?>("name", name);
        WorkerRuns.Add(1, tag, new KeyValuePair<string, object?>("outcome", outcome));
        WorkerLastRun.Record(endedAt.ToUnixTimeMilliseconds() / 1000.0, tag);
    }
}
