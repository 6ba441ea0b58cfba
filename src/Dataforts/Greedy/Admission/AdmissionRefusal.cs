namespace Dataforts.Greedy.Admission;

/// <summary>Why an event is not cached. The gates are tried in this order and the first that is shut counts.</summary>
public enum AdmissionRefusal
{
    /// <summary>None: it is admitted.</summary>
    None,

    /// <summary>The publisher is in none of the scopes that the node caches for.</summary>
    Scope,

    /// <summary>The node does not serve what the events are for.</summary>
    Intent,

    /// <summary>The chain that the events are to be with is not held.</summary>
    Colocation,

    /// <summary>The publisher is too far away.</summary>
    Proximity,

    /// <summary>The node may not hold what this channel carries.</summary>
    Access,

    /// <summary>There is no room: on the machine for events of this priority, or in the cache.</summary>
    Capacity,

    /// <summary>The channel was evicted lately, and nobody has asked for it since.</summary>
    Readmission,

    /// <summary>The byte budget is used up.</summary>
    Budget,
}
