using Dataforts.Capabilities.Hints;
using Dataforts.Capabilities.Intents;

namespace Dataforts.Greedy.Admission;

/// <summary>What is known of a publisher from its own announcement, as one object that is replaced whole when it changes.</summary>
/// <remarks>Immutable and thread-safe. What was decided for one object is not asked again while the same object comes with its events.</remarks>
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
}
