namespace Dataforts.Greedy.Eviction;

/// <summary>The coldest goes first. Heat is a count of requests that halves with every so many requests since, as in a node's heat registry, optionally per byte.</summary>
/// <remarks>
/// <para>Forward decay: each request adds 2^(t/H) instead of all others being halved, so that an entry's place in the heap changes only when it is asked
/// for (Cormode, Shkapenyuk, Srivastava, Xu 2009). The half-life H is a multiple of the entries held. Costs O(log n) a hit.</para>
/// <para>With <c>perByte</c> the key is Greedy-Dual-Size-Frequency's instead: count / size, raised by what the last victim was worth (Cherkasova 1998).</para>
/// </remarks>
internal sealed class HeatPolicy : SlotPolicy
{
    private const double HalfLifeInEntries = 8;
    private const double LogarithmOfTwo = 0.693147180559945;
    private const double LargestUnit = 1e100;

    private readonly bool _perByte;
    private int[] _heap = new int[16];
    private double _inflation;
    private double _unit = 1;

    public HeatPolicy(long capacityBytes, bool perByte, ulong seed = 0)
        : base(capacityBytes, seed) => _perByte = perByte;

    /// <inheritdoc/>
    public override string Implementation => _perByte ? "gdsf" : "heat";

    protected override void OnResized(int slot, long differenceBytes)
    {
    }

    protected override void OnAsked(ulong key, long sizeBytes)
    {
        _unit *= 1 + (LogarithmOfTwo / (HalfLifeInEntries * Math.Max(16, Count)));
        if (_unit > LargestUnit) Rescale();
    }

    protected override void OnHit(int slot)
    {
        ref Entry entry = ref Table[slot];
        if (_perByte)
        {
            if (entry.Count < byte.MaxValue) entry.Count++;
            entry.Value = _inflation + ((double)entry.Count / Math.Max(1, entry.SizeBytes));
        }
        else
        {
            entry.Value += _unit;
        }
        SiftDown(entry.Place);
    }

    protected override void Link(int slot)
    {
        ref Entry entry = ref Table[slot];
        entry.Count = 1;
        entry.Value = _perByte ? _inflation + (1.0 / Math.Max(1, entry.SizeBytes)) : _unit;
        int place = Table.Count - 1;
        if (place == _heap.Length) Array.Resize(ref _heap, place * 2);
        _heap[place] = slot;
        entry.Place = place;
        SiftUp(place);
    }

    protected override void Unlink(int slot)
    {
        int place = Table[slot].Place;
        int last = _heap[Table.Count - 1];
        if (last == slot) return;
        Put(place, last);
        SiftUp(place);
        SiftDown(Table[last].Place, Table.Count - 1);
    }

    protected override int NextVictim()
    {
        int slot = _heap[0];
        if (_perByte) _inflation = Table[slot].Value;
        return slot;
    }

    protected override int PeekVictim() => _heap[0];

    // The order stays; what is colder than can be told sinks to 0.
    private void Rescale()
    {
        if (!_perByte)
        {
            for (int place = 0; place < Count; place++) Table[_heap[place]].Value /= _unit;
        }
        _unit = 1;
    }

    private void Put(int place, int slot)
    {
        _heap[place] = slot;
        Table[slot].Place = place;
    }

    private void SiftUp(int place)
    {
        int slot = _heap[place];
        while (place > 0)
        {
            int parent = (place - 1) >> 1;
            if (!Before(slot, _heap[parent])) break;
            Put(place, _heap[parent]);
            place = parent;
        }
        Put(place, slot);
    }

    private void SiftDown(int place) => SiftDown(place, Table.Count);

    private void SiftDown(int place, int count)
    {
        int slot = _heap[place];
        for (int child; (child = (place * 2) + 1) < count; place = child)
        {
            if (child + 1 < count && Before(_heap[child + 1], _heap[child])) child++;
            if (!Before(_heap[child], slot)) break;
            Put(place, _heap[child]);
        }
        Put(place, slot);
    }

    private bool Before(int left, int right) => Table[left].Value < Table[right].Value;
}
