namespace Dataforts.Greedy.Pulling;

/// <summary>Why a blob that an event speaks of is not fetched ahead. The first that applies counts.</summary>
public enum PullRefused
{
    /// <summary>It may be fetched.</summary>
    None,

    /// <summary>The node stores no blobs.</summary>
    NoStorage,

    /// <summary>The node does not say that it is greedy.</summary>
    GreedyDisabled,

    /// <summary>The node's weight for nearness is zero.</summary>
    ProximityZero,

    /// <summary>The node's storage is not well.</summary>
    Unhealthy,

    /// <summary>The node or the publisher keeps to itself, its zone or its region, and the two share none.</summary>
    ScopeMismatch,
}
