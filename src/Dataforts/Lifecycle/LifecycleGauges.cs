using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Dataforts.Lifecycle;

/// <summary>What the library's meter tells of what is kept and what is not, over all stores that a collector looks
/// after. All of it is kept count of, so that looking takes the same time whatever they hold.</summary>
internal static class LifecycleGauges
{
    private static readonly ConcurrentDictionary<Collector, byte> Watched = new();

    internal static readonly Counter<long> ChunksCollected = DatafortsMeter.Meter.CreateCounter<long>(
        "dataforts.gc.chunks.collected", "{chunk}", "Chunks removed by collection.");

    internal static readonly Counter<long> BytesCollected = DatafortsMeter.Meter.CreateCounter<long>(
        "dataforts.gc.io.collected", "By", "Bytes of chunks removed by collection.");

    internal static readonly Counter<long> Aborted = DatafortsMeter.Meter.CreateCounter<long>(
        "dataforts.gc.aborted", "{collection}", "Collections that removed nothing because what is reached could not be told.");

    static LifecycleGauges()
    {
        Gauge("dataforts.store.pins", "{pin}", "Pins.", counters => counters.Pinned);
        Gauge("dataforts.store.roots", "{root}", "Names, pins and leases.", counters => counters.Roots);
        Gauge("dataforts.store.chunks.referenced", "{chunk}", "Chunks that a root reaches.", counters => counters.ReferencedChunks);
        Gauge("dataforts.store.size.referenced", "By", "Bytes of chunks that a root reaches.", counters => counters.ReferencedBytes);
        Gauge("dataforts.gc.pending", "{chunk}", "Chunks that no root reaches, those safe for their age among them.", counters => counters.UnreferencedChunks);
        Gauge("dataforts.gc.pending.size", "By", "Their bytes.", counters => counters.UnreferencedBytes);
        Gauge("dataforts.store.size.garbage", "By", "Bytes in the log of chunks removed or replaced.", counters => counters.GarbageBytes);
        Gauge("dataforts.gc.changes.pending", "{change}", "Changes of roots not yet taken account of.", counters => counters.PendingChanges);
    }

    public static void Watch(Collector collector) => Watched[collector] = 0;

    public static void Forget(Collector collector) => Watched.TryRemove(collector, out _);

    private static void Gauge(string name, string unit, string description, Func<LifecycleCounters, long> value) =>
        DatafortsMeter.Meter.CreateObservableGauge(name, () => Watched.Keys.Sum(collector => value(collector.Counters)), unit, description);
}
