using Dataforts.Blobs;

namespace Dataforts.Lifecycle;

/// <summary>What every store has done in the background.</summary>
public static class StoreWorkers
{
    /// <summary>The work of a store, for a <see cref="WorkerHost"/> or <see cref="WorkerDesk"/>.</summary>
    /// <param name="store">The store.</param>
    /// <param name="links">What reads manifests of directories; without it a store that holds a tree is not collected.</param>
    /// <param name="collector">The store's, where one is kept for its counters; null to make one when it is first needed.</param>
    public static IReadOnlyList<IWork> Of(BlobStore store, IDirectoryLinks? links = null, Collector? collector = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        // Collection comes before compaction, which gives the room back.
        return [new CollectWork(store, links, collector), new CompactWork(store.Chunks), new ScrubWork(store.Chunks, new StripeSource(store)),
            new RetainWork(store.Chunks)];
    }
}
