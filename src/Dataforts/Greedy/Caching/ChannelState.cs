namespace Dataforts.Greedy.Caching;

/// <summary>Where a channel stands in the cache.</summary>
internal enum ChannelState
{
    /// <summary>Known, and holds nothing yet.</summary>
    Empty,

    /// <summary>Holds events and takes more.</summary>
    Live,

    /// <summary>To be let go of: takes nothing more, and serves until its advertisement is withdrawn.</summary>
    Leaving,

    /// <summary>Was evicted; remembered so that it does not come back with the next event.</summary>
    Ghost,

    /// <summary>No longer in the cache's table.</summary>
    Gone,
}
