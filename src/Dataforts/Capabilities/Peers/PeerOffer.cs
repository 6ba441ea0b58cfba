using System.Collections.Immutable;
using Dataforts.Capabilities.Hints;
using Dataforts.Capabilities.Tags;
using Dataforts.Content;

namespace Dataforts.Capabilities.Peers;

/// <summary>A peer's offer as far as it is believed, taken apart once. Immutable and thread-safe.</summary>
public sealed class PeerOffer
{
    internal PeerOffer(CapabilitySet capabilities, PublisherHints hints, FilterCounts dropped) =>
        (Capabilities, Hints, Dropped) = (capabilities, hints, dropped);

    /// <summary>What it offers, without what was dropped.</summary>
    public CapabilitySet Capabilities { get; }

    /// <summary>Its wishes. They are here and not in the metadata, so that nothing takes a peer's wish for this node's own.</summary>
    public PublisherHints Hints { get; }

    /// <summary>What was dropped.</summary>
    public FilterCounts Dropped { get; }

    /// <summary>The chains that it claims, in the order of their hashes: of several claims to one the one that reaches furthest.</summary>
    public IEnumerable<ChainClaim> Claims => Chains.Select(mark => mark.Claim!.Value);

    /// <summary>The blobs that it tells heat of, in the order of their hashes.</summary>
    public IEnumerable<BlobHeat> BlobHeats => Blobs.Select(mark => new BlobHeat(mark.Key, mark.Level));

    /// <summary>The chains that it claims, ordered, with their heats.</summary>
    internal ImmutableArray<Mark<ulong>> Chains { get; init; } = [];

    /// <summary>The chains that its readers want and it does not hold, ordered.</summary>
    internal ImmutableArray<Mark<ulong>> Wants { get; init; } = [];

    /// <summary>The blobs that it tells heat of, ordered.</summary>
    internal ImmutableArray<Mark<BlobHash>> Blobs { get; init; } = [];

    /// <summary>The bodies of its scopes, ordered.</summary>
    internal ImmutableArray<Mark<string>> Scopes { get; init; } = [];
}
