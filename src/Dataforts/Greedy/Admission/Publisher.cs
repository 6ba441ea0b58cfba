using Dataforts.Capabilities.Hints;
using Dataforts.Capabilities.Intents;

namespace Dataforts.Greedy.Admission;

/// <summary>What is known of a publisher from its own announcement, as one object that is replaced whole when it changes.</summary>
/// <remarks>Immutable and thread-safe. What was decided for one object is not asked again while the same object, or one that says the same,
/// comes with its events.</remarks>
public sealed class Publisher
{
    /// <summary>Makes one.</summary>
    /// <param name="facts">Its tags, as announced by itself.</param>
    /// <param name="hints">Its wishes for all of its channels, as announced by itself.</param>
    /// <param name="roundTrip">How far away it is; null when that was not measured.</param>
    public Publisher(TagFacts facts, PublisherHints hints, TimeSpan? roundTrip)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(hints);
        (Facts, Hints, RoundTrip) = (facts, hints, roundTrip);
    }

    /// <summary>One of whom nothing is known.</summary>
    public static Publisher Unknown { get; } = new(TagFacts.None, PublisherHints.None, roundTrip: null);

    /// <summary>Its tags.</summary>
    public TagFacts Facts { get; }

    /// <summary>Its wishes.</summary>
    public PublisherHints Hints { get; }

    /// <summary>How far away it is.</summary>
    public TimeSpan? RoundTrip { get; }

    /// <summary>Whether all that verdicts depend on is equal: of the distance, only whether it is beyond a bound.</summary>
    internal bool SaysTheSameAs(Publisher other, TimeSpan maxRoundTrip) =>
        ReferenceEquals(this, other)
        || (RoundTrip > maxRoundTrip == other.RoundTrip > maxRoundTrip && WishesTheSame(Hints, other.Hints) && Facts.SaysTheSameAs(other.Facts));

    private static bool WishesTheSame(PublisherHints one, PublisherHints other) =>
        ReferenceEquals(one, other)
        || (one.Intents.AsSpan().SequenceEqual(other.Intents.AsSpan()) && one.Scopes.AsSpan().SequenceEqual(other.Scopes.AsSpan())
            && one.WantsColocation == other.WantsColocation && one.NeedsColocation == other.NeedsColocation
            && one.ColocateWith == other.ColocateWith && one.Priority == other.Priority);
}
