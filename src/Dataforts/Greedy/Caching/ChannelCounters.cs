namespace Dataforts.Greedy.Caching;

/// <summary>What the cache counts of a channel.</summary>
/// <param name="Events">Events that were cached since the channel was first seen.</param>
/// <param name="PayloadBytes">Their bytes.</param>
/// <param name="Hits">Events that were served from the cache.</param>
/// <param name="HeldEvents">Events that it holds.</param>
/// <param name="HeldBytes">Real bytes of memory that they take, unused parts of blocks among them.</param>
/// <param name="Cached">Whether it is in the cache now.</param>
public readonly record struct ChannelCounters(long Events, long PayloadBytes, long Hits, long HeldEvents, long HeldBytes, bool Cached);
