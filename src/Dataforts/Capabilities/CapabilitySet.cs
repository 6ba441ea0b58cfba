using System.Collections.Immutable;
using Dataforts.Capabilities.Intents;
using Dataforts.Mesh;

namespace Dataforts.Capabilities;

/// <summary>An offer, read once for the questions that are asked of it often.</summary>
/// <remarks>Immutable and thread-safe. What is asked for is worked out at the first question: asking whether a tag is there then takes constant time.</remarks>
public sealed class CapabilitySet
{
    private TagFacts? _facts;
    private BlobOffer? _blob;
    private DriftOffer? _greedy, _gravity;

    /// <summary>Reads an offer.</summary>
    public CapabilitySet(Offer offer)
    {
        ArgumentNullException.ThrowIfNull(offer);
        Offer = Ordered(offer);
    }

    /// <summary>A node that says nothing of itself.</summary>
    public static CapabilitySet Empty { get; } = new(Offer.Empty);

    /// <summary>The offer itself.</summary>
    public Offer Offer { get; }

    /// <summary>The tags, laid out for questions; one object for each set.</summary>
    public TagFacts Facts => _facts ?? Once(ref _facts, new TagFacts(Offer.Tags));

    /// <summary>What it offers to blobs.</summary>
    public BlobOffer Blob => _blob ?? Once(ref _blob, BlobOffer.Read(this));

    /// <summary>How it keeps what flows past.</summary>
    public DriftOffer Greedy => _greedy ?? Once(ref _greedy, DriftOffer.Read(this, DriftAxis.Greedy));

    /// <summary>How it pulls what readers want.</summary>
    public DriftOffer Gravity => _gravity ?? Once(ref _gravity, DriftOffer.Read(this, DriftAxis.Gravity));

    /// <summary>Whether a tag is there, however its value is set off.</summary>
    public bool Has(string tag) => Facts.Has(tag);

    /// <summary>Whether both say the same: equal tags, but for the separators of axis tags, and equal metadata.</summary>
    public bool Means(CapabilitySet other) => CapabilityDiff.Between(this, other).IsEmpty;

    // Walks over two sets at once rely on the order that an offer promises.
    private static Offer Ordered(Offer offer) =>
        offer.Tags.KeyComparer == StringComparer.Ordinal && offer.Metadata.KeyComparer == StringComparer.Ordinal
            ? offer
            : new Offer(offer.Tags.ToImmutableSortedSet(StringComparer.Ordinal), offer.Metadata.ToImmutableSortedDictionary(StringComparer.Ordinal));

    private static T Once<T>(ref T? place, T made)
        where T : class => Interlocked.CompareExchange(ref place, made, null) ?? made;
}
