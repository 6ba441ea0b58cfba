namespace Dataforts.Greedy.Caching;

/// <summary>The channel whose last read is longest ago goes first; one that was never read counts from when it came.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class ReadOrder : IVictimOrder
{
    private readonly LinkedList<ulong> _order = new();
    private readonly Dictionary<ulong, LinkedListNode<ulong>> _nodes = [];

    public void Add(ulong id, long bytes) => _nodes.Add(id, _order.AddLast(id));

    public void Resize(ulong id, long bytes)
    {
    }

    public void Touch(ulong id)
    {
        if (!_nodes.TryGetValue(id, out LinkedListNode<ulong>? node)) return;
        _order.Remove(node);
        _order.AddLast(node);
    }

    public void Remove(ulong id)
    {
        if (_nodes.Remove(id, out LinkedListNode<ulong>? node)) _order.Remove(node);
    }

    public void SetCapacity(long bytes)
    {
    }

    public bool TryVictim(out ulong id)
    {
        id = _order.First?.Value ?? 0;
        return _order.First is not null;
    }
}
