using Dataforts.Capabilities;

namespace Dataforts.Gravity;

/// <summary>What a node is allowed and able to pull. Immutable.</summary>
public sealed record GravityStanding
{
    /// <summary>Whether it stores blobs or chains for itself.</summary>
    public bool HasStorage { get; init; } = true;

    /// <summary>Whether its disk is neither failing nor nearly full.</summary>
    public bool IsHealthy { get; init; } = true;

    /// <summary>How much of it others' distance counts for; 0 for nothing at all.</summary>
    public byte Proximity { get; init; } = 1;

    /// <summary>From how far it pulls.</summary>
    public ScopeWidth Scope { get; init; } = ScopeWidth.Mesh;

    /// <summary>Where it is; null when it does not say.</summary>
    public string? Zone { get; init; }

    /// <summary>Where its zone is; null when it does not say.</summary>
    public string? Region { get; init; }
}
