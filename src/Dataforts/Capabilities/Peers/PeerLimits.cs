namespace Dataforts.Capabilities.Peers;

/// <summary>What is kept of one peer's announcements (docs/LIMITS.md); the size of the announcement itself is bounded by the mesh.</summary>
public static class PeerLimits
{
    /// <summary>Blob heats that are kept of one peer; the hottest, of equally hot ones those with the lowest hashes.</summary>
    public const int MaxBlobHeats = 256;

    /// <summary>Chains that a peer wants and does not hold that are kept of it; chosen in the same way.</summary>
    public const int MaxChainWants = 256;

    /// <summary>Heats that a peer may change at once.</summary>
    public const int HeatBurst = 1024;

    /// <summary>Heats that a peer may change in a second in the long run.</summary>
    public const int HeatChangesPerSecond = 128;
}
