using System.Runtime.CompilerServices;
using Dataforts.Capabilities;
using Dataforts.Capabilities.Peers;
using Dataforts.Capabilities.Tags;
using Dataforts.Gravity;
using Dataforts.Mesh;

namespace Dataforts.Simulation.Experiments;

/// <summary>What a peer's announcement says of chains, read once.</summary>
internal sealed record ChainPeer : IGravityPeer<ulong>
{
    private static readonly ConditionalWeakTable<Announcement, ChainPeer> Known = [];

    private ChainPeer(ulong id) => Id = id;

    public ulong Id { get; }

    public bool IsGravityEnabled { get; private init; }

    public bool IsGreedyEnabled { get; private init; }

    public ScopeWidth GravityScope => ScopeWidth.Mesh;

    public ScopeWidth GreedyScope => ScopeWidth.Mesh;

    public string? Zone { get; private init; }

    public string? Region => null;

    public TimeSpan RoundTrip { get; init; }

    public ReadOnlyMemory<HeatAdvert<ulong>> Heats { get; private init; }

    /// <summary>The chains that it says it holds, ascending.</summary>
    public IReadOnlyList<ulong> Claims { get; private init; } = [];

    public bool Keeps(ulong key) => key == Id;

    /// <summary>Reads an announcement, once for all readers. What of it is believed is decided as in any node.</summary>
    public static ChainPeer Read(Peer peer, bool believesAll)
    {
        ChainPeer read = Known.GetValue(peer.Announcement, announcement => Read(peer.Id, announcement.Offer, believesAll));
        return read with { RoundTrip = peer.RoundTrip ?? TimeSpan.Zero };
    }

    private static ChainPeer Read(NodeId id, Offer offer, bool believesAll)
    {
        PeerOffer believed = believesAll ? OfferFilter.ReadOwn(offer) : OfferFilter.Read(offer);
        List<HeatAdvert<ulong>> heats = [];
        string? zone = null;
        foreach (string tag in believed.Capabilities.Offer.Tags)
        {
            if (ChainHeat.TryParse(tag, out ChainHeat heat)) heats.Add(new HeatAdvert<ulong>(heat.Chain, heat.Level));
            else if (tag.StartsWith(ChainTags.ZonePrefix, StringComparison.Ordinal)) zone = tag[ChainTags.ZonePrefix.Length..];
        }
        return new ChainPeer(id.Value)
        {
            IsGravityEnabled = offer.Tags.Contains(ChainTags.Gravity),
            IsGreedyEnabled = offer.Tags.Contains(ChainTags.Greedy),
            Zone = zone,
            Heats = heats.ToArray(),
            Claims = [.. believed.Claims.Select(claim => claim.Chain)],
        };
    }
}
