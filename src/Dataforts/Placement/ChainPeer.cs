using System.Runtime.CompilerServices;
using Dataforts.Capabilities;
using Dataforts.Capabilities.Peers;
using Dataforts.Capabilities.Tags;
using Dataforts.Gravity;
using Dataforts.Mesh;

namespace Dataforts.Placement;

/// <summary>What gravity reads of a peer as the index knows it: read once, and shared by all who ask.</summary>
internal sealed class ChainPeer : IGravityPeer<ulong>
{
    /// <summary>Says which chain is a node's own.</summary>
    public const string OriginTag = "dataforts.origin";

    private const string ZoneLabel = "zone:";
    private const string RegionLabel = "region:";

    private static readonly ConditionalWeakTable<IndexedPeer, ChainPeer> Known = [];

    private readonly ulong _origin;

    private ChainPeer(IndexedPeer peer)
    {
        CapabilitySet capabilities = peer.Capabilities;
        (Id, IsGravityEnabled, IsGreedyEnabled) = (peer.Id.Value, capabilities.Gravity.IsEnabled, capabilities.Greedy.IsEnabled);
        (GravityScope, GreedyScope) = (capabilities.Gravity.Width, capabilities.Greedy.Width);
        (Zone, Region) = (Place(capabilities, ZoneLabel), Place(capabilities, RegionLabel));
        _origin = ChainText.TryRead(capabilities.Facts.Text(OriginTag), out ulong origin) ? origin : 0;
        List<HeatAdvert<ulong>> heats = [];
        foreach (Mark<ulong> mark in peer.Chains)
        {
            if (mark.Level > 0) heats.Add(new HeatAdvert<ulong>(mark.Key, mark.Level));
        }
        foreach (Mark<ulong> mark in peer.Wants) heats.Add(new HeatAdvert<ulong>(mark.Key, mark.Level));
        Heats = heats.ToArray();
    }

    public ulong Id { get; }

    public bool IsGravityEnabled { get; }

    public bool IsGreedyEnabled { get; }

    public ScopeWidth GravityScope { get; }

    public ScopeWidth GreedyScope { get; }

    public string? Zone { get; }

    public string? Region { get; }

    public ReadOnlyMemory<HeatAdvert<ulong>> Heats { get; }

    public static ChainPeer Of(IndexedPeer peer) => Known.GetValue(peer, static one => new ChainPeer(one));

    public bool Keeps(ulong key) => key == _origin;

    /// <summary>The tag of a node's own chain.</summary>
    public static string OriginOf(ulong chain) => $"{OriginTag}={new NodeId(chain)}";

    // Of several the first in order, so that all who read it agree.
    private static string? Place(CapabilitySet capabilities, string label)
    {
        string? first = null;
        foreach (string scope in capabilities.Facts.Scopes)
        {
            if (scope.Length > label.Length && scope.StartsWith(label, StringComparison.Ordinal)
                && (first is null || string.CompareOrdinal(scope, first) < 0)) first = scope;
        }
        return first?[label.Length..];
    }
}
