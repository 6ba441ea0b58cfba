namespace Dataforts.Greedy.Eviction;

/// <summary>One list. Least recently used goes first; or first in, first out, when hits do not move.</summary>
internal sealed class RecencyPolicy : SlotPolicy
{
    private readonly SlotList _list;
    private readonly bool _promotes;

    public RecencyPolicy(long capacityBytes, bool promotes, ulong seed = 0)
        : base(capacityBytes, seed) => (_list, _promotes) = (new SlotList(Table), promotes);

    /// <inheritdoc/>
    public override string Implementation => _promotes ? "lru" : "fifo";

    protected override void OnResized(int slot, long differenceBytes) => _list.Resized(differenceBytes);

    protected override void OnHit(int slot)
    {
        if (_promotes) _list.MoveToHead(slot);
    }

    protected override void Link(int slot) => _list.AddHead(slot);

    protected override void Unlink(int slot) => _list.Remove(slot);

    protected override int NextVictim() => _list.Tail;

    protected override int PeekVictim() => _list.Tail;
}
