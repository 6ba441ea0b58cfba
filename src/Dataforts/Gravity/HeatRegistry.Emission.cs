namespace Dataforts.Gravity;

public sealed partial class HeatRegistry<TKey>
{
    private readonly Dictionary<TKey, HeatTold> _left = [];
    private readonly List<HeatChange<TKey>> _wanted = [];
    private int _lastBatch;
    private int _newInFlight;

    /// <summary>Keys whose heat others were told, among them those that are to be taken back.</summary>
    public int Advertised { get; private set; }

    /// <summary>Entries that ticks have judged since the start: what ticks cost.</summary>
    internal long Looks { get; private set; }

    /// <summary>Whether heat is told. Turned off, the ticks that follow take back all that was told; counting goes on.</summary>
    public bool IsTelling
    {
        get
        {
            lock (_gate) return _isTelling;
        }

        set
        {
            lock (_gate)
            {
                value &= Policy.Enabled;
                if (value == _isTelling) return;
                _isTelling = value;
                for (int index = _newest; index >= 0; index = _entries[index].Older) Enqueue(index, DueNow);
            }
        }
    }

    /// <summary>Looks at what may have changed, and only at that.</summary>
    /// <returns>What is to be told, at most <see cref="HeatPolicy.MaxChangesPerTick"/> changes; null when there is nothing. The registry takes it for told
    /// when it is committed.</returns>
    public HeatBatch<TKey>? Tick(TimeSpan now)
    {
        lock (_gate)
        {
            Advance(now);
            TurnWheel();
            _wanted.Clear();
            foreach ((TKey key, HeatTold told) in _left)
            {
                if (told.Batch == 0) _wanted.Add(new HeatChange<TKey>(key, HeatVerdict.Withdraw, 0, 0));
            }
            int next;
            for (int index = _queues[DueNow]; index >= 0; index = next)
            {
                next = _entries[index].NextInQueue;
                if (_entries[index].Told.Batch == 0) Judge(index);
            }
            _wanted.Sort(InOrder);
            return TakeBatch();
        }
    }

    /// <summary>The batch was taken for telling: it is what others know from now on.</summary>
    public void Commit(HeatBatch<TKey> batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        lock (_gate)
        {
            foreach (HeatChange<TKey> change in batch.Changes) Settle(batch.Id, change, new HeatTold(change.Rate, (byte)change.Level, 0));
        }
    }

    /// <summary>The batch was not taken: the next tick wants to tell the same.</summary>
    public void RollBack(HeatBatch<TKey> batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        lock (_gate)
        {
            foreach (HeatChange<TKey> change in batch.Changes) Settle(batch.Id, change, null);
        }
    }

    private static int InOrder(HeatChange<TKey> a, HeatChange<TKey> b)
    {
        // Withdrawals first: they make room, and a tag too many misleads where a tag too few does not.
        if (a.Verdict != b.Verdict) return b.Verdict.CompareTo(a.Verdict);
        return a.Rate != b.Rate ? b.Rate.CompareTo(a.Rate) : a.Key.CompareTo(b.Key);
    }

    private void Judge(int index)
    {
        Looks++;
        ref HeatEntry<TKey> entry = ref _entries[index];
        double rate = RateOf(entry);
        HeatVerdict verdict = !_isTelling ? (entry.Told.Level > 0 ? HeatVerdict.Withdraw : HeatVerdict.Suppress)
            : HeatEmission.Decide(rate, entry.Told.Level > 0 ? entry.Told.Rate : null, entry.Told.Level, Policy);
        if (verdict == HeatVerdict.Suppress) Wait(index, rate);
        else if (verdict == HeatVerdict.Withdraw) _wanted.Add(new HeatChange<TKey>(entry.Key, verdict, 0, 0));
        else _wanted.Add(new HeatChange<TKey>(entry.Key, verdict, rate, HeatEmission.Level(rate, Policy)));
    }

