using System.Collections.Frozen;
using Dataforts.Capabilities.Intents;

namespace Dataforts.Greedy.Admission;

/// <summary>What a node admits to its cache. Made once for a configuration; the defaults admit everything that there is room and budget for.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed record AdmissionRules
{
    private const string ScopePrefix = "scope:";

    /// <summary>The scopes to cache for, with or without <c>scope:</c>; none for all.</summary>
    public IReadOnlyCollection<string> Scopes
    {
        get => ScopeLabels;
        init => ScopeLabels = value.Select(label => label.StartsWith(ScopePrefix, StringComparison.Ordinal) ? label[ScopePrefix.Length..] : label)
            .ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>How intents are held against what the node has.</summary>
    public IntentMatching Intents { get; init; }

    /// <summary>What intents ask for.</summary>
    public IntentRegistry IntentRegistry { get; init; } = IntentRegistry.Default;

    /// <summary>What the wish to be where another chain is counts for.</summary>
    public ColocationPolicy Colocation { get; init; }

    /// <summary>The farthest publisher, more than zero; one whose distance is not known is near enough.</summary>
    public TimeSpan MaxRoundTrip { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The highest priority that a publisher can ask for; what it asks beyond that is lowered to it.</summary>
    public int HighestRemotePriority { get; init; } = Capabilities.Hints.PublisherHints.NormalPriority;

    /// <summary>What the node may hold copies of; null for all that reaches it.</summary>
    public IChannelAccess? Access { get; init; }

    internal FrozenSet<string> ScopeLabels { get; private init; } = FrozenSet<string>.Empty;

    /// <summary>Throws when something is out of bounds.</summary>
    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(MaxRoundTrip, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegative(HighestRemotePriority);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(HighestRemotePriority, Capabilities.Hints.PublisherHints.HighestPriority);
        ArgumentNullException.ThrowIfNull(IntentRegistry);
    }
}
