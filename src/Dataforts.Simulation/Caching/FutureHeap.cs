namespace Dataforts.Simulation.Caching;

/// <summary>Entries by their next use, the furthest on top.</summary>
internal sealed class FutureHeap
{
    private readonly List<FutureEntry> _heap = [];

    /// <summary>The one on top, or null.</summary>
    public FutureEntry? Furthest => _heap.Count == 0 ? null : _heap[0];

    public void Add(FutureEntry entry)
    {
        _heap.Add(entry);
        Rise(entry, _heap.Count - 1);
    }

    public void Remove(FutureEntry entry)
    {
        FutureEntry last = _heap[^1];
        _heap.RemoveAt(_heap.Count - 1);
        if (last == entry) return;
        Rise(last, entry.Place);
        Sink(last, last.Place);
    }

    private void Rise(FutureEntry entry, int place)
    {
        while (place > 0 && _heap[(place - 1) / 2].NextUse < entry.NextUse)
        {
            Put(_heap[(place - 1) / 2], place);
            place = (place - 1) / 2;
        }
        Put(entry, place);
    }

    private void Sink(FutureEntry entry, int place)
    {
        for (int child; (child = (place * 2) + 1) < _heap.Count; place = child)
        {
            if (child + 1 < _heap.Count && _heap[child + 1].NextUse > _heap[child].NextUse) child++;
            if (_heap[child].NextUse <= entry.NextUse) break;
            Put(_heap[child], place);
        }
        Put(entry, place);
    }

    private void Put(FutureEntry entry, int place)
    {
        _heap[place] = entry;
        entry.Place = place;
    }
}
