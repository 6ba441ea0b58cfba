namespace Dataforts.Greedy.Caching;

/// <summary>One channel's part of the cache: a chain of blocks, and a gate of its own.</summary>
/// <remarks>Thread-safe. Its gate is the only lock on the way of an event, and nothing is waited for under it.</remarks>
internal sealed partial class CachedChannel : LinePad
{
    // Made in this order, and so kept in memory: the pad in front of the fields, the fields and the gate, which every event writes, and a pad behind them.
    // What follows is the table's entry, which other channels' events pass on their way to their own.
    private readonly Lock _gate = new();
    private readonly byte[] _behind = new byte[LineBytes];
    private EventBlock? _oldest;
    private EventBlock? _newest;
    private ulong _last;
    private bool _any;
    private long _credit;
    private long _creditUsed;

    public CachedChannel(in ChannelKey key, ulong id) => (Key, Id) = (key, id);

    public ChannelKey Key { get; }

    /// <summary>What the eviction policy knows it by; never used twice.</summary>
    public ulong Id { get; }

    public ChannelState State { get; private set; }

    /// <summary>Real bytes of its blocks.</summary>
    public long HeldBytes { get; private set; }

    /// <summary>What the eviction policy was last told of <see cref="HeldBytes"/>; under the cache's gate.</summary>
    public long ToldBytes { get; set; }

    /// <summary>Whether it was evicted once and came back.</summary>
    public bool IsReturned { get; private set; }

    /// <summary>When it came back, on the clock's axis.</summary>
    public long ReturnedAt { get; private set; }

    /// <summary>When it was evicted, on the clock's axis.</summary>
    public long EvictedAt { get; private set; }

    /// <summary>What its user last decided about its events; a hint, replaced whole.</summary>
    public object? Verdict { get; set; }

    /// <summary>Whether it waits among those that are forgotten first; under the cache's gate.</summary>
    public bool IsQueued { get; set; }

    /// <summary>The demand with which it last asked to come back, so that it does not ask again with every event; a hint, so unguarded.</summary>
    public long AskedWith { get; set; }

    /// <summary>Takes an event.</summary>
    /// <param name="item">Its number, time and payload.</param>
    /// <param name="terms">What the cache allows a channel.</param>
    /// <param name="change">What the cache must take note of: a first event, or memory taken or given back.</param>
    public AppendOutcome Append(in IncomingEvent item, in AppendTerms terms, out ChannelChange change)
    {
        change = ChannelChange.None;
        lock (_gate)
        {
            if (State > ChannelState.Live) return State == ChannelState.Gone ? AppendOutcome.Off : AppendOutcome.EvictedLately;
            if (_any && item.Sequence <= _last) return AppendOutcome.Stale;
            if (!terms.Credit.TryPay(ref _credit, item.Payload.Length, terms.ReserveBytes)) return AppendOutcome.NoBudget;
            EventBlock? block = _newest;
            if (block is null || !block.Fits(item.Payload.Length))
            {
                long before = HeldBytes;
                AppendOutcome made = TakeBlock(item.Payload.Length, in terms, out block);
                if (HeldBytes != before) change = ChannelChange.Size;
                if (made != AppendOutcome.Cached)
                {
                    // What is not stored is not paid for.
                    terms.Credit.Bucket.Refund(item.Payload.Length);
                    return made;
                }
            }
            block!.Add(item.Sequence, item.TimeMs, item.Payload);
            (_last, _any) = (item.Sequence, true);
            _events++;
            _payloadBytes += item.Payload.Length;
            if (State == ChannelState.Empty)
            {
                State = ChannelState.Live;
                change = ChannelChange.First;
            }
            return AppendOutcome.Cached;
        }
    }

    /// <summary>Stops taking events; those that are here are served until <see cref="Free"/>.</summary>
    public void Leave(long timestamp)
    {
        lock (_gate) (State, EvictedAt) = (ChannelState.Leaving, timestamp);
    }

