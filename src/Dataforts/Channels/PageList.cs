namespace Dataforts.Channels;

/// <summary>Pages of events in memory: added behind, dropped in front. Not thread-safe.</summary>
internal sealed class PageList
{
    private const int SmallPageBytes = 4 << 10;

    private readonly List<MemoryPage> _pages = [];
    private int _head;
    private MemoryPage? _found;

    public void Add(ulong number, ReadOnlySpan<byte> payload, bool isRef, long timeMs)
    {
        if (_pages.Count > _head && _pages[^1].TryAdd(payload, isRef, timeMs)) return;
        // A channel of few events does not take the room of one of many.
        int bytes = Math.Max(_pages.Count == _head ? SmallPageBytes : MemoryPage.MaxBytes, payload.Length);
        var page = new MemoryPage(number, bytes);
        page.TryAdd(payload, isRef, timeMs);
        _pages.Add(page);
    }

    /// <summary>The page of an event that is there.</summary>
    public MemoryPage Find(ulong number)
    {
        if (_found is { } found && found.Contains(number)) return found;
        // Retention takes from the front, event by event.
        if (_pages[_head].Contains(number)) return _pages[_head];
        int low = _head, high = _pages.Count;
        while (high - low > 1)
        {
            int middle = (low + high) >> 1;
            if (_pages[middle].First <= number) low = middle;
            else high = middle;
        }
        return _found = _pages[low];
    }

    /// <summary>Lets pages go that hold nothing from a number on.</summary>
    public void DropBefore(ulong first, ulong end)
    {
        if (_pages[_head].First + (ulong)_pages[_head].Count > first) return;
        while (_head < _pages.Count && _pages[_head].First + (ulong)_pages[_head].Count <= first) _pages[_head++] = null!;
        if (first == end || _head > _pages.Count / 2)
        {
            _pages.RemoveRange(0, _head);
            _head = 0;
        }
        _found = null;
    }
}
