using Dataforts.Capabilities;

namespace Dataforts.Gravity;

/// <summary>Whether a node may pull what a peer offers. Pure.</summary>
public static class PullAdmission
{
    /// <summary>Judges one offer.</summary>
    /// <param name="local">The node.</param>
    /// <param name="isEnabled">Whether its gravity is on.</param>
    /// <param name="zone">The zone of whoever offers, or null.</param>
    /// <param name="region">The region of whoever offers, or null.</param>
    /// <param name="gravity">The narrowest gravity scope that is set for the key.</param>
    /// <param name="greedy">The narrowest greedy scope that is set for the key.</param>
    public static PullBar Judge(GravityStanding local, bool isEnabled, string? zone, string? region, ScopeWidth gravity, ScopeWidth greedy)
    {
        ArgumentNullException.ThrowIfNull(local);
        if (!local.HasStorage) return PullBar.NoStorage;
        if (!isEnabled) return PullBar.GravityDisabled;
        if (local.Proximity == 0) return PullBar.ProximityZero;
        if (!local.IsHealthy) return PullBar.Unhealthy;
        return Reaches(local, zone, region, gravity) && Reaches(local, zone, region, greedy) && Reaches(local, zone, region, local.Scope)
            ? PullBar.None : PullBar.ScopeMismatch;
    }

    /// <inheritdoc cref="Judge(GravityStanding, bool, string?, string?, ScopeWidth, ScopeWidth)"/>
    /// <param name="local">The node.</param>
    /// <param name="isEnabled">Whether its gravity is on.</param>
    /// <param name="offer">What is offered, with the scopes that bind it.</param>
    public static PullBar Judge<TKey>(GravityStanding local, bool isEnabled, in PullOffer<TKey> offer)
        where TKey : struct => Judge(local, isEnabled, offer.Peer.Zone, offer.Peer.Region, offer.GravityScope, offer.GreedyScope);

    private static bool Reaches(GravityStanding local, string? zone, string? region, ScopeWidth scope)
    {
        bool isSameZone = zone is not null && zone == local.Zone, isSameRegion = region is not null && region == local.Region;
        return ScopeRule.Reaches(scope, isSameZone, isSameRegion);
    }
}
