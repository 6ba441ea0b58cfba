namespace Dataforts.Store.Events;

internal sealed partial class StoredChannel
{
    /// <summary>As <see cref="TryAppend(ReadOnlySpan{NewEvent}, ulong?, out ulong)"/>, of events that lie one behind the other; the first's number.</summary>
    /// <exception cref="DatafortsException">As there.</exception>
    public ulong Append(in PackedEvents events)
    {
        ArgumentOutOfRangeException.ThrowIfZero(events.Words.Length, nameof(events));
        ulong first;
        if (events.HasRefs || events.Words.Length > EventLimits.MaxBatchEvents || events.Payloads.Length > EventLimits.MaxBatchBytes)
        {
            _ = TryAppend(Unpack(events), null, out first);
            return first;
        }
        EventFrame frame = EventFrame.Of(events);
        try
        {
            _ = TryAppend(frame, [], [], false, null, out first);
            return first;
        }
        finally
        {
            frame.Dispose();
        }
    }

    private static NewEvent[] Unpack(in PackedEvents events)
    {
        ReadOnlyMemory<byte> rest = events.Payloads.ToArray();
        var unpacked = new NewEvent[events.Words.Length];
        for (int i = 0; i < unpacked.Length; i++)
        {
            uint word = events.Words[i];
            unpacked[i] = new NewEvent(rest[..PackedEvents.LengthOf(word)], PackedEvents.IsRef(word), PackedEvents.IsDirectory(word));
            rest = rest[PackedEvents.LengthOf(word)..];
        }
        return unpacked;
    }
}
