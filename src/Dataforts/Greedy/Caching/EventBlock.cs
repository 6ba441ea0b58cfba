using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Dataforts.Greedy.Caching;

/// <summary>A piece of a channel's cache: events one behind the other from the front, and from the back where each begins, so that one of them is found by
/// halving.</summary>
/// <remarks>Not thread-safe; its channel's gate guards it.</remarks>
internal sealed class EventBlock
{
    /// <summary>What an event takes beside its payload: sequence number, time and length in front of it, and its place in the table at the back.</summary>
    public const int EntryOverheadBytes = HeaderBytes + SlotBytes;

    /// <summary>What a block takes beside its bytes, rounded up: this object, and the array's own header.</summary>
    public const int ObjectBytes = 96;

    private const int HeaderBytes = 20;
    private const int SlotBytes = sizeof(int);

    private readonly byte[] _bytes;
    private int _front;

    public EventBlock(int size) => _bytes = GC.AllocateUninitializedArray<byte>(size);

    /// <summary>The block that holds the events after these.</summary>
    public EventBlock? Next { get; set; }

    /// <summary>Bytes for events and their table.</summary>
    public int Size => _bytes.Length;

    /// <summary>What it takes of memory, full or not.</summary>
    public int RealBytes => _bytes.Length + ObjectBytes;

    public int Count { get; private set; }

    public ulong FirstSequence => SequenceAt(0);

    public ulong LastSequence => SequenceAt(Count - 1);

    public bool Fits(int payloadBytes) => (long)_front + payloadBytes + HeaderBytes + ((Count + 1L) * SlotBytes) <= _bytes.Length;

    /// <summary>Adds an event that <see cref="Fits"/> and comes after those that are here.</summary>
    public void Add(ulong sequence, long timeMs, ReadOnlySpan<byte> payload)
    {
        Span<byte> entry = _bytes.AsSpan(_front, HeaderBytes + payload.Length);
        ref byte header = ref MemoryMarshal.GetReference(entry);
        Unsafe.WriteUnaligned(ref header, sequence);
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref header, 8), timeMs);
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref header, 16), payload.Length);
        payload.CopyTo(entry[HeaderBytes..]);
        Count++;
        MemoryMarshal.Write(_bytes.AsSpan(_bytes.Length - (Count * SlotBytes), SlotBytes), in _front);
        _front += entry.Length;
    }

    /// <summary>Which event is the first at or after a sequence number; <see cref="Count"/> when none is.</summary>
    public int Find(ulong sequence)
    {
        int low = 0, high = Count;
        while (low < high)
        {
            int middle = (int)(((uint)low + (uint)high) >> 1);
            if (SequenceAt(middle) < sequence) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    public ReadOnlySpan<byte> Read(int index, out ulong sequence, out long timeMs)
    {
        ReadOnlySpan<byte> entry = _bytes.AsSpan(OffsetOf(index));
        sequence = MemoryMarshal.Read<ulong>(entry);
        timeMs = MemoryMarshal.Read<long>(entry[8..]);
        return entry.Slice(HeaderBytes, MemoryMarshal.Read<int>(entry[16..]));
    }

    /// <summary>Forgets the events; the memory stays for others.</summary>
    public void Clear() => (_front, Count, Next) = (0, 0, null);

    private ulong SequenceAt(int index) => MemoryMarshal.Read<ulong>(_bytes.AsSpan(OffsetOf(index)));

    private int OffsetOf(int index) => MemoryMarshal.Read<int>(_bytes.AsSpan(_bytes.Length - ((index + 1) * SlotBytes), SlotBytes));
}
