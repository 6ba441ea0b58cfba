namespace Dataforts.Gravity;

/// <summary>Why a node pulls nothing, or not this. The first that applies, in this order.</summary>
public enum PullBar
{
    /// <summary>It may.</summary>
    None,

    /// <summary>The node stores nothing.</summary>
    NoStorage,

    /// <summary>Its gravity is off.</summary>
    GravityDisabled,

    /// <summary>Its proximity is 0.</summary>
    ProximityZero,

    /// <summary>Its disk is failing or nearly full.</summary>
    Unhealthy,

    /// <summary>The offer's scope, or the node's own, does not reach from there to here.</summary>
    ScopeMismatch,
}
