namespace Dataforts.Store.Events;

/// <summary>The runs of a channel, by number: added behind, dropped in front. Numbers and ends rise from run to run.</summary>
internal sealed class RunList
{
    // Growing by halves wastes less than by the whole; small lists grow fast enough either way.
    private const int SmallCapacity = 2;

    private EventRun[] _items = [];
    private int _head;

    /// <summary>Runs there are.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of memory that the list takes.</summary>
    public long MemoryBytes => _items.LongLength * 24;

    public ref readonly EventRun this[int index] => ref _items[_head + index];

    /// <summary>Adds a run behind the others, as a part of the last one where it may be.</summary>
    public void Add(in EventRun run)
    {
        if (Count > 0 && _items[_head + Count - 1].TryJoin(run, out EventRun joined))
        {
            _items[_head + Count - 1] = joined;
            return;
        }
        if (_head + Count == _items.Length) MakeRoom();
        _items[_head + Count++] = run;
    }

    /// <summary>Drops the first run.</summary>
    public void RemoveFirst()
    {
        _head++;
        if (--Count == 0) _head = 0;
    }

    /// <summary>Puts another run in the place of one.</summary>
    public void Set(int index, in EventRun run) => _items[_head + index] = run;

    /// <summary>Holds these runs and no others.</summary>
    public void Replace(IEnumerable<EventRun> runs)
    {
        _items = [];
        _head = Count = 0;
        foreach (EventRun run in runs) Add(run);
    }

    /// <summary>The last run that begins at a number or before it; -1 for none. If it does not reach that number, none does.</summary>
    public int Find(ulong sequence)
    {
        int low = 0, high = Count;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            if (_items[_head + middle].First <= sequence) low = middle + 1;
            else high = middle;
        }
        return low - 1;
    }

    /// <summary>All runs, in order.</summary>
    public List<EventRun> ToList() => [.. _items.AsSpan(_head, Count)];

    private void MakeRoom()
    {
        int capacity = Count + Math.Max(SmallCapacity, Count / 2);
        // What was dropped in front is room as well, when there is enough of it to be worth the copy.
        EventRun[] items = capacity <= _items.Length && _head > Count / 2 ? _items : new EventRun[capacity];
        Array.Copy(_items, _head, items, 0, Count);
        _items = items;
        _head = 0;
    }
}