    private HeatBatch<TKey>? TakeBatch()
    {
        if (_wanted.Count == 0) return null;
        int id = ++_lastBatch;
        List<HeatReading<TKey>>? coldest = null;
        var changes = new List<HeatChange<TKey>>(Math.Min(_wanted.Count, Policy.MaxChangesPerTick));
        foreach (HeatChange<TKey> change in _wanted)
        {
            if (changes.Count >= Policy.MaxChangesPerTick) break;
            HeatTold told = ToldOf(change.Key);
            // It may have just lost its place to a hotter one.
            if (told.Batch != 0) continue;
            if (change.Verdict == HeatVerdict.Emit && told.Level == 0 && !HasRoomFor(change, changes, id, ref coldest)) continue;
            Take(change, id, changes);
        }
        if (changes.Count == 0) return null;
        changes.Sort(InOrder);
        return new HeatBatch<TKey>(id, [.. changes]);
    }

    private void Take(in HeatChange<TKey> change, int id, List<HeatChange<TKey>> changes)
    {
        int index = Find(change.Key);
        HeatTold told = ToldOf(change.Key) with { Batch = id };
        if (change.Verdict == HeatVerdict.Emit && told.Level == 0) _newInFlight++;
        if (index >= 0)
        {
            Dequeue(index);
            _entries[index].Told = told;
        }
        else
        {
            _left[change.Key] = told;
        }
        changes.Add(change);
    }

    // Only so many are advertised; at the limit a key that is hotter by the ratio takes the place of the coldest.
    private bool HasRoomFor(in HeatChange<TKey> change, List<HeatChange<TKey>> changes, int id, ref List<HeatReading<TKey>>? coldest)
    {
        if (Advertised + _newInFlight < Policy.MaxAdvertised) return true;
        coldest ??= ColdestAdvertised();
        while (coldest.Count > 0 && ToldOf(coldest[^1].Key).Batch != 0) coldest.RemoveAt(coldest.Count - 1);
        if (coldest.Count > 0 && changes.Count + 2 <= Policy.MaxChangesPerTick && coldest[^1].Rate * Policy.EmitRatio <= change.Rate)
        {
            Take(new HeatChange<TKey>(coldest[^1].Key, HeatVerdict.Withdraw, 0, 0), id, changes);
            coldest.RemoveAt(coldest.Count - 1);
            return true;
        }
        // The next read of it asks again.
        int index = Find(change.Key);
        Dequeue(index);
        _entries[index].RaiseAt = 0;
        return false;
    }

    private List<HeatReading<TKey>> ColdestAdvertised()
    {
        var readings = new List<HeatReading<TKey>>(Advertised);
        foreach (int head in _queues)
        {
            for (int index = head; index >= 0; index = _entries[index].NextInQueue)
            {
                if (_entries[index].Told is { Level: > 0, Batch: 0 }) readings.Add(new HeatReading<TKey>(_entries[index].Key, RateOf(_entries[index])));
            }
        }
        readings.Sort(static (a, b) => a.Rate != b.Rate ? b.Rate.CompareTo(a.Rate) : a.Key.CompareTo(b.Key));
        return readings;
    }

    private HeatTold ToldOf(in TKey key)
    {
        int index = Find(key);
        return index >= 0 ? _entries[index].Told : _left.GetValueOrDefault(key);
    }

    private void Settle(int batch, in HeatChange<TKey> change, HeatTold? committed)
    {
        HeatTold before = ToldOf(change.Key);
        if (before.Batch != batch) return;
        HeatTold told = committed ?? before with { Batch = 0 };
        if (change.Verdict == HeatVerdict.Emit && before.Level == 0) _newInFlight--;
        Advertised += Math.Sign(told.Level) - Math.Sign(before.Level);
        int index = Find(change.Key);
        if (index < 0)
        {
            if (told.Level > 0) _left[change.Key] = told;
            else _left.Remove(change.Key);
            return;
        }
        _entries[index].Told = told;
        double rate = RateOf(_entries[index]);
        if (committed is null) Enqueue(index, DueNow);
        else if (told.Level == 0 && _isTelling && HeatEmission.Level(rate, Policy) == 0) RemoveAt(index);
        else if (_entries[index].Queue != DueNow) Wait(index, rate);
    }

    private void LeaveBehind(in HeatEntry<TKey> entry)
    {
        if (entry.Told.Level > 0 || entry.Told.Batch != 0) _left[entry.Key] = entry.Told;
    }

    private void TakeUpAgain(int index)
    {
        if (_left.Count > 0 && _left.Remove(_entries[index].Key, out HeatTold told)) _entries[index].Told = told;
    }
}
