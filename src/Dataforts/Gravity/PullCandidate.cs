namespace Dataforts.Gravity;

/// <summary>Something that readers here want and that could be copied here.</summary>
/// <param name="Key">The chain or blob.</param>
/// <param name="Rate">This node's own demand, in reads a half-life.</param>
/// <param name="SizeBytes">What a copy takes; 0 when it is not known, and then it is not pulled.</param>
/// <param name="Saved">How much nearer a copy here is than the nearest holder: a round trip's time.</param>
public readonly record struct PullCandidate<TKey>(TKey Key, double Rate, long SizeBytes, TimeSpan Saved)
    where TKey : struct
{
    /// <summary>Whether the node has it already.</summary>
    public bool IsHeld { get; init; }

    /// <summary>Whether it is on its way here.</summary>
    public bool IsInFlight { get; init; }

    /// <summary>Copies on other nodes of this zone.</summary>
    public int ZoneCopies { get; init; }

    /// <summary>Nodes of this zone without a copy that want it too and whose turn is before this one's: they go first while copies are few.</summary>
    public int ZoneRank { get; init; }
}
