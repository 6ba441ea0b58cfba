using Dataforts.Content;
using Dataforts.Log;

namespace Dataforts.Store.Events;

/// <summary>The events of one channel in a store.</summary>
/// <remarks>Thread-safe. Appends to a channel take turns; reads hold nobody up.</remarks>
internal sealed partial class StoredChannel
{
    private readonly EventLog _owner;
    private readonly Lock _gate = new();
    private readonly RunList _runs = new();
    private ulong _first;
    private ulong _next;
    private long _bytes;
    private ChannelState _state;
    private RecordLocation _stateAt;
    private IEventRoots? _counted;

    public StoredChannel(EventLog owner, ChannelState state, RecordLocation stateAt, bool tellsNext = true)
    {
        _owner = owner;
        _state = state;
        PlaceState(stateAt);
        _first = state.First;
        _next = tellsNext ? state.Next : state.First;
    }

    /// <summary>Its name; empty where the record that says it is damaged.</summary>
    public string Name => _state.Name;

    /// <summary>The number it has in the log: the canonical hash of its name, unless another channel has that.</summary>
    public ulong Id => _state.Id;

    /// <summary>Rises when a tail that had been appended may have been lost: only then can a number be given to another event.</summary>
    public uint Epoch => _owner.Epoch;

    /// <summary>The first event that is retained; <see cref="Next"/> when none is.</summary>
    public ulong First => Volatile.Read(ref _first);

    /// <summary>The number of the event that is appended next.</summary>
    public ulong Next => Volatile.Read(ref _next);

    /// <summary>Payload bytes of the events that are retained.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>How much of it stays.</summary>
    public EventRetention Retention => Volatile.Read(ref _state).Retention;

    /// <summary>Bytes of memory that its index takes.</summary>
    public long IndexBytes
    {
        get { lock (_gate) return _runs.MemoryBytes; }
    }

    /// <summary>Appends one event; it is in the system's cache on return.</summary>
    /// <param name="payload">At most <see cref="EventLimits.MaxEventBytes"/>.</param>
    /// <param name="isRef">See <see cref="NewEvent.IsRef"/>.</param>
    /// <param name="expectedNext">Append only if the event would get this number; null for any.</param>
    /// <param name="sequence">The event's number; when it was not appended, the number that it would have got.</param>
    /// <param name="isDirectory">See <see cref="NewEvent.IsDirectory"/>.</param>
    /// <returns>False when another number was expected.</returns>
    /// <exception cref="DatafortsException">LimitExceeded, NoSpace, ReadOnly, WriterFailed or Io: nothing was appended.</exception>
    /// <exception cref="BlobFormatException">It is no ref, though it should be.</exception>
    public bool TryAppend(ReadOnlySpan<byte> payload, bool isRef, ulong? expectedNext, out ulong sequence, bool isDirectory = false)
    {
        ThrowIfTooLong(payload.Length);
        EventFlags flags = !isRef ? EventFlags.None : isDirectory ? EventFlags.Refs | EventFlags.Directories : EventFlags.Refs;
        BlobRef[] refs = isRef ? [BlobRef.Decode(payload)] : [];
        EventFrame frame = EventFrame.Of(payload, flags);
        try
        {
            return TryAppend(frame, refs, [], isDirectory, expectedNext, out sequence);
        }
        finally
        {
            frame.Dispose();
        }
    }

    /// <summary>Appends events, all or none, with numbers that follow each other, as one record of the log.</summary>
    /// <param name="events">At least one, at most <see cref="EventLimits.MaxBatchEvents"/> of <see cref="EventLimits.MaxBatchBytes"/> together.</param>
    /// <param name="expectedNext">As for one.</param>
    /// <param name="first">The number of the first; when they were not appended, the one it would have got.</param>
    /// <returns>False when another number was expected.</returns>
    /// <exception cref="DatafortsException">As for one.</exception>
    /// <exception cref="BlobFormatException">As for one.</exception>
    public bool TryAppend(ReadOnlySpan<NewEvent> events, ulong? expectedNext, out ulong first)
    {
        ArgumentOutOfRangeException.ThrowIfZero(events.Length, nameof(events));
        if (events.Length > EventLimits.MaxBatchEvents)
            throw new DatafortsException(ErrorKind.LimitExceeded, $"a batch of {events.Length} events is over the {EventLimits.MaxBatchEvents} of a batch");
        bool areAlike = true, hasRefs = false;
        long bytes = 0;
        int length = events[0].Payload.Length;
        EventFlags flags = EventFrame.FlagsOf(events[0]);
        foreach (ref readonly NewEvent one in events)
        {
            ThrowIfTooLong(one.Payload.Length);
            bytes += one.Payload.Length;
            areAlike &= one.Payload.Length == length && EventFrame.FlagsOf(one) == flags;
            hasRefs |= one.IsRef;
        }
        if (bytes > EventLimits.MaxBatchBytes)
            throw new DatafortsException(ErrorKind.LimitExceeded, $"a batch of {bytes} bytes is over the {EventLimits.MaxBatchBytes} of a batch");
        BlobRef[] refs = hasRefs ? RefsOf(events) : [];
        EventFrame frame = EventFrame.Of(events, (int)bytes, areAlike);
        try
        {
            return TryAppend(frame, refs, events, false, expectedNext, out first);
        }
        finally
        {
            frame.Dispose();
        }
    }

    private static BlobRef[] RefsOf(ReadOnlySpan<NewEvent> events)
    {
        var refs = new List<BlobRef>();
        foreach (ref readonly NewEvent one in events)
        {
            if (one.IsRef) refs.Add(BlobRef.Decode(one.Payload.Span));
        }
        return [.. refs];
    }

    private static void ThrowIfTooLong(int length)
    {
        if (length <= EventLimits.MaxEventBytes) return;
        throw new DatafortsException(ErrorKind.LimitExceeded,
            $"an event of {length} bytes is over the {EventLimits.MaxEventBytes} of an event; what is longer is stored as a blob and its ref published");
    }

    private bool TryAppend(
        in EventFrame frame, BlobRef[] refs, ReadOnlySpan<NewEvent> events, bool isDirectory, ulong? expectedNext, out ulong first)
    {
        ulong check = frame.Check;
        // Outside the gate, as others are told there that the store runs full.
        _owner.Store.TakeEventRoom(frame.Bytes.Length);
        lock (_gate)
        {
            first = _next;
            if (expectedNext is { } expected && expected != first) return false;
            frame.WriteDraft(new EventSlot(Id, first, frame.Count, frame.Flags, _owner.Epoch, check));
            if (refs.Length > 0) Announce(refs, events, isDirectory, first, isSet: true);
            RecordLocation location;
            long nowMs;
            try
            {
                _owner.Store.CurrentLog.AppendFramed(frame.Bytes, out location, out nowMs);
            }
            catch
            {
                if (refs.Length > 0) Announce(refs, events, isDirectory, first, isSet: false);
                throw;
            }
            int span = frame.Bytes.Length - SegmentLog.FrameMargin;
            uint at = location.Offset - RecordHeader.SizeBytes;
            _runs.Add(new EventRun(first, location.Segment, at, frame.Count, span, span - frame.EventBytes, refs.Length > 0));
            Interlocked.Add(ref _bytes, frame.EventBytes);
            Volatile.Write(ref _next, first + (ulong)frame.Count);
            _skipIsUnsaved = false;
            RetainIfItCan(nowMs);
        }
        return true;
    }
}
