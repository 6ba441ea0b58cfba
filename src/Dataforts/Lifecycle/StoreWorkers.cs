using Dataforts.Store;

namespace Dataforts.Lifecycle;

/// <summary>What every store has done in the background.</summary>
public static class StoreWorkers
{
    /// <summary>The work of a store, for a <see cref="WorkerHost"/> or <see cref="WorkerDesk"/>.</summary>
    /// <param name="store">The store.</param>
    /// <param name="collect">What collects garbage; null where nothing does. It comes before compaction, which gives the room back.</param>
    /// <param name="repair">Where the right bytes of a chunk that is wrong may be had; null for nowhere.</param>
    public static IReadOnlyList<IWork> Of(ChunkStore store, IWork? collect = null, IChunkRepair? repair = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        IWork[] own = [new CompactWork(store), new ScrubWork(store, repair)];
        return collect is null ? own : [collect, .. own];
    }
}
