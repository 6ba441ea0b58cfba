namespace Dataforts.Greedy.Caching;

internal sealed partial class GreedyCache
{
    /// <summary>Evicting begins this far below the cap, so that there is room while an advertisement is withdrawn: a share of the cap, at most so many
    /// bytes.</summary>
    private const int HeadroomShare = 16;
    private const long MostHeadroomBytes = 1 << 20;

    /// <summary>Reads that came to be known late may change the order of victims; so many of them are looked at before one is taken as it is.</summary>
    private const int LateTouches = 64;

    private readonly Dictionary<ulong, CachedChannel> _live = [];
    private readonly Queue<CachedChannel> _forgettable = new();
    private ulong _nextId;
    private int _known;
    private long _leavingBytes;
    private long _evictions;
    private long _readmissions;

    /// <summary>Channels that hold events.</summary>
    public int LiveCount
    {
        get { lock (_gate) return _live.Count; }
    }

    /// <summary>Channels that were evicted so far.</summary>
    public long Evictions => Volatile.Read(ref _evictions);

    /// <summary>Evicted channels that came back so far.</summary>
    public long Readmissions => Volatile.Read(ref _readmissions);

    /// <summary>Reads that found nothing.</summary>
    public long Misses => _misses.Value;

    /// <summary>Sets other bounds. What is over them goes at once, but for what must be un-advertised first.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A bound is out of bounds.</exception>
    public void Reconfigure(GreedyLimits limits)
    {
        limits.Check();
        lock (_gate)
        {
            CacheTerms old = Terms;
            CreditSource credit = limits.BytesPerSecond == old.Limits.BytesPerSecond ? old.Credit : CreditFor(limits);
            Volatile.Write(ref _terms, new CacheTerms(limits, _pool, credit, old.IsOn));
            _pool.CapBytes = limits.TotalCapBytes;
            _order.SetCapacity(limits.TotalCapBytes);
            foreach (CachedChannel channel in _live.Values)
            {
                if (!channel.Shrink(limits.ChannelCapBytes, _pool)) continue;
                Tell(channel);
            }
            _pool.DropSpares();
            EvictDownTo(limits.TotalCapBytes, spare: null);
            while (_known > limits.Channels && ForgetOne()) { }
        }
        ClaimsChanged?.Invoke();
    }

    /// <summary>Begins to take events again.</summary>
    public void Start()
    {
        lock (_gate) Volatile.Write(ref _terms, Terms.With(on: true));
    }

