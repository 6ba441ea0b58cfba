using Dataforts.Greedy.Admission;
using Dataforts.Greedy.Caching;

namespace Dataforts.Greedy.Running;

/// <summary>An event that flows past, with what is known of its publisher. Nothing of it is kept but what is copied.</summary>
public readonly ref struct ObservedEvent
{
    /// <summary>Its chain.</summary>
    public required ChannelKey Key { get; init; }

    /// <summary>Its number on its channel.</summary>
    public required ulong Sequence { get; init; }

    /// <summary>When it was published, in Unix milliseconds, as its publisher says.</summary>
    public long TimeMs { get; init; }

    /// <summary>Its publisher (not who passed it on). The same object as long as its announcement stays the same: verdicts are found by it.</summary>
    public required Publisher Publisher { get; init; }

    /// <summary>The event's own hints, the same object as long as they stay the same; null for none. Believed as its publisher's, because it came
    /// with the event.</summary>
    public IReadOnlyDictionary<string, string>? Hints { get; init; }

    /// <summary>Whether it was published as a ref to a blob.</summary>
    public bool IsRef { get; init; }

    /// <summary>Its payload.</summary>
    public required ReadOnlySpan<byte> Payload { get; init; }
}
