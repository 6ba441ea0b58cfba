using System.Buffers;
using System.Collections.Concurrent;

namespace Dataforts.Greedy.Caching;

/// <summary>Keeps copies of channels' events in memory, bounded in real bytes, and knows which chains it can be asked for.</summary>
/// <remarks>Thread-safe. On its way an event meets a table that is read without a lock and the gate of its own channel; everything that channels share (the
/// pool of blocks, the byte budget, the order of victims) is met once a block. The node's gate is taken before a channel's, never after it.</remarks>
internal sealed partial class GreedyCache
{
    /// <summary>Reads count half after this long, when it is weighed who may come back.</summary>
    private static readonly TimeSpan DemandHalfLife = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<ChannelKey, CachedChannel> _channels = new();
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly BlockPool _pool;
    private readonly IVictimOrder _order;
    private readonly long _started;
    private readonly StripedCounter _misses = new();
    private CacheTerms _terms;

    /// <summary>Makes an empty one.</summary>
    /// <param name="limits">Its bounds.</param>
    /// <param name="order">Says who goes when it is full.</param>
    /// <param name="time">The clock.</param>
    public GreedyCache(GreedyLimits limits, IVictimOrder order, TimeProvider time)
    {
        limits.Check();
        (_order, _time, _started) = (order, time, time.GetTimestamp());
        _pool = new BlockPool(limits.TotalCapBytes);
        _terms = new CacheTerms(limits, _pool, CreditFor(limits), isOn: true);
    }

    /// <summary>Called when there are claims to be made or withdrawn, outside every lock.</summary>
    public Action? ClaimsChanged { get; set; }

    /// <summary>Which origins are held.</summary>
    public OriginIndex Origins { get; } = new();

    /// <summary>The bounds that hold.</summary>
    public GreedyLimits Limits => Terms.Limits;

    /// <summary>The byte budget.</summary>
    public TokenBucket Budget => Terms.Credit.Bucket;

    /// <summary>Real bytes of memory that the blocks take.</summary>
    public long UsedBytes => _pool.UsedBytes;

    private CacheTerms Terms => Volatile.Read(ref _terms);

    /// <summary>A chain's part of the cache; null when it is not followed.</summary>
    public CachedChannel? Find(in ChannelKey key) => _channels.GetValueOrDefault(key);

    /// <summary>Takes an event; the payload is copied.</summary>
    /// <param name="channel">Its chain's part of the cache, as found just now.</param>
    /// <param name="key">The chain it belongs to.</param>
    /// <param name="item">What it is.</param>
    /// <param name="reserveBytes">How much of the byte budget must be left for more urgent ones.</param>
    public AppendOutcome Append(CachedChannel? channel, in ChannelKey key, in IncomingEvent item, long reserveBytes)
    {
        CacheTerms terms = Terms;
        if (!terms.IsOn) return AppendOutcome.Off;
        if (channel is null)
        {
            if (item.Payload.Length > terms.Limits.ChannelCapBytes) return AppendOutcome.TooLarge;
            AppendOutcome opened = Open(in key, terms, out channel);
            if (channel is null) return opened;
        }
        AppendOutcome outcome = channel.Append(in item, terms.For(reserveBytes), out ChannelChange change);
        if (outcome == AppendOutcome.EvictedLately || outcome == AppendOutcome.NoRoom || change != ChannelChange.None)
            return Settle(channel, in item, terms, reserveBytes, outcome, change);
        return outcome;
    }

    /// <summary>Reads one event if it is here.</summary>
    /// <param name="key">Its chain.</param>
    /// <param name="sequence">Its number.</param>
    /// <param name="destination">Takes the payload.</param>
    /// <param name="found">What it is.</param>
    public bool TryRead(in ChannelKey key, ulong sequence, IBufferWriter<byte> destination, out CachedEvent found)
    {
        found = default;
        bool isHit = false;
        if (_channels.TryGetValue(key, out CachedChannel? channel))
        {
            isHit = channel.TryRead(sequence, Epoch(), destination, out found);
            Touch(channel);
        }
        if (!isHit) _misses.Add(1);
        return isHit;
    }

    /// <summary>Reads the events from a number on that are here, in their order, until a bound of bytes; there may be gaps between them.</summary>
    /// <param name="key">Their chain.</param>
    /// <param name="from">The lowest number wanted.</param>
    /// <param name="maxBytes">How many payload bytes to hand out at most, beyond the first event.</param>
    /// <param name="destination">Takes the payloads, one behind the other.</param>
    /// <param name="events">Takes what they are.</param>
    /// <returns>How many there were.</returns>
    public int Read(in ChannelKey key, ulong from, int maxBytes, IBufferWriter<byte> destination, List<CachedEvent> events)
    {
        int count = _channels.TryGetValue(key, out CachedChannel? channel) ? channel.Read(from, maxBytes, Epoch(), destination, events) : 0;
        if (channel is not null) Touch(channel);
        if (count == 0) _misses.Add(1);
        return count;
    }

    /// <summary>What is counted of a chain; null for one that is not followed.</summary>
    public ChannelCounters? CountersOf(in ChannelKey key) => _channels.TryGetValue(key, out CachedChannel? channel) ? channel.Counters : null;

    /// <summary>Gives back byte budget that lies idle in channels. To be called now and then.</summary>
    public void Tick()
    {
        CacheTerms terms = Terms;
        foreach ((_, CachedChannel channel) in _channels) channel.GiveBackIdleCredit(terms.Credit);
        ClaimsChanged?.Invoke();
    }

    // What only some events need: the first of a channel, one that takes a block, one for which there is no room.
    private AppendOutcome Settle(
        CachedChannel channel, in IncomingEvent item, CacheTerms terms, long reserveBytes, AppendOutcome outcome, ChannelChange change)
    {
        if (outcome == AppendOutcome.EvictedLately)
        {
            if (!TryReadmit(channel, terms)) return outcome;
            outcome = channel.Append(in item, terms.For(reserveBytes), out change);
        }
        if (outcome == AppendOutcome.NoRoom)
        {
            MakeRoom(channel, BlockPool.SizeFor(item.Payload.Length, channel.HeldBytes) + EventBlock.ObjectBytes);
            ClaimsChanged?.Invoke();
            outcome = channel.Append(in item, terms.For(reserveBytes), out change);
        }
        if (change != ChannelChange.None && Register(channel)) ClaimsChanged?.Invoke();
        return outcome;
    }

    private void Touch(CachedChannel channel)
    {
        // A read does not wait for another: the one who holds the gate, or the next to look for a victim, will hear of it.
        if (_gate.TryEnter())
        {
            try
            {
                _order.Touch(channel.Id);
            }
            finally
            {
                _gate.Exit();
            }
        }
        else
        {
            channel.OweTouch();
        }
    }

    private long Epoch() => (long)(_time.GetElapsedTime(_started) / DemandHalfLife);

    private CreditSource CreditFor(GreedyLimits limits) =>
        new(new TokenBucket(limits.BytesPerSecond, _time.GetTimestamp(), _time.TimestampFrequency), _time);
}
