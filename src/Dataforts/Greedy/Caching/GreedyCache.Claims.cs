namespace Dataforts.Greedy.Caching;

internal sealed partial class GreedyCache
{
    private readonly SortedSet<ulong> _unsettled = [];
    private readonly HashSet<ulong> _claimed = [];
    private List<CachedChannel> _leaving = [];

    /// <summary>Origins that are advertised as held.</summary>
    public int ClaimCount
    {
        get { lock (_gate) return _claimed.Count; }
    }

    /// <summary>Takes what is to be announced. One caller at a time, who ends with <see cref="Settled"/> or <see cref="Failed"/>.</summary>
    /// <returns>Null when there is nothing to be announced.</returns>
    public ClaimBatch? TakeClaims()
    {
        lock (_gate)
        {
            var batch = new ClaimBatch();
            foreach (ulong origin in _unsettled)
            {
                bool held = Origins.Contains(origin);
                if (held == _claimed.Contains(origin)) continue;
                (held ? batch.Advertise : batch.Withdraw).Add(origin);
            }
            _unsettled.Clear();
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
        _leavingBytes += channel.ToldBytes;
        _leaving.Add(channel);
        _unsettled.Add(channel.Key.Origin);
    }

    private void FreeLeaving(CachedChannel channel)
    {
        _leavingBytes -= channel.ToldBytes;
        LetGo(channel);
    }
}
