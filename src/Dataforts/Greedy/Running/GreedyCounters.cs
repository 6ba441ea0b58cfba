namespace Dataforts.Greedy.Running;

/// <summary>What greedy caching counts.</summary>
/// <param name="Evictions">Channels that were evicted.</param>
/// <param name="Readmissions">Evicted channels that came back.</param>
/// <param name="Misses">Reads that the cache could not serve.</param>
/// <param name="Stale">Events that it had, or had later ones of.</param>
/// <param name="FailedAnnouncements">Announcements that failed and were or will be tried again.</param>
/// <param name="Prefetches">Blobs that were fetched ahead.</param>
/// <param name="FailedPrefetches">Blobs that could not be.</param>
/// <param name="DroppedPrefetches">Blobs that were passed over because too many were being fetched.</param>
/// <param name="Channels">Channels that hold events now.</param>
/// <param name="Claims">Origins that are advertised now.</param>
/// <param name="Unclaimed">Origins that are held and not advertised: over the limit of claims, or not announced yet.</param>
/// <param name="UsedBytes">Real bytes of memory that events take now.</param>
/// <param name="BudgetBytes">Bytes that the budget would give now.</param>
public readonly record struct GreedyCounters(
    long Evictions, long Readmissions, long Misses, long Stale, long FailedAnnouncements, long Prefetches, long FailedPrefetches, long DroppedPrefetches,
    int Channels, int Claims, int Unclaimed, long UsedBytes, long BudgetBytes);
