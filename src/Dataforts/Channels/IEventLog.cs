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

    /// <summary>Appends one event, if it gets the number that is expected; that number. Written on return.</summary>
    /// <exception cref="SequenceMismatchException">It would get another. Nothing was appended.</exception>
    ulong Append(ReadOnlySpan<byte> payload, bool isRef, ulong expected);

    /// <summary>Appends events with numbers that follow each other from the one expected on, all or none; the first's. Written on return.</summary>
    /// <exception cref="SequenceMismatchException">They would get others. Nothing was appended.</exception>
    ulong Append(in PackedEvents events, ulong expected);

    /// <summary>Goes on with a number, so that those before it, which somebody was told, are of no event.</summary>
    void SkipTo(ulong next);

    /// <summary>From now on numbers are told before their events are written: should the process die, they must not be others'.</summary>
    void BeginTellingAhead();

    /// <summary>Makes somebody the one who appends.</summary>
    /// <returns>False when another is.</returns>
    bool TryBeginWriting(object writer);

    void EndWriting(object writer);

    /// <summary>From now on somebody is told when others have appended.</summary>
    void BeginWatching(IAppendWatcher watcher);

    void EndWatching(IAppendWatcher watcher);

    /// <summary>Tells all who watch but one that there is something new.</summary>
    void WakeOthers(IAppendWatcher but);

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
