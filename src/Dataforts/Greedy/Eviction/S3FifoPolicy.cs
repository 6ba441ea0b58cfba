namespace Dataforts.Greedy.Eviction;

/// <summary>S3-FIFO: a small queue in which one-time visitors wash through, a main queue with second chances, and a memory of what the small queue lost.</summary>
/// <remarks>Yang, Zhang, Qiu, Yue, Rashmi: FIFO queues are all you need for cache eviction (SOSP 2023). Bounds are in bytes.</remarks>
internal sealed class S3FifoPolicy : SlotPolicy
{
    private const int SmallShare = 10;
    private const byte MostCounted = 3;

    private readonly SlotList _small;
    private readonly SlotList _main;
    private readonly EntryTable _ghosts;
    private readonly SlotList _ghostQueue;

    // Whether what comes in next was lost from the small queue not long ago.
    private bool _returns;

    public S3FifoPolicy(long capacityBytes, ulong seed = 0)
        : base(capacityBytes, seed)
    {
        (_small, _main) = (new SlotList(Table), new SlotList(Table));
        _ghosts = new EntryTable(seed);
        _ghostQueue = new SlotList(_ghosts);
    }

    /// <inheritdoc/>
    public override string Implementation => "s3fifo";

    private long SmallBytes => CapacityBytes / SmallShare;

    protected override void OnResized(int slot, long differenceBytes) => ListOf(slot).Resized(differenceBytes);

    protected override void OnHit(int slot)
    {
        if (Table[slot].Count < MostCounted) Table[slot].Count++;
    }

    protected override bool Insert(ulong key, long sizeBytes)
    {
        int ghost = _ghosts.Find(key);
        _returns = ghost >= 0;
        if (_returns) Forget(ghost);
        return base.Insert(key, sizeBytes);
    }

    protected override void Link(int slot)
    {
        Table[slot].Queue = _returns ? (byte)1 : (byte)0;
        ListOf(slot).AddHead(slot);
    }

    protected override void Unlink(int slot) => ListOf(slot).Remove(slot);

    protected override int NextVictim()
    {
        for (; ; )
        {
            if (_small.Count > 0 && (_small.Bytes > SmallBytes || _main.Count == 0))
            {
                int slot = _small.Tail;
                if (Table[slot].Count <= 1)
                {
                    Remember(slot);
                    return slot;
                }
                _small.Remove(slot);
                Table[slot].Queue = 1;
                Table[slot].Count = 0;
                _main.AddHead(slot);
            }
            else
            {
                int slot = _main.Tail;
                if (Table[slot].Count == 0) return slot;
                Table[slot].Count--;
                _main.MoveToHead(slot);
            }
        }
    }

    protected override int PeekVictim() => _small.Count > 0 && (_small.Bytes > SmallBytes || _main.Count == 0) ? _small.Tail : _main.Tail;

    private SlotList ListOf(int slot) => Table[slot].Queue == 0 ? _small : _main;

    /// <summary>Ghosts stand for as many bytes as the main queue may have, and are no more than the entries held.</summary>
    private void Remember(int slot)
    {
        if (_ghosts.Find(Table[slot].Key) >= 0) return;
        _ghostQueue.AddHead(_ghosts.Add(Table[slot].Key, Table[slot].SizeBytes));
        while (_ghostQueue.Count > 1 && (_ghostQueue.Bytes > CapacityBytes - SmallBytes || _ghostQueue.Count > Count)) Forget(_ghostQueue.Tail);
    }

    private void Forget(int ghost)
    {
        _ghostQueue.Remove(ghost);
        _ghosts.Remove(ghost);
    }
}
