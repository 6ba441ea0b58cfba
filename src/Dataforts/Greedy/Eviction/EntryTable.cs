using System.Numerics;
using System.Runtime.CompilerServices;

namespace Dataforts.Greedy.Eviction;

/// <summary>Entries by key, in slots that stay where they are: open addressing over one array of slots. Grows with what it holds, never shrinks.</summary>
internal sealed class EntryTable
{
    private const int FirstSlots = 16;

    private readonly ulong _seed;
    private Entry[] _slots = new Entry[FirstSlots];

    // The upper half is the upper half of the key's hash, of which the first bits say where it belongs, and the lower half the slot plus one: neither a
    // search for what is not there nor a removal has to look into the slots.
    private ulong[] _buckets = new ulong[FirstSlots * 2];
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
        ulong hash = Mix(key, _seed);
        ulong[] buckets = _buckets;
        int mask = buckets.Length - 1;
        for (int i = (int)(hash >> _shift); ; i = (i + 1) & mask)
        {
            ulong bucket = buckets[i];
            if (bucket == 0) return -1;
            if (((bucket ^ hash) >> 32) != 0) continue;
            int slot = SlotOf(bucket);
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
        Place(Mix(key, _seed) >> 32 << 32 | (uint)(slot + 1));
        return slot;
    }

    /// <summary>Gives a slot back.</summary>
    public void Remove(int slot)
    {
        int mask = _buckets.Length - 1;
        int hole = (int)(Mix(_slots[slot].Key, _seed) >> _shift);
        while (SlotOf(_buckets[hole]) != slot) hole = (hole + 1) & mask;
        // Whoever was pushed past the hole moves back into it, so that no search ends too soon.
        for (int i = (hole + 1) & mask; _buckets[i] != 0; i = (i + 1) & mask)
        {
            int home = (int)(_buckets[i] >> _shift);
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
        ulong high = Math.BigMul(key ^ seed, 0x9E3779B97F4A7C15UL, out ulong low);
        ulong mixed = high ^ low;
        mixed ^= mixed >> 32;
        return mixed * 0xD6E8FEB86659FD93UL;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int SlotOf(ulong bucket) => (int)(uint)bucket - 1;

    private void Place(ulong bucket)
    {
        int mask = _buckets.Length - 1;
        int i = (int)(bucket >> _shift);
        while (_buckets[i] != 0) i = (i + 1) & mask;
        _buckets[i] = bucket;
    }

    private int TakeUnused()
    {
        if (_used == _slots.Length)
        {
            Array.Resize(ref _slots, _slots.Length * 2);
            ulong[] old = _buckets;
            _buckets = new ulong[_slots.Length * 2];
            _shift--;
            foreach (ulong bucket in old)
            {
                if (bucket != 0) Place(bucket);
            }
        }
        return _used++;
    }
}
