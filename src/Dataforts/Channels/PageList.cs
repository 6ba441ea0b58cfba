namespace Dataforts.Channels;

/// <summary>Pages of events in memory: added behind, dropped in front. Not thread-safe.</summary>
internal sealed class PageList
{
    private const int SmallPageBytes = 128;

    private readonly List<MemoryPage> _pages = [];
    private int _head;
    private MemoryPage? _found;

    public void Add(ulong number, ReadOnlySpan<byte> payload, bool isRef, long timeMs)
    {
        MemoryPage? last = _pages.Count > _head ? _pages[^1] : null;
        if (last is not null && last.End == number && last.TryAdd(payload, isRef, timeMs)) return;
        // A channel of few events does not take the room of one of many.
        int bytes = Math.Max(last is null ? SmallPageBytes : Math.Clamp(last.Bytes * 4, SmallPageBytes, MemoryPage.MaxBytes), payload.Length);
        var page = new MemoryPage(number, bytes);
        page.TryAdd(payload, isRef, timeMs);
        _pages.Add(page);
    }

    /// <summary>The page of an event. Of a number that no event has, the one that comes next; null where there is none.</summary>
    public MemoryPage? Find(ulong number)
    {
        if (_found is { } found && found.Contains(number)) return found;
        // Retention takes from the front, event by event.
        if (_head == _pages.Count) return null;
        if (_pages[_head].End > number) return _pages[_head];
        int low = _head, high = _pages.Count;
        while (high - low > 1)
        {
            int middle = (low + high) >> 1;
            if (_pages[middle].First <= number) low = middle;
            else high = middle;
        }
        _found = _pages[low];
        return number < _found.End ? _found : low + 1 < _pages.Count ? _pages[low + 1] : null;
    }

    /// <summary>Lets pages go that hold nothing from a number on.</summary>
    public void DropBefore(ulong first, ulong end)
    {
        if (_head == _pages.Count || _pages[_head].End > first) return;
        while (_head < _pages.Count && _pages[_head].End <= first) _pages[_head++] = null!;
        if (first == end || _head > _pages.Count / 2)
        {
            _pages.RemoveRange(0, _head);
            _head = 0;
        }
        _found = null;
    }
}
