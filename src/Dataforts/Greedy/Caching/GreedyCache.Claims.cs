namespace Dataforts.Greedy.Caching;

internal sealed partial class GreedyCache
{
    private readonly SortedSet<ulong> _unsettled = [];
    private readonly SortedSet<ulong> _claimed = [];

    /// <summary>Origins that are held and have no claim; they are claimed in ascending order when there is room.</summary>
    private readonly SortedSet<ulong> _waiting = [];
    private List<CachedChannel> _leaving = [];
    private double _pressure;

    /// <summary>Origins that are advertised as held.</summary>
    public int ClaimCount
    {
        get { lock (_gate) return _claimed.Count; }
    }

    /// <summary>Origins that are held and not advertised: over the limit of claims, or not announced yet.</summary>
    public int UnclaimedCount
    {
        get { lock (_gate) return Math.Max(Origins.Count - _claimed.Count, 0); }
    }

    /// <summary>The share of the cap that waits for withdrawals and so cannot be given to others, 0 to 1.</summary>
    public double Pressure => Volatile.Read(ref _pressure);

    /// <summary>Takes what is to be announced. One caller at a time, who ends with <see cref="Settled"/> or <see cref="Failed"/>.</summary>
    /// <returns>Null when there is nothing to be announced. Withdrawals come first and by themselves: they make an announcement smaller, so that one that is
    /// full does not keep them back, nor the memory that waits for them.</returns>
    public ClaimBatch? TakeClaims()
    {
        lock (_gate)
        {
            var batch = new ClaimBatch();
            foreach (ulong origin in _unsettled)
            {
                bool held = Origins.Contains(origin), claimed = _claimed.Contains(origin);
                if (held && !claimed) _waiting.Add(origin);
                else _waiting.Remove(origin);
                if (!held && claimed) batch.Withdraw.Add(origin);
            }
            _unsettled.Clear();
            WithdrawSurplus(batch);
            if (batch.Withdraw.Count == 0) batch.Advertise.AddRange(_waiting.Take(Limits.Claims - _claimed.Count));
            _waiting.ExceptWith(batch.Advertise);
            List<CachedChannel> later = [];
            foreach (CachedChannel channel in _leaving)
            {
                // Whoever was never advertised, or whose origin is held once more, has nothing to wait for.
                if (batch.Withdraw.BinarySearch(channel.Key.Origin) >= 0) batch.Leaving.Add(channel);
                else if (_claimed.Contains(channel.Key.Origin) && !Origins.Contains(channel.Key.Origin)) later.Add(channel);
                else FreeLeaving(channel);
            }
            _leaving = later;
            return batch.IsEmpty ? null : batch;
        }
    }

    /// <summary>The batch is announced: what waited for it is freed.</summary>
    public void Settled(ClaimBatch batch)
    {
        lock (_gate)
        {
            _claimed.UnionWith(batch.Advertise);
            _claimed.ExceptWith(batch.Withdraw);
            foreach (CachedChannel channel in batch.Leaving) FreeLeaving(channel);
            if (!Terms.IsOn) _pool.DropSpares();
        }
    }

    /// <summary>The batch could not be announced: it is to be tried again, and nothing is freed until then.</summary>
    public void Failed(ClaimBatch batch)
    {
        lock (_gate)
        {
            _unsettled.UnionWith(batch.Advertise);
            _unsettled.UnionWith(batch.Withdraw);
            _leaving.AddRange(batch.Leaving);
        }
    }

    private bool WantClaim(ulong origin)
    {
        _unsettled.Add(origin);
        return true;
    }

    private void LeaveAfterWithdrawal(CachedChannel channel)
    {
        channel.ToldBytes = channel.HeldBytes;
        NoteLeaving(channel.ToldBytes);
        _leaving.Add(channel);
        _unsettled.Add(channel.Key.Origin);
    }

    private void FreeLeaving(CachedChannel channel)
    {
        NoteLeaving(-channel.ToldBytes);
        LetGo(channel);
    }

    private void NoteLeaving(long bytes)
    {
        _leavingBytes += bytes;
        Volatile.Write(ref _pressure, (double)_leavingBytes / _pool.CapBytes);
    }

    // A limit that was lowered: the highest go, and wait to be claimed again.
    private void WithdrawSurplus(ClaimBatch batch)
    {
        int surplus = _claimed.Count - batch.Withdraw.Count - Limits.Claims;
        if (surplus <= 0) return;
        List<ulong> over = [.. _claimed.Reverse().Where(Origins.Contains).Take(surplus)];
        _waiting.UnionWith(over);
        batch.Withdraw.AddRange(over);
        batch.Withdraw.Sort();
    }
}
