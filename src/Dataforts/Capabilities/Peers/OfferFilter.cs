using System.Collections.Immutable;
using Dataforts.Capabilities.Hints;
using Dataforts.Content;
using Dataforts.Mesh;

namespace Dataforts.Capabilities.Peers;

/// <summary>What of an offer is believed. A pure function; whoever announces, it never throws.</summary>
/// <remarks>A chain's heat needs a claim to the chain; what a node wants and does not hold, it says in another way (<see
/// cref="Tags.ChainWant"/>). Of those, and of blob heats, the
/// hottest <see cref="PeerLimits.MaxChainWants"/> and <see cref="PeerLimits.MaxBlobHeats"/> stay. Keys with which a node steers
/// its own placement leave the metadata and are kept apart, as wishes. Tags of unknown kinds stay as they are.</remarks>
public static class OfferFilter
{
    private const string OwnerKey = "owner";

    private static readonly string[] ReservedKeys =
        [PublisherHints.IntentKey, PublisherHints.ScopeKey, PublisherHints.ColocateKey, PublisherHints.ColocateStrictKey, PublisherHints.PriorityKey, OwnerKey];

    /// <summary>Reads a peer's offer.</summary>
    public static PeerOffer Read(Offer offer) => Read(offer, isOwn: false);

    /// <summary>Reads this node's own offer: nothing of it is dropped.</summary>
    public static PeerOffer ReadOwn(Offer offer) => Read(offer, isOwn: true);

    private static PeerOffer Read(Offer offer, bool isOwn)
    {
        var whole = new CapabilitySet(offer);
        var reading = new OfferReading(whole.Offer.Tags, isOwn ? int.MaxValue : PeerLimits.MaxBlobHeats, isOwn ? int.MaxValue : PeerLimits.MaxChainWants);
        PublisherHints hints = PublisherHints.Parse(whole.Offer.Metadata);
        ImmutableSortedDictionary<string, string> metadata = isOwn ? whole.Offer.Metadata : whole.Offer.Metadata.RemoveRange(ReservedKeys);
        bool isWhole = ReferenceEquals(metadata, whole.Offer.Metadata) && (isOwn || reading.Dropped.Count == 0);
        CapabilitySet kept = isWhole ? whole : new CapabilitySet(new Offer(isOwn ? whole.Offer.Tags : whole.Offer.Tags.Except(reading.Dropped), metadata));
        return new PeerOffer(kept, hints, reading.Counts with { Keys = whole.Offer.Metadata.Count - metadata.Count })
        {
            Chains = reading.Chains(),
            Blobs = [.. reading.Blobs.Select(heat => new Mark<BlobHash>(heat.Hash, null, heat.Level))],
            Wants = [.. reading.Wants.Select(want => new Mark<ulong>(want.Chain, null, want.Level))],
            Scopes = [.. reading.Scopes],
        };
    }
}
