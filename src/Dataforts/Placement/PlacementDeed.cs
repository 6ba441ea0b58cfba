namespace Dataforts.Placement;

/// <summary>What a node did about where data lies.</summary>
public enum PlacementDeed
{
    /// <summary>It cached a chain as it flowed past, and says so.</summary>
    Admitted,

    /// <summary>It said that a cached chain is gone, and let it go.</summary>
    Evicted,

    /// <summary>It told a chain's heat.</summary>
    Told,

    /// <summary>It took a chain's heat back.</summary>
    Unsaid,

    /// <summary>It made a copy of a chain.</summary>
    Pulled,

    /// <summary>It let a copy go.</summary>
    Dropped,
}
