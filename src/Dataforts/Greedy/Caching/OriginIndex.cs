using System.Numerics;

namespace Dataforts.Greedy.Caching;

/// <summary>How many cached channels hold something of each origin, so that "is it held" is one look-up.</summary>
/// <remarks>
/// <para><see cref="Contains"/> may be asked from any thread without a lock; all else is done by one thread at a time, under the cache's gate. Origin 0
/// stands for an unknown publisher and is never held.</para>
/// <para>The origins that are held lie in one array of twice to eight times their number, searched from a place on that their product with a random odd
/// number says (multiplicative hashing with linear probing: Knuth, The Art of Computer Programming 3, 6.4). A look-up so touches one cache line or two,
/// however many there are, and nobody can choose origins that meet.</para>
/// </remarks>
internal sealed class OriginIndex
{
    private const int LeastSlots = 16;

    // What a slot can hold beside an origin. The origin that looks like the second is kept beside the array.
    private const ulong Empty = 0;
    private const ulong Removed = ulong.MaxValue;

    private readonly Dictionary<ulong, int> _counts = [];
    private readonly ulong _factor = (ulong)Random.Shared.NextInt64() | 1;
    private ulong[] _slots = new ulong[LeastSlots];
    private int _taken;
    private bool _holdsLast;

    /// <summary>How many different origins are held.</summary>
    public int Count => _counts.Count;

    /// <summary>Whether something of an origin is held.</summary>
    public bool Contains(ulong origin)
    {
        if (origin is Empty or Removed) return origin == Removed && Volatile.Read(ref _holdsLast);
        ulong[] slots = Volatile.Read(ref _slots);
        int mask = slots.Length - 1;
        for (int at = PlaceOf(origin, mask); ; at = (at + 1) & mask)
        {
            ulong found = Volatile.Read(ref slots[at]);
            if (found == origin) return true;
            if (found == Empty) return false;
        }
    }

    /// <summary>How many holdings an origin has.</summary>
    public int CountOf(ulong origin) => _counts.GetValueOrDefault(origin);

    /// <summary>Counts one more holding.</summary>
    /// <returns>Whether it is the origin's first.</returns>
    public bool Add(ulong origin)
    {
        if (origin == 0) return false;
        int count = _counts.GetValueOrDefault(origin) + 1;
        _counts[origin] = count;
        if (count > 1) return false;
        if (origin == Removed) Volatile.Write(ref _holdsLast, true);
        else Insert(origin);
        return true;
    }

    /// <summary>Counts one holding less.</summary>
    /// <returns>Whether it was the origin's last.</returns>
    /// <exception cref="InvalidOperationException">There is none to be taken away.</exception>
    public bool Remove(ulong origin)
    {
        if (origin == 0) return false;
        int count = _counts.GetValueOrDefault(origin);
        if (count == 0) throw new InvalidOperationException($"Origin {origin} has no holding.");
        if (count > 1)
        {
            _counts[origin] = count - 1;
            return false;
        }
        _counts.Remove(origin);
        if (origin == Removed) Volatile.Write(ref _holdsLast, false);
        else Erase(origin);
        return true;
    }

    /// <summary>Moves one holding from an origin to another; from or to 0 it is only added or taken away.</summary>
    public void Move(ulong from, ulong to)
    {
        if (from == to) return;
        Remove(from);
        Add(to);
    }

    private int PlaceOf(ulong origin, int mask) => (int)((origin * _factor) >> BitOperations.LeadingZeroCount((ulong)mask));

    private void Insert(ulong origin)
    {
        // Half of the slots stay empty, so that searches are short and end.
        if ((_taken + 1) * 2L > _slots.Length)
        {
            Rebuild();
            return;
        }
        Place(_slots, origin);
        _taken++;
    }

    // A place that was held stays taken: one that became empty would hide what lies behind it from who is searching.
    private void Erase(ulong origin)
    {
        int mask = _slots.Length - 1, at = PlaceOf(origin, mask);
        while (_slots[at] != origin) at = (at + 1) & mask;
        Volatile.Write(ref _slots[at], Removed);
        if (_slots.Length > LeastSlots && _counts.Count * 8L < _slots.Length) Rebuild();
    }

    private void Rebuild()
    {
        int count = _counts.Count - (_holdsLast ? 1 : 0);
        var slots = new ulong[Math.Max(BitOperations.RoundUpToPowerOf2((uint)count * 3), LeastSlots)];
        foreach (ulong origin in _counts.Keys)
        {
            if (origin != Removed) Place(slots, origin);
        }
        _taken = count;
        Volatile.Write(ref _slots, slots);
    }

    private void Place(ulong[] slots, ulong origin)
    {
        int mask = slots.Length - 1, at = PlaceOf(origin, mask);
        while (slots[at] != Empty) at = (at + 1) & mask;
        Volatile.Write(ref slots[at], origin);
    }
}
