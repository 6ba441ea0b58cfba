using System.Numerics;
using System.Runtime.CompilerServices;

namespace Dataforts.Greedy.Eviction;

/// <summary>Entries by key, in slots that stay where they are: open addressing over one array of slots. Grows with what it holds, never shrinks.</summary>
internal sealed class EntryTable
{
    private const int FirstSlots = 16;

    private readonly ulong _seed;
    private Entry[] _slots = new Entry[FirstSlots];
    private int[] _buckets = new int[FirstSlots * 2];
    private int _shift = 64 - BitOperations.Log2(FirstSlots * 2);
    private int _used;
    private int _free = -1;

    public EntryTable(ulong seed) => _seed = seed;

    /// <summary>How many entries there are.</summary>
    public int Count { get; private set; }

    /// <summary>How many slots there are, taken or not.</summary>
    public int Slots => _slots.Length;

    /// <summary>The entry in a slot.</summary>
    public ref Entry this[int slot]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _slots[slot];
    }

    /// <summary>The slot of a key, or -1.</summary>
    public int Find(ulong key)
    {
        int[] buckets = _buckets;
        int mask = buckets.Length - 1;
        for (int i = Home(key); ; i = (i + 1) & mask)
        {
            int slot = buckets[i] - 1;
            if (slot < 0) return -1;
            if (_slots[slot].Key == key) return slot;
        }
    }

    /// <summary>Takes a slot for a key that is not there.</summary>
    public int Add(ulong key, long sizeBytes)
    {
        int slot = _free;
        if (slot >= 0) _free = _slots[slot].Next;
        else slot = TakeUnused();
        _slots[slot] = new Entry { Key = key, SizeBytes = sizeBytes, Previous = -1, Next = -1 };
        Count++;
        Place(key, slot);
        return slot;
    }

    /// <summary>Gives a slot back.</summary>
    public void Remove(int slot)
    {
        int mask = _buckets.Length - 1;
        int hole = Home(_slots[slot].Key);
        while (_buckets[hole] != slot + 1) hole = (hole + 1) & mask;
        // Whoever was pushed past the hole moves back into it, so that no search ends too soon.
        for (int i = (hole + 1) & mask; _buckets[i] != 0; i = (i + 1) & mask)
        {
            int home = Home(_slots[_buckets[i] - 1].Key);
            if (((i - home) & mask) < ((i - hole) & mask)) continue;
            _buckets[hole] = _buckets[i];
            hole = i;
        }
        _buckets[hole] = 0;
        _slots[slot].Next = _free;
        _free = slot;
        Count--;
    }

    /// <summary>A number in which each bit depends on each bit of the key and on the seed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Mix(ulong key, ulong seed)
    {
        ulong low;
        ulong high = Math.BigMul(key ^ seed, 0x9E3779B97F4A7C15UL, out low);
        ulong mixed = high ^ low;
        mixed ^= mixed >> 32;
        return mixed * 0xD6E8FEB86659FD93UL;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Home(ulong key) => (int)(Mix(key, _seed) >> _shift);

    private void Place(ulong key, int slot)
    {
        int mask = _buckets.Length - 1;
        int i = Home(key);
        while (_buckets[i] != 0) i = (i + 1) & mask;
        _buckets[i] = slot + 1;
    }

    private int TakeUnused()
    {
        if (_used == _slots.Length)
        {
            Array.Resize(ref _slots, _slots.Length * 2);
            _buckets = new int[_slots.Length * 2];
            _shift--;
            for (int slot = 0; slot < _used; slot++) Place(_slots[slot].Key, slot);
        }
        return _used++;
    }
}
