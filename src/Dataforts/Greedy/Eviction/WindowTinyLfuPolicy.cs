namespace Dataforts.Greedy.Eviction;

/// <summary>W-TinyLFU in bytes: newcomers pass through a window in order of use; what leaves it enters the main region only when it was asked for more often
/// than all that it would push out together.</summary>
/// <remarks>Einziger, Friedman, Manes: TinyLFU (2017); the comparison with the sum of the victims is from Einziger, Eytan, Friedman, Manes: Lightweight robust
/// size aware cache management (2021). The main region is a segmented LRU. With a window of the whole capacity this is LRU.</remarks>
internal sealed class WindowTinyLfuPolicy : SlotPolicy
{
    // In the order in which they are emptied when nothing else is said.
    private const byte Probation = 0;
    private const byte Protected = 1;
    private const byte Window = 2;

    private const int ProtectedPercent = 80;

    // What would push out more than that is refused, so that a call's cost does not follow the number of entries.
    private const int MostVictimsCompared = 256;

    private readonly SlotList _window;
    private readonly SlotList _probation;
    private readonly SlotList _protected;
    private readonly FrequencySketch _sketch;
    private readonly bool _ownsSketch;
    private readonly int _windowPermille;
    private long _windowBytes;

    public WindowTinyLfuPolicy(long capacityBytes, int windowPermille, ulong seed = 0, FrequencySketch? sketch = null)
        : base(capacityBytes, seed)
    {
        (_window, _probation, _protected) = (new SlotList(Table), new SlotList(Table), new SlotList(Table));
        _windowPermille = windowPermille;
        _ownsSketch = sketch is null;
        _sketch = sketch ?? new FrequencySketch(64, 10, seed);
        OnCapacity();
    }

    /// <inheritdoc/>
    public override string Implementation => "wtinylfu";

    protected override void OnCapacity()
    {
        _windowBytes = Math.Max(1, (long)((Int128)CapacityBytes * _windowPermille / 1000));
        while (_window.Bytes > _windowBytes) Move(_window.Tail, Probation);
    }

    protected override void OnAsked(ulong key, long sizeBytes)
    {
        if (_ownsSketch) _sketch.Increment(key);
    }

    protected override void OnResized(int slot, long differenceBytes) => ListOf(slot).Resized(differenceBytes);

    protected override void OnHit(int slot)
    {
        if (Table[slot].Queue != Probation)
        {
            ListOf(slot).MoveToHead(slot);
            return;
        }
        Move(slot, Protected);
        while (_protected.Bytes > MainBytes / 100 * ProtectedPercent && _protected.Count > 1) Move(_protected.Tail, Probation);
    }

    protected override bool Insert(ulong key, long sizeBytes)
    {
        int slot = AddEntry(key, sizeBytes);
        if (_ownsSketch) _sketch.EnsureRoom(Count);
        Table[slot].Queue = Window;
        _window.AddHead(slot);
        while (_window.Bytes > _windowBytes)
        {
            int candidate = _window.Tail;
            if (Contend(candidate)) continue;
            if (candidate == slot)
            {
                Drop(slot);
                return false;
            }
            Evict(candidate);
        }
        return true;
    }

    protected override void Link(int slot)
    {
    }

    protected override void Unlink(int slot) => ListOf(slot).Remove(slot);

    protected override int NextVictim() => PeekVictim();

    protected override int PeekVictim() => Oldest(Probation);

    private long MainBytes => CapacityBytes - _windowBytes;

    private long MainUsedBytes => _probation.Bytes + _protected.Bytes;

    private SlotList ListOf(int slot) => ListOf(Table[slot].Queue);

    private SlotList ListOf(byte queue) => queue switch { Window => _window, Probation => _probation, _ => _protected };

    private void Move(int slot, byte queue)
    {
        ListOf(slot).Remove(slot);
        Table[slot].Queue = queue;
        ListOf(slot).AddHead(slot);
    }

    /// <summary>A candidate is to leave the window for the main region, whose weakest make room for it.</summary>
    /// <returns>False when it is worth less than they are; it is still in the window then.</returns>
    private bool Contend(int candidate)
    {
        // Out of the lists for the while, so that it is not its own victim.
        _window.Remove(candidate);
        long needed = MainUsedBytes + Table[candidate].SizeBytes - MainBytes;
        if (needed > 0 && !BeatsVictims(candidate, needed))
        {
            _window.AddTail(candidate);
            return false;
        }
        while (MainUsedBytes > MainBytes - Table[candidate].SizeBytes) Evict(Oldest(Probation));
        Table[candidate].Queue = Probation;
        _probation.AddHead(candidate);
        return true;
    }

    private bool BeatsVictims(int candidate, long needed)
    {
        int worth = _sketch.Estimate(Table[candidate].Key);
        int victim = Oldest(Probation);
        for (int walked = 0; needed > 0; walked++)
        {
            if (victim < 0 || Table[victim].Queue == Window || walked == MostVictimsCompared) return false;
            worth -= _sketch.Estimate(Table[victim].Key);
            if (worth <= 0) return false;
            needed -= Table[victim].SizeBytes;
            victim = Table[victim].Previous >= 0 ? Table[victim].Previous : Oldest((byte)(Table[victim].Queue + 1));
        }
        return true;
    }

    /// <summary>The end of the first list that is not empty, in the order in which they are emptied.</summary>
    private int Oldest(byte queue)
    {
        for (; queue <= Window; queue++)
        {
            if (ListOf(queue).Count > 0) return ListOf(queue).Tail;
        }
        return -1;
    }
}
