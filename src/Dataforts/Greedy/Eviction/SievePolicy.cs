namespace Dataforts.Greedy.Eviction;

/// <summary>SIEVE: one queue in order of arrival and a hand that goes from old to new, spares once
/// what was asked for since it last passed, and lets the rest go.</summary>
/// <remarks>Zhang, Yang, Yue, Vigfusson, Rashmi: SIEVE is Simpler than LRU (NSDI 2024).</remarks>
internal sealed class SievePolicy : SlotPolicy
{
    private readonly SlotList _queue;
    private int _hand = -1;

    public SievePolicy(long capacityBytes, ulong seed = 0)
        : base(capacityBytes, seed) => _queue = new SlotList(Table);

    /// <inheritdoc/>
    public override string Implementation => "sieve";

    protected override void OnResized(int slot, long differenceBytes) => _queue.Resized(differenceBytes);

    protected override void OnHit(int slot) => Table[slot].Count = 1;

    protected override void Link(int slot) => _queue.AddHead(slot);

    protected override void Unlink(int slot)
    {
        if (_hand == slot) _hand = Table[slot].Previous;
        _queue.Remove(slot);
    }

    protected override int NextVictim()
    {
        int slot = _hand >= 0 ? _hand : _queue.Tail;
        while (Table[slot].Count > 0)
        {
            Table[slot].Count = 0;
            slot = Table[slot].Previous;
            if (slot < 0) slot = _queue.Tail;
        }
        _hand = slot;
        return slot;
    }

    protected override int PeekVictim() => _hand >= 0 ? _hand : _queue.Tail;
}
