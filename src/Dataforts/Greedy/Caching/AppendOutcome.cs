namespace Dataforts.Greedy.Caching;

/// <summary>What became of an event that the cache was given.</summary>
public enum AppendOutcome
{
    /// <summary>It is in the cache.</summary>
    Cached,

    /// <summary>The cache has this event, or a later one of the same chain: it keeps an order, not a history.</summary>
    Stale,

    /// <summary>There is no room for it now.</summary>
    NoRoom,

    /// <summary>The byte budget is used up.</summary>
    NoBudget,

    /// <summary>The channel was evicted lately, and nobody has asked for it since.</summary>
    EvictedLately,

    /// <summary>It can never fit into a channel's share of the cache.</summary>
    TooLarge,

    /// <summary>The cache follows as many channels as it may.</summary>
    TooManyChannels,

    /// <summary>The cache is switched off.</summary>
    Off,
}
