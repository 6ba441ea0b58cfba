using Dataforts.Store.Events;

namespace Dataforts.Channels;

/// <summary>Where an embedded channel keeps its events: a store, or memory.</summary>
/// <remarks>Thread-safe.</remarks>
internal interface IEventLog
{
    /// <summary>What stands for the channel in tokens.</summary>
    ulong Id { get; }

    uint Epoch { get; }

    ulong First { get; }

    ulong Next { get; }

    long Bytes { get; }

    EventRetention Retention { get; }

    /// <summary>Whether <see cref="FlushAsync"/> reaches stable storage.</summary>
    bool IsDurable { get; }

    /// <summary>Whether another process may append, so that one has to look.</summary>
    bool IsShared { get; }

    /// <summary>Appends one event; its number. Written on return.</summary>
    ulong Append(ReadOnlySpan<byte> payload, bool isRef);

    /// <summary>Appends events with numbers that follow each other, all or none; the first's. Written on return.</summary>
    ulong Append(in PackedEvents events);

    /// <summary>Events from a number on; at least one where there is one.</summary>
    /// <param name="from">The first.</param>
    /// <param name="maxBytes">Payload bytes, at most, but for the first event.</param>
    /// <param name="maxEvents">Events, at most.</param>
    /// <param name="page">The reader's own; one that reads on with the same finds its place faster.</param>
    EventRange Read(ulong from, int maxBytes, int maxEvents, EventPage page);

    ulong Trim(ulong upTo);

    void SetRetention(EventRetention retention);

    /// <summary>Returns when all that was appended is on stable storage.</summary>
    /// <param name="waiters">For how many appends: the log waits a moment for as many as the last flush let go.</param>
    Task FlushAsync(int waiters);

    /// <summary>Looks for what another process has appended.</summary>
    void Refresh();
}
