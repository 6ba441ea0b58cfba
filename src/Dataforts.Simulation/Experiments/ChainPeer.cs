using Dataforts.Gravity;
using Dataforts.Mesh;

namespace Dataforts.Simulation.Experiments;

/// <summary>What a peer's announcement says of chains, read once.</summary>
internal sealed record ChainPeer : IGravityPeer<ulong>
{
    private ChainPeer(ulong id) => Id = id;

    public ulong Id { get; }

    public bool IsGravityEnabled { get; private init; }

    public bool IsGreedyEnabled { get; private init; }

    public HeatScope GravityScope => HeatScope.Mesh;

    public HeatScope GreedyScope => HeatScope.Mesh;

    public string? Zone { get; private init; }

    public string? Region => null;

    public TimeSpan RoundTrip { get; init; }

    public ReadOnlyMemory<HeatAdvert<ulong>> Heats { get; private init; }

    /// <summary>The chains that it says it holds, ascending.</summary>
    public IReadOnlyList<ulong> Claims { get; private init; } = [];

    public static ChainPeer Read(Peer peer)
    {
        List<ulong> claims = [];
        List<HeatAdvert<ulong>> heats = [];
        string? zone = null;
        foreach (string tag in peer.Offer.Tags)
        {
            if (ChainTags.TryClaim(tag, out ulong chain)) claims.Add(chain);
            else if (ChainTags.TryHeat(tag, out chain, out int level)) heats.Add(new HeatAdvert<ulong>(chain, level));
            else if (tag.StartsWith(ChainTags.ZonePrefix, StringComparison.Ordinal)) zone = tag[ChainTags.ZonePrefix.Length..];
        }
        return new ChainPeer(peer.Id.Value)
        {
            IsGravityEnabled = peer.Offer.Tags.Contains(ChainTags.Gravity),
            IsGreedyEnabled = peer.Offer.Tags.Contains(ChainTags.Greedy),
            Zone = zone,
            RoundTrip = peer.RoundTrip ?? TimeSpan.Zero,
            Heats = heats.ToArray(),
            Claims = claims,
        };
    }
}
