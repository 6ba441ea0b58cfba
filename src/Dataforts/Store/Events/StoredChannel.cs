namespace Dataforts.Store.Events;

/// <summary>The events of one channel in a store.</summary>
/// <remarks>Thread-safe. Appends to a channel take turns; reads hold nobody up.</remarks>
internal sealed class StoredChannel
{
    /// <summary>Its name.</summary>
    public string Name => throw new NotImplementedException();

    /// <summary>The number it has in the log: the canonical hash of its name, unless another channel has that.</summary>
    public ulong Id => throw new NotImplementedException();

    /// <summary>Rises when a tail that had been appended may have been lost: only then can a number be given to another event.</summary>
    public uint Epoch => throw new NotImplementedException();

    /// <summary>The first event that is retained; <see cref="Next"/> when none is.</summary>
    public ulong First => throw new NotImplementedException();

    /// <summary>The number of the event that is appended next.</summary>
    public ulong Next => throw new NotImplementedException();

    /// <summary>Payload bytes of the events that are retained.</summary>
    public long Bytes => throw new NotImplementedException();

    /// <summary>How much of it stays.</summary>
    public EventRetention Retention => throw new NotImplementedException();

    /// <summary>Appends one event; it is in the system's cache on return.</summary>
    /// <param name="payload">At most <see cref="EventLimits.MaxEventBytes"/>.</param>
    /// <param name="isRef">See <see cref="NewEvent.IsRef"/>.</param>
    /// <param name="expectedNext">Append only if the event would get this number; null for any.</param>
    /// <param name="sequence">The event's number; when it was not appended, the number that it would have got.</param>
    /// <returns>False when another number was expected.</returns>
    /// <exception cref="DatafortsException">LimitExceeded, NoSpace, ReadOnly, WriterFailed or Io: nothing was appended.</exception>
    public bool TryAppend(ReadOnlySpan<byte> payload, bool isRef, ulong? expectedNext, out ulong sequence) => throw new NotImplementedException();

    /// <summary>Appends events, all or none, with numbers that follow each other, as one record of the log.</summary>
    /// <param name="events">At least one, at most <see cref="EventLimits.MaxBatchEvents"/> of <see cref="EventLimits.MaxBatchBytes"/> together.</param>
    /// <param name="expectedNext">As for one.</param>
    /// <param name="first">The number of the first; when they were not appended, the one it would have got.</param>
    /// <returns>False when another number was expected.</returns>
    /// <exception cref="DatafortsException">As for one.</exception>
    public bool TryAppend(ReadOnlySpan<NewEvent> events, ulong? expectedNext, out ulong first) => throw new NotImplementedException();

    /// <summary>Reads events from a number on, verified, up to a number of payload bytes or of events; at least one where there is one.</summary>
    /// <param name="from">The first to read. One that is not there any more is told as a gap; behind the end there is nothing.</param>
    /// <param name="maxBytes">Payload bytes, at most, except for the first event.</param>
    /// <param name="maxEvents">Events, at most.</param>
    /// <param name="page">Receives them.</param>
    /// <exception cref="DatafortsException">Io: they cannot be read now.</exception>
    public void Read(ulong from, int maxBytes, int maxEvents, EventPage page) => throw new NotImplementedException();

    /// <summary>Drops the events before a number, whatever retention says; behind the end it drops all there are.</summary>
    /// <returns>The first that is retained.</returns>
    public ulong Trim(ulong upTo) => throw new NotImplementedException();

    /// <summary>Sets how much stays; what that does not keep is dropped.</summary>
    public void SetRetention(EventRetention retention) => throw new NotImplementedException();
}
