using Dataforts.Log;

namespace Dataforts.Store.Events;

/// <summary>Which channel's record lies where, by segment: compaction asks of one segment, and there may be thousands of channels.</summary>
/// <remarks>Thread-safe. Holds no other lock while it holds its own.</remarks>
internal sealed class StatePlaces
{
    private readonly Lock _gate = new();
    private readonly Dictionary<uint, SortedDictionary<uint, StoredChannel>> _bySegment = [];

    /// <summary>A channel's record lies elsewhere from now on; <see langword="default"/> is nowhere.</summary>
    public void Move(StoredChannel channel, RecordLocation before, RecordLocation now)
    {
        if (before == now) return;
        lock (_gate)
        {
            if (before != default && _bySegment.TryGetValue(before.Segment, out SortedDictionary<uint, StoredChannel>? old)
                && old.TryGetValue(before.Offset, out StoredChannel? there) && there == channel)
            {
                old.Remove(before.Offset);
                if (old.Count == 0) _bySegment.Remove(before.Segment);
            }
            if (now == default) return;
            if (!_bySegment.TryGetValue(now.Segment, out SortedDictionary<uint, StoredChannel>? held)) _bySegment.Add(now.Segment, held = []);
            held[now.Offset] = channel;
        }
    }

    /// <summary>Whether a channel's record lies there.</summary>
    public bool Contains(RecordLocation location)
    {
        lock (_gate) return _bySegment.TryGetValue(location.Segment, out SortedDictionary<uint, StoredChannel>? held) && held.ContainsKey(location.Offset);
    }

    /// <summary>The channels whose records lie in a segment, in the order of these.</summary>
    public List<StoredChannel> In(uint segment)
    {
        lock (_gate) return _bySegment.TryGetValue(segment, out SortedDictionary<uint, StoredChannel>? held) ? [.. held.Values] : [];
    }
}
