using System.Buffers.Binary;
using System.IO.Hashing;
using Dataforts.Content;

namespace Dataforts.Log;

/// <summary>What a record of events says in the 32 bytes where others have their hash.</summary>
/// <remarks>
/// <code>
///  0  8  channel, u64 LE
///  8  8  number of the first event, u64 LE; the others follow it
/// 16  4  events, u24 LE, and their flags
/// 20  4  epoch, u32 LE
/// 24  8  XxHash3 of the payload, u64 LE; of a run, the payload bytes of its events
/// </code>
/// An event is small and often alone in its record: BLAKE3 would cost more than writing it does. The header's own checksum covers the slot.
/// </remarks>
internal readonly record struct EventSlot(ulong Channel, ulong First, int Count, EventFlags Flags, uint Epoch, ulong Check)
{
    /// <summary>The most events of a record or a run.</summary>
    public const int MaxCount = 1 << 20;

    /// <summary>Bytes of a word of the table.</summary>
    public const int WordBytes = 4;

    private const int CountBits = 24;

    /// <summary>The number behind the last event.</summary>
    public ulong End => First + (ulong)Count;

    /// <summary>Bytes of the table at the front of the payload.</summary>
    public int TableBytes => (Flags & EventFlags.Table) != 0 ? WordBytes * Count : 0;

    /// <summary>Whether there are refs among the events.</summary>
    public bool HasRefs => (Flags & EventFlags.Refs) != 0;

    /// <summary>Whether it speaks of several records.</summary>
    public bool IsRun => (Flags & EventFlags.Run) != 0;

    /// <summary>The slot as a header holds it.</summary>
    public BlobHash ToHash()
    {
        Span<byte> bytes = stackalloc byte[BlobHash.SizeBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Channel);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], First);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[16..], (uint)Count | ((uint)Flags << CountBits));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[20..], Epoch);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], Check);
        return new BlobHash(bytes);
    }

    /// <summary>What the header of an events record says.</summary>
    public static EventSlot Of(in BlobHash hash)
    {
        ReadOnlySpan<byte> bytes = hash.Span;
        uint packed = BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]);
        return new EventSlot(BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
            (int)(packed & ((1 << CountBits) - 1)), (EventFlags)(packed >> CountBits), BinaryPrimitives.ReadUInt32LittleEndian(bytes[20..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]));
    }

    /// <summary>The check of a payload.</summary>
    public static ulong CheckOf(ReadOnlySpan<byte> payload) => XxHash3.HashToUInt64(payload);

    /// <summary>Whether the numbers can be those of a record whose payload has a length: a header that passes its checksum may still be another
    /// program's.</summary>
    public bool IsSound(int length)
    {
        if (Count is < 1 or > MaxCount || First > ulong.MaxValue - MaxCount) return false;
        return IsRun ? Check <= (ulong)length : TableBytes <= length && ((Flags & EventFlags.Table) != 0 || length % Count == 0);
    }

    /// <summary>Payload bytes of the events of a record whose payload has a length.</summary>
    public long EventBytes(int length) => IsRun ? (long)Check : length - TableBytes;
}