    /// <summary>Gives all memory back, and the byte budget that was not used.</summary>
    /// <param name="pool">Where the blocks go.</param>
    /// <param name="credit">Where the budget goes.</param>
    /// <param name="next">What the channel is from now on.</param>
    public void Free(BlockPool pool, CreditSource credit, ChannelState next)
    {
        lock (_gate)
        {
            while (_oldest is { } block)
            {
                _oldest = block.Next;
                pool.Return(block);
            }
            (_newest, HeldBytes, _trimmed) = (null, 0, _events);
            // A chain that comes back begins anew: what it held is gone, and so is what would make its events look old.
            (_last, _any) = (0, false);
            State = next;
            GiveBackCredit(credit);
        }
    }

    /// <summary>Lets a ghost hold events again.</summary>
    public void Readmit(long timestamp)
    {
        lock (_gate)
        {
            if (State == ChannelState.Ghost) (State, IsReturned, ReturnedAt) = (ChannelState.Empty, true, timestamp);
        }
    }

    /// <summary>Takes it out of service if it holds nothing.</summary>
    public bool TryForget(CreditSource credit)
    {
        lock (_gate)
        {
            if (State is not (ChannelState.Empty or ChannelState.Ghost) || _oldest is not null) return false;
            State = ChannelState.Gone;
            GiveBackCredit(credit);
            return true;
        }
    }

    /// <summary>Gives back byte budget that has lain unused since the last call.</summary>
    public void GiveBackIdleCredit(CreditSource credit)
    {
        lock (_gate)
        {
            if (_creditUsed == _events) GiveBackCredit(credit);
            _creditUsed = _events;
        }
    }

    /// <summary>Lets the oldest blocks go until the channel holds no more than a cap.</summary>
    /// <returns>Whether anything went.</returns>
    public bool Shrink(long capBytes, BlockPool pool)
    {
        lock (_gate)
        {
            bool any = false;
            while (HeldBytes > capBytes && _oldest is { } block && block != _newest)
            {
                DropOldest();
                pool.Return(block);
                any = true;
            }
            return any;
        }
    }

    private AppendOutcome TakeBlock(int payloadBytes, in AppendTerms terms, out EventBlock? block)
    {
        block = null;
        int size = BlockPool.SizeFor(payloadBytes, HeldBytes);
        if (size + (long)EventBlock.ObjectBytes > terms.ChannelCapBytes)
        {
            // The class that suits the channel may be too large for a small share; the event alone may still fit.
            size = BlockPool.SizeFor(payloadBytes, 0);
            if (size + (long)EventBlock.ObjectBytes > terms.ChannelCapBytes) return AppendOutcome.TooLarge;
        }
        while (HeldBytes + size + EventBlock.ObjectBytes > terms.ChannelCapBytes)
        {
            EventBlock oldest = DropOldest();
            if (oldest.Size == size)
            {
                oldest.Clear();
                block = oldest;
                break;
            }
            terms.Pool.Return(oldest);
        }
        block ??= terms.Pool.TryTake(size) ?? RecycleOldest(payloadBytes);
        if (block is null) return AppendOutcome.NoRoom;
        if (_newest is null) _oldest = block;
        else _newest.Next = block;
        _newest = block;
        HeldBytes += block.RealBytes;
        return AppendOutcome.Cached;
    }

    // Where the node is full a channel may still make room for its newest events out of its oldest.
    private EventBlock? RecycleOldest(int payloadBytes)
    {
        if (_oldest is null || _oldest == _newest || _oldest.Size < payloadBytes + EventBlock.EntryOverheadBytes) return null;
        EventBlock block = DropOldest();
        block.Clear();
        return block;
    }

    private EventBlock DropOldest()
    {
        EventBlock block = _oldest!;
        _oldest = block.Next;
        if (_oldest is null) _newest = null;
        HeldBytes -= block.RealBytes;
        _trimmed += block.Count;
        return block;
    }

    private void GiveBackCredit(CreditSource credit)
    {
        credit.Bucket.Refund(_credit);
        _credit = 0;
    }
}
