namespace Dataforts.Store.Events;

/// <summary>Events that were read together, in pooled memory: read into again, or disposed, it takes their bytes back.</summary>
/// <remarks>For one thread at a time.</remarks>
internal sealed class EventPage : IDisposable
{
    private readonly List<StoredEvent> _events = [];

    /// <summary>The events, in order and without a hole between them.</summary>
    public IReadOnlyList<StoredEvent> Events => _events;

    /// <summary>Where to read on: behind the last event; with a gap and no events, behind the gap.</summary>
    public ulong Next { get; private set; }

    /// <summary>Why the events from the one asked for up to <see cref="Next"/> are not there. Only a page without events has a gap.</summary>
    public EventGap Gap { get; private set; }

    /// <inheritdoc/>
    public void Dispose() => _events.Clear();
}
