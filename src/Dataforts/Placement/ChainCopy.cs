using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Dataforts.Placement;

/// <summary>A chain's events as a node keeps them, by channel: its own, or a copy that it pulled. Of too many the oldest go first: of a channel by
/// number, of all channels by their time.</summary>
/// <remarks>Not thread-safe.</remarks>
/// <param name="mostBytes">Payloads, with <see cref="OverheadBytes"/> each, and the channels' names.</param>
/// <param name="mostEvents">Events of one channel.</param>
internal sealed class ChainCopy(long mostBytes, int mostEvents = int.MaxValue)
{
    /// <summary>What an event takes beside its payload.</summary>
    public const int OverheadBytes = 48;

    private readonly SortedList<string, SortedList<ulong, StoredEvent>> _channels = new(StringComparer.Ordinal);

    public long Bytes { get; private set; }

    /// <summary>Keeps an event, unless it is here or takes more than all may.</summary>
    /// <returns>Whether it is new, and stayed.</returns>
    public bool Add(string channel, ulong sequence, long timeMs, ReadOnlySpan<byte> payload)
    {
        bool isKnown = _channels.TryGetValue(channel, out SortedList<ulong, StoredEvent>? events);
        long cost = OverheadBytes + (long)payload.Length, extra = isKnown ? 0 : CostOf(channel);
        // The last number has none after it to go on from.
        if (cost + extra > mostBytes || sequence == ulong.MaxValue || (isKnown && events!.ContainsKey(sequence))) return false;
        if (!isKnown)
        {
            while (_channels.Count >= PlacementLimits.MaxChannelsKept) RemoveOldest();
            _channels[channel] = events = [];
        }
        events!.Add(sequence, new StoredEvent(timeMs, payload.ToArray()));
        Bytes += cost + extra;
        if (events.Count > mostEvents) RemoveFirst(channel, events);
        while (Bytes > mostBytes) RemoveOldest();
        return _channels.TryGetValue(channel, out events) && events.ContainsKey(sequence);
    }

    public bool TryRead(string channel, ulong sequence, out StoredEvent found)
    {
        found = default;
        return _channels.TryGetValue(channel, out SortedList<ulong, StoredEvent>? events) && events.TryGetValue(sequence, out found);
    }

    /// <summary>The first event at or after a place in the order of channels and numbers.</summary>
    public bool TryNext(string channel, ulong sequence, [NotNullWhen(true)] out string? found, out ulong at, out StoredEvent item)
    {
        for (int i = FirstFrom(_channels.Keys, channel, StringComparer.Ordinal); i < _channels.Count; i++)
        {
            (string name, SortedList<ulong, StoredEvent> events) = (_channels.GetKeyAtIndex(i), _channels.GetValueAtIndex(i));
            int index = name != channel ? 0 : FirstFrom(events.Keys, sequence, Comparer<ulong>.Default);
            if (index == events.Count) continue;
            (found, at, item) = (name, events.GetKeyAtIndex(index), events.GetValueAtIndex(index));
            return true;
        }
        (found, at, item) = (null, 0, default);
        return false;
    }

    private void RemoveOldest()
    {
        string oldest = "";
        long time = long.MaxValue;
        foreach ((string channel, SortedList<ulong, StoredEvent> events) in _channels)
        {
            if (oldest.Length == 0 || events.GetValueAtIndex(0).TimeMs < time) (oldest, time) = (channel, events.GetValueAtIndex(0).TimeMs);
        }
        RemoveFirst(oldest, _channels[oldest]);
    }

    private void RemoveFirst(string channel, SortedList<ulong, StoredEvent> events)
    {
        Bytes -= OverheadBytes + (long)events.GetValueAtIndex(0).Payload.Length;
        events.RemoveAt(0);
        if (events.Count > 0) return;
        _channels.Remove(channel);
        Bytes -= CostOf(channel);
    }

    private static long CostOf(string channel) => OverheadBytes + (long)Encoding.UTF8.GetByteCount(channel);

    private static int FirstFrom<TKey>(IList<TKey> keys, TKey from, IComparer<TKey> comparer)
    {
        int low = 0, high = keys.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (comparer.Compare(keys[middle], from) < 0) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
