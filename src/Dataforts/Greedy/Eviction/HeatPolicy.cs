namespace Dataforts.Greedy.Eviction;

/// <summary>The coldest goes first. Heat is a count of requests that halves with every so many requests since, as in a node's heat registry,
/// optionally per byte.</summary>
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

    // A heap of the coldest; and where in it each slot is.
    private (double Heat, int Slot)[] _heap = new (double, int)[16];
    private int[] _places = new int[16];
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
        if (_perByte) return;
        _unit *= 1 + (LogarithmOfTwo / (HalfLifeInEntries * Math.Max(16, Count)));
        if (_unit > LargestUnit) Rescale();
    }

    protected override void OnHit(int slot)
    {
        ref Entry entry = ref Table[slot];
        int place = _places[slot];
        if (_perByte)
        {
            if (entry.Count < byte.MaxValue) entry.Count++;
            _heap[place].Heat = _inflation + ((double)entry.Count / Math.Max(1, entry.SizeBytes));
        }
        else
        {
            _heap[place].Heat += _unit;
        }
        SiftDown(place, Count);
    }

    protected override void Link(int slot)
    {
        ref Entry entry = ref Table[slot];
        entry.Count = 1;
        int place = Count - 1;
        if (place == _heap.Length) Array.Resize(ref _heap, place * 2);
        if (slot >= _places.Length) Array.Resize(ref _places, Table.Slots);
        _heap[place] = (_perByte ? _inflation + (1.0 / Math.Max(1, entry.SizeBytes)) : _unit, slot);
        _places[slot] = place;
        SiftUp(place);
    }

    protected override void Unlink(int slot)
    {
        int place = _places[slot];
        int last = Count - 1;
        if (place == last) return;
        int moved = _heap[last].Slot;
        _heap[place] = _heap[last];
        _places[moved] = place;
        SiftUp(place);
        SiftDown(_places[moved], last);
    }

    protected override int NextVictim()
    {
        if (_perByte) _inflation = _heap[0].Heat;
        return _heap[0].Slot;
    }

    protected override int PeekVictim() => _heap[0].Slot;

    // The order stays; what is colder than can be told sinks to 0.
    private void Rescale()
    {
        for (int place = 0; place < Count; place++) _heap[place].Heat /= _unit;
        _unit = 1;
    }

    private void SiftUp(int place)
    {
        (double Heat, int Slot) entry = _heap[place];
        while (place > 0)
        {
            int parent = (place - 1) >> 1;
            if (_heap[parent].Heat <= entry.Heat) break;
            Put(place, _heap[parent]);
            place = parent;
        }
        Put(place, entry);
    }

    private void SiftDown(int place, int count)
    {
        (double Heat, int Slot) entry = _heap[place];
        for (int child; (child = (place * 2) + 1) < count; place = child)
        {
            if (child + 1 < count && _heap[child + 1].Heat < _heap[child].Heat) child++;
            if (_heap[child].Heat >= entry.Heat) break;
            Put(place, _heap[child]);
        }
        Put(place, entry);
    }

    private void Put(int place, (double Heat, int Slot) entry)
    {
        _heap[place] = entry;
        _places[entry.Slot] = place;
    }
}
