namespace Dataforts.Greedy.Eviction;

/// <summary>What all policies have in common: the table, the sums, the victims of a call. A policy says what a hit means and who goes next.</summary>
internal abstract class SlotPolicy : IEvictionPolicy
{
    protected const long UnknownSize = -1;

    private EvictedEntry[] _victims = new EvictedEntry[16];
    private int _victimCount;

    protected SlotPolicy(long capacityBytes, ulong seed)
    {
        CheckCapacity(capacityBytes);
        CapacityBytes = capacityBytes;
        Table = new EntryTable(seed);
    }

    /// <inheritdoc/>
    public abstract string Implementation { get; }

    /// <inheritdoc/>
    public long CapacityBytes { get; private set; }

    /// <inheritdoc/>
    public long UsedBytes { get; private set; }

    /// <inheritdoc/>
    public int Count => Table.Count;

    /// <inheritdoc/>
    public ReadOnlySpan<EvictedEntry> Victims => _victims.AsSpan(0, _victimCount);

    protected EntryTable Table { get; }

    /// <inheritdoc/>
    public bool Contains(ulong key) => Table.Find(key) >= 0;

    /// <inheritdoc/>
    public long SizeOf(ulong key)
    {
        int slot = Table.Find(key);
        return slot < 0 ? -1 : Table[slot].SizeBytes;
    }

    /// <inheritdoc/>
    public RequestOutcome Request(ulong key, long sizeBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeBytes);
        _victimCount = 0;
        OnAsked(key, sizeBytes);
        int slot = Table.Find(key);
        if (slot >= 0)
        {
            if (Table[slot].SizeBytes == sizeBytes)
            {
                OnHit(slot);
                return RequestOutcome.Hit;
            }
            Drop(slot);
        }
        return sizeBytes <= CapacityBytes && Insert(key, sizeBytes) ? RequestOutcome.Admitted : RequestOutcome.Refused;
    }

    /// <inheritdoc/>
    public bool Touch(ulong key)
    {
        _victimCount = 0;
        OnAsked(key, UnknownSize);
        int slot = Table.Find(key);
        if (slot < 0) return false;
        OnHit(slot);
        return true;
    }

    /// <inheritdoc/>
    public bool Admit(ulong key, long sizeBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeBytes);
        _victimCount = 0;
        int slot = Table.Find(key);
        if (slot >= 0 && Table[slot].SizeBytes == sizeBytes) return true;
        OnAdmitted(key, sizeBytes);
        if (slot >= 0) Drop(slot);
        return sizeBytes <= CapacityBytes && Insert(key, sizeBytes);
    }

    /// <inheritdoc/>
    public bool SetSize(ulong key, long sizeBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeBytes);
        _victimCount = 0;
        int slot = Table.Find(key);
        if (slot < 0) return false;
        OnSizeSet(key, sizeBytes);
        if (sizeBytes > CapacityBytes)
        {
            Evict(slot);
            return false;
        }
        long difference = sizeBytes - Table[slot].SizeBytes;
        OnResized(slot, difference);
        Table[slot].SizeBytes = sizeBytes;
        UsedBytes += difference;
        Shrink();
        return Contains(key);
    }

    /// <inheritdoc/>
    public bool Remove(ulong key)
    {
        _victimCount = 0;
        OnRemoved(key);
        int slot = Table.Find(key);
        if (slot < 0) return false;
        Drop(slot);
        return true;
    }

    /// <inheritdoc/>
    public void SetCapacity(long capacityBytes)
    {
        CheckCapacity(capacityBytes);
        _victimCount = 0;
        CapacityBytes = capacityBytes;
        OnCapacity();
        Shrink();
    }

    /// <inheritdoc/>
    public bool TryPeekVictim(out EvictedEntry victim)
    {
        int slot = Count == 0 ? -1 : PeekVictim();
        victim = slot < 0 ? default : new EvictedEntry(Table[slot].Key, Table[slot].SizeBytes);
        return slot >= 0;
    }

    /// <summary>A key was asked for, held or not; <see cref="UnknownSize"/> when nobody said how large it is.</summary>
    protected virtual void OnAsked(ulong key, long sizeBytes)
    {
    }

    /// <summary>A key is about to be brought in unasked.</summary>
    protected virtual void OnAdmitted(ulong key, long sizeBytes)
    {
    }

    /// <summary>An entry held is about to change its size.</summary>
    protected virtual void OnSizeSet(ulong key, long sizeBytes)
    {
    }

    /// <summary>A key is to go, held or not.</summary>
    protected virtual void OnRemoved(ulong key)
    {
    }

    /// <summary>The size of an entry is about to change.</summary>
    protected abstract void OnResized(int slot, long differenceBytes);

    /// <summary>The capacity has changed.</summary>
    protected virtual void OnCapacity()
    {
    }

    /// <summary>An entry held was asked for.</summary>
    protected abstract void OnHit(int slot);

    /// <summary>A new entry is in the table and there is room for it: put it into the policy's lists.</summary>
    protected abstract void Link(int slot);

    /// <summary>Takes an entry out of the policy's lists; it goes.</summary>
    protected abstract void Unlink(int slot);

    /// <summary>Chooses who goes next; may move entries about. Asked only when there is one.</summary>
    protected abstract int NextVictim();

    /// <summary>As <see cref="NextVictim"/>, without changing anything; an approximation where that moves much.</summary>
    protected abstract int PeekVictim();

    /// <summary>Makes room for and brings in what is not held and fits into an empty cache.</summary>
    /// <returns>Whether it is held.</returns>
    protected virtual bool Insert(ulong key, long sizeBytes)
    {
        while (UsedBytes > CapacityBytes - sizeBytes) Evict(NextVictim());
        Link(AddEntry(key, sizeBytes));
        return true;
    }

    protected int AddEntry(ulong key, long sizeBytes)
    {
        UsedBytes += sizeBytes;
        return Table.Add(key, sizeBytes);
    }

    /// <summary>Lets an entry go and tells the cache.</summary>
    protected void Evict(int slot)
    {
        if (_victimCount == _victims.Length) Array.Resize(ref _victims, _victimCount * 2);
        _victims[_victimCount++] = new EvictedEntry(Table[slot].Key, Table[slot].SizeBytes);
        Drop(slot);
    }

    /// <summary>Lets an entry go without a word.</summary>
    protected void Drop(int slot)
    {
        Unlink(slot);
        UsedBytes -= Table[slot].SizeBytes;
        Table.Remove(slot);
    }

    private void Shrink()
    {
        while (UsedBytes > CapacityBytes) Evict(NextVictim());
    }

    private static void CheckCapacity(long capacityBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacityBytes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacityBytes, EvictionPolicies.MaxCapacityBytes);
    }
}