    /// <summary>Takes no more events, and lets everything go; memory is free once the claims are withdrawn.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            Volatile.Write(ref _terms, Terms.With(on: false));
            foreach ((ChannelKey key, CachedChannel channel) in _channels)
            {
                if (_live.ContainsKey(channel.Id)) Evict(channel);
                if (channel.State != ChannelState.Leaving) channel.Free(_pool, Terms.Credit, ChannelState.Gone);
                _channels.TryRemove(key, out _);
            }
            _forgettable.Clear();
            _known = 0;
            _pool.DropSpares();
        }
        ClaimsChanged?.Invoke();
    }

    private AppendOutcome Open(in ChannelKey key, CacheTerms terms, out CachedChannel? channel)
    {
        lock (_gate)
        {
            channel = null;
            if (!Terms.IsOn) return AppendOutcome.Off;
            if (_channels.TryGetValue(key, out channel)) return AppendOutcome.Cached;
            if (_known >= terms.Limits.Channels && !ForgetOne()) return AppendOutcome.TooManyChannels;
            channel = new CachedChannel(in key, ++_nextId);
            _channels[key] = channel;
            _known++;
            MayForget(channel);
            return AppendOutcome.Cached;
        }
    }

    // Takes note of what a channel holds, and sees to it that there is room for the next block.
    private bool Register(CachedChannel channel)
    {
        lock (_gate)
        {
            if (channel.State != ChannelState.Live) return false;
            bool claims = false;
            if (_live.TryAdd(channel.Id, channel))
            {
                channel.ToldBytes = channel.HeldBytes;
                _order.Add(channel.Id, channel.ToldBytes);
                if (Origins.Add(channel.Key.Origin)) claims = WantClaim(channel.Key.Origin);
            }
            else
            {
                Tell(channel);
            }
            long cap = _pool.CapBytes, highest = cap - Math.Min(cap / HeadroomShare, MostHeadroomBytes);
            if (_pool.HeldBytes - _leavingBytes <= highest) return claims;
            return EvictDownTo(highest, channel) || claims;
        }
    }

    private void Tell(CachedChannel channel)
    {
        long bytes = channel.HeldBytes;
        if (bytes == channel.ToldBytes) return;
        channel.ToldBytes = bytes;
        _order.Resize(channel.Id, bytes);
    }

    private void MakeRoom(CachedChannel asker, long bytes)
    {
        lock (_gate)
        {
            EvictDownTo(_pool.CapBytes - bytes, asker);
        }
    }

    private bool EvictDownTo(long bytes, CachedChannel? spare)
    {
        bool any = false;
        int late = 0;
        while (_pool.HeldBytes - _leavingBytes > bytes && _order.TryVictim(out ulong id))
        {
            CachedChannel victim = _live[id];
            if (victim.SettleTouch() && late++ < LateTouches)
            {
                _order.Touch(id);
                continue;
            }
            // One that is itself the next to go gets no room at the cost of others; it has its own oldest events to replace.
            if (victim == spare) break;
            if (spare is not null && MayTakeTurns(spare, victim) && !IsWantedMore(spare, victim)) break;
            Evict(victim);
            any = true;
        }
        return any;
    }

    // One that came back grows at the cost of others only when it is read more, and is itself safe for a while, or channels of like heat would take
    // turns for ever. The while is a little longer than the one outside, as others are told of its return late.
    private bool MayTakeTurns(CachedChannel asker, CachedChannel victim)
    {
        TimeSpan delay = Terms.Limits.ReadmissionDelay;
        if (delay == TimeSpan.Zero) return false;
        return asker.IsReturned || (victim.IsReturned && _time.GetElapsedTime(victim.ReturnedAt) < delay + (delay / 16));
    }

    private bool IsWantedMore(CachedChannel asker, CachedChannel victim) => IsWantedMore(asker.Demand(Epoch()), victim);

    // The reads on top keep small numbers that differ by chance from passing for twice as many.
    private bool IsWantedMore(long demand, CachedChannel victim) => demand >= (2 * victim.Demand(Epoch())) + Terms.Limits.ReadmissionReads;

    private void Evict(CachedChannel victim)
    {
        _live.Remove(victim.Id);
        _order.Remove(victim.Id);
        victim.Leave(_time.GetTimestamp());
        _evictions++;
        if (Origins.Remove(victim.Key.Origin)) LeaveAfterWithdrawal(victim);
        else LetGo(victim);
    }

    private void LetGo(CachedChannel channel)
    {
        bool isKnown = _channels.TryGetValue(channel.Key, out CachedChannel? known) && known == channel;
        channel.Free(_pool, Terms.Credit, isKnown ? ChannelState.Ghost : ChannelState.Gone);
        if (isKnown) MayForget(channel);
    }

    private bool TryReadmit(CachedChannel channel, CacheTerms terms)
    {
        if (channel.State != ChannelState.Ghost) return false;
        GreedyLimits limits = terms.Limits;
        if (_time.GetElapsedTime(channel.EvictedAt) < limits.ReadmissionDelay)
        {
            long demand = channel.Demand(Epoch());
            if (demand < limits.ReadmissionReads || demand == channel.AskedWith) return false;
            channel.AskedWith = demand;
            lock (_gate)
            {
                if (_order.TryVictim(out ulong id) && !IsWantedMore(demand, _live[id])) return false;
            }
        }
        channel.Readmit(_time.GetTimestamp());
        Interlocked.Increment(ref _readmissions);
        return true;
    }

    private void MayForget(CachedChannel channel)
    {
        if (channel.IsQueued) return;
        channel.IsQueued = true;
        _forgettable.Enqueue(channel);
    }

    // One that holds nothing makes room in the table: the one that has been so for longest.
    private bool ForgetOne()
    {
        while (_forgettable.TryDequeue(out CachedChannel? channel))
        {
            channel.IsQueued = false;
            if (!channel.TryForget(Terms.Credit)) continue;
            _channels.TryRemove(channel.Key, out _);
            _known--;
            return true;
        }
        return false;
    }
}
