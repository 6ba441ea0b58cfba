namespace Dataforts.Greedy.Eviction;

/// <summary>A doubly linked list through the slots of a table. An entry is in one list at most.</summary>
internal sealed class SlotList(EntryTable table)
{
    /// <summary>The newest, or -1.</summary>
    public int Head { get; private set; } = -1;

    /// <summary>The oldest, or -1.</summary>
    public int Tail { get; private set; } = -1;

    /// <summary>The bytes of all entries in it.</summary>
    public long Bytes { get; private set; }

    /// <summary>How many are in it.</summary>
    public int Count { get; private set; }

    public void AddHead(int slot)
    {
        ref Entry entry = ref table[slot];
        entry.Previous = -1;
        entry.Next = Head;
        if (Head >= 0) table[Head].Previous = slot;
        else Tail = slot;
        Head = slot;
        Bytes += entry.SizeBytes;
        Count++;
    }

    public void AddTail(int slot)
    {
        ref Entry entry = ref table[slot];
        entry.Next = -1;
        entry.Previous = Tail;
        if (Tail >= 0) table[Tail].Next = slot;
        else Head = slot;
        Tail = slot;
        Bytes += entry.SizeBytes;
        Count++;
    }

    public void Remove(int slot)
    {
        ref Entry entry = ref table[slot];
        if (entry.Previous >= 0) table[entry.Previous].Next = entry.Next;
        else Head = entry.Next;
        if (entry.Next >= 0) table[entry.Next].Previous = entry.Previous;
        else Tail = entry.Previous;
        Bytes -= entry.SizeBytes;
        Count--;
    }

    public void MoveToHead(int slot)
    {
        if (Head == slot) return;
        Remove(slot);
        AddHead(slot);
    }

    /// <summary>Told before the size of an entry in it changes.</summary>
    public void Resized(long differenceBytes) => Bytes += differenceBytes;
}
