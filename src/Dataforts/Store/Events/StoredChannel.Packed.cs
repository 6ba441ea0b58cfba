namespace Dataforts.Store.Events;

internal sealed partial class StoredChannel
{
    /// <summary>As <see cref="TryAppend(ReadOnlySpan{NewEvent}, ulong?, out ulong)"/>, of events that lie one behind the other.</summary>
    /// <exception cref="DatafortsException">As there.</exception>
    public bool TryAppend(in PackedEvents events, ulong? expectedNext, out ulong first)
    {
        ArgumentOutOfRangeException.ThrowIfZero(events.Words.Length, nameof(events));
        if (events.HasRefs || events.Words.Length > EventLimits.MaxBatchEvents || events.Payloads.Length > EventLimits.MaxBatchBytes)
            return TryAppend(Unpack(events), expectedNext, out first);
        EventFrame frame = EventFrame.Of(events);
        try
        {
            return TryAppend(frame, [], [], false, expectedNext, out first);
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
