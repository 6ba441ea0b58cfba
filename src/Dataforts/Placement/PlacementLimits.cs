namespace Dataforts.Placement;

/// <summary>What a node's part in placement is bounded by (docs/LIMITS.md).</summary>
public static class PlacementLimits
{
    /// <summary>Chains that a node says it holds. What it holds beyond them is read here all the same, and told when there is room.</summary>
    public const int MaxClaims = 16 * 1024;

    /// <summary>Chains that a node tells heat of.</summary>
    public const int MaxHeats = 8 * 1024;

    /// <summary>Channels that a node knows to belong to chains, for peers that pull a chain without naming its channels.</summary>
    public const int MaxChannels = 64 * 1024;

    /// <summary>Channels of one chain of which a node keeps events for peers; of more the ones with the oldest events go first.</summary>
    public const int MaxChannelsKept = 1024;

    /// <summary>Events of one channel in a copy.</summary>
    public const int MaxCopiedEvents = 4096;

    /// <summary>How long one holder may take to give a copy.</summary>
    public static readonly TimeSpan MaxPullTime = TimeSpan.FromMinutes(2);

    /// <summary>Pages that one pull takes at most.</summary>
    public const int MaxPullPages = 1024;
}
