using System.Collections.Frozen;
using Dataforts.Capabilities.Intents;

namespace Dataforts.Capabilities;

/// <summary>Whether data may drift from one node to another: a pure function of what both say.</summary>
/// <remarks>The narrowest of all widths that the two name decides. A publisher's narrower wish is honoured even by a node open to the whole mesh, and
/// what is compared is the place's name, not the width's: <c>scope:zone:a</c> and <c>scope:zone:b</c> are two zones.</remarks>
public static class ScopeRule
{
    private const string Zone = "zone:";
    private const string Region = "region:";

    /// <summary>Whether the local node may take a copy of what a publisher has.</summary>
    /// <param name="local">What the local node says.</param>
    /// <param name="axis">The way of drifting that the local node would take it by.</param>
    /// <param name="publisher">What the publisher says; both of its axes count, the narrower one decides.</param>
    public static bool MayTake(CapabilitySet local, DriftAxis axis, CapabilitySet publisher)
    {
        ArgumentNullException.ThrowIfNull(local);
        ArgumentNullException.ThrowIfNull(publisher);
        ScopeWidth own = axis == DriftAxis.Greedy ? local.Greedy.Width : local.Gravity.Width;
        ScopeWidth width = Narrower(own, Narrower(publisher.Greedy.Width, publisher.Gravity.Width));
        return Reaches(width, local.Facts, publisher.Facts);
    }

    /// <summary>Whether a width reaches from one node to another.</summary>
    /// <param name="width">The width.</param>
    /// <param name="isSameZone">Whether both name one zone.</param>
    /// <param name="isSameRegion">Whether both name one region.</param>
    public static bool Reaches(ScopeWidth width, bool isSameZone, bool isSameRegion) => width switch
    {
        ScopeWidth.Node => false,
        ScopeWidth.Zone => isSameZone,
        ScopeWidth.Region => isSameRegion || isSameZone,
        _ => true,
    };

    /// <summary>The same, of what both say.</summary>
    internal static bool Reaches(ScopeWidth width, TagFacts here, TagFacts there) =>
        Reaches(width, Share(here.Scopes, there.Scopes, Zone), Share(here.Scopes, there.Scopes, Region));

    /// <summary>The narrower of two widths.</summary>
    internal static ScopeWidth Narrower(ScopeWidth a, ScopeWidth b) => a < b ? a : b;

    private static bool Share(FrozenSet<string> here, FrozenSet<string> there, string kind)
    {
        foreach (string label in here)
        {
            if (label.Length > kind.Length && label.StartsWith(kind, StringComparison.Ordinal) && there.Contains(label)) return true;
        }
        return false;
    }
}
