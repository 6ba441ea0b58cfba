using System.Collections.Immutable;
using Dataforts.Capabilities.Hints;
using Dataforts.Mesh;

namespace Dataforts.Capabilities.Peers;

/// <summary>A peer as the index knows it: an immutable snapshot. All that ask share it, and its capabilities are read once for each announcement.</summary>
/// <param name="Peer">What the mesh knows of it.</param>
/// <param name="Offered">What of its offer is believed.</param>
public sealed record IndexedPeer(Peer Peer, PeerOffer Offered)
{
    /// <summary>Which peer.</summary>
    public NodeId Id => Peer.Id;

    /// <summary>What it offers.</summary>
    public CapabilitySet Capabilities => Offered.Capabilities;

    /// <summary>What it wishes for its events.</summary>
    public PublisherHints Hints => Offered.Hints;

    /// <summary>The chains that it claims, ordered, with their heats as far as they are believed by now.</summary>
    internal ImmutableArray<Mark<ulong>> Chains { get; init; } = [];

    /// <summary>The chains that it wants and does not claim, ordered, the same.</summary>
    internal ImmutableArray<Mark<ulong>> Wants { get; init; } = [];
}
