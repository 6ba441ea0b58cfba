using System.Buffers;

namespace Dataforts.Greedy.Caching;

internal sealed partial class CachedChannel
{
    private long _events;
    private long _payloadBytes;
    private long _trimmed;
    private long _hits;
    private long _demand;
    private long _demandEpoch;

    /// <summary>Reads that the eviction policy has not heard of yet.</summary>
    private int _touches;

    /// <summary>What was counted since the channel was first seen, and what it holds.</summary>
    public ChannelCounters Counters
    {
        get
        {
            lock (_gate)
            {
                bool isCached = State is ChannelState.Live or ChannelState.Leaving;
                return new ChannelCounters(_events, _payloadBytes, _hits, _events - _trimmed, HeldBytes, isCached);
            }
        }
    }

    /// <summary>Reads one event, and counts the hit.</summary>
    public bool TryRead(ulong sequence, long epoch, IBufferWriter<byte> destination, out CachedEvent found)
    {
        found = default;
        lock (_gate)
        {
            CountDemand(epoch);
            for (EventBlock? block = _oldest; block is not null; block = block.Next)
            {
                if (block.Count == 0 || block.LastSequence < sequence) continue;
                ReadOnlySpan<byte> payload = block.Read(block.Find(sequence), out ulong at, out long timeMs);
                if (at != sequence) return false;
                destination.Write(payload);
                found = new CachedEvent(at, timeMs, payload.Length);
                _hits++;
                return true;
            }
        }
        return false;
    }

    /// <summary>Reads events in their order, the first one at least, until a bound of bytes.</summary>
    /// <param name="from">The lowest number wanted.</param>
    /// <param name="maxBytes">How many payload bytes to hand out at most, beyond the first event.</param>
    /// <param name="epoch">What time it is in the counting of demand.</param>
    /// <param name="destination">Takes the payloads, one behind the other.</param>
    /// <param name="events">Takes what they are.</param>
    /// <returns>How many events were added.</returns>
    public int Read(ulong from, int maxBytes, long epoch, IBufferWriter<byte> destination, List<CachedEvent> events)
    {
        int before = events.Count;
        lock (_gate)
        {
            CountDemand(epoch);
            long bytes = 0;
            for (EventBlock? block = _oldest; block is not null; block = block.Next)
            {
                if (block.Count == 0 || block.LastSequence < from) continue;
                for (int i = block.Find(from); i < block.Count; i++)
                {
                    ReadOnlySpan<byte> payload = block.Read(i, out ulong sequence, out long timeMs);
                    bytes += payload.Length;
                    if (events.Count > before && bytes > maxBytes) return events.Count - before;
                    destination.Write(payload);
                    events.Add(new CachedEvent(sequence, timeMs, payload.Length));
                    _hits++;
                }
            }
        }
        return events.Count - before;
    }

    /// <summary>How often it was asked for, whether it could answer or not, every past period counting half of the one after it.</summary>
    public long Demand(long epoch)
    {
        lock (_gate)
        {
            Age(epoch);
            return _demand;
        }
    }

    /// <summary>Notes a read that the eviction policy has not heard of.</summary>
    public void OweTouch() => Interlocked.Exchange(ref _touches, 1);

    /// <summary>Whether there was a read that the eviction policy has not heard of; it counts as told now.</summary>
    public bool SettleTouch() => Volatile.Read(ref _touches) != 0 && Interlocked.Exchange(ref _touches, 0) != 0;

    private void CountDemand(long epoch)
    {
        Age(epoch);
        _demand++;
    }

    private void Age(long epoch)
    {
        if (epoch <= _demandEpoch) return;
        _demand >>= (int)Math.Min(epoch - _demandEpoch, 63);
        _demandEpoch = epoch;
    }
}
