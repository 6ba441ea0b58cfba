using System.Diagnostics.CodeAnalysis;
using Dataforts.Mesh;

namespace Dataforts.Simulation.Experiments;

/// <summary>A directory whose peers are taken to hold whatever they tell heat of.</summary>
internal sealed class CredulousDirectory(IPeerDirectory inner) : IPeerDirectory
{
    public int Count => inner.Count;

    public bool TryFind(NodeId id, [NotNullWhen(true)] out Peer? peer)
    {
        bool isKnown = inner.TryFind(id, out peer);
        peer = Believed(peer);
        return isKnown;
    }

    public TimeSpan? RoundTripTo(NodeId id) => inner.RoundTripTo(id);

    public IReadOnlyList<Peer> Snapshot() => [.. inner.Snapshot().Select(peer => Believed(peer)!)];

    public IDisposable Watch(Action<PeerChange> observer) =>
        inner.Watch(change => observer(new PeerChange(change.Id, Believed(change.Before), Believed(change.After))));

    [return: NotNullIfNotNull(nameof(peer))]
    private static Peer? Believed(Peer? peer)
    {
        if (peer is null) return null;
        Offer offer = peer.Offer;
        List<string> claims = [];
        foreach (string tag in offer.Tags)
        {
            if (ChainTags.TryHeat(tag, out ulong chain)) claims.Add(ChainTags.Claim(chain));
        }
        return peer with { Announcement = peer.Announcement with { Offer = offer.With(claims) } };
    }
}
