using System.Buffers.Binary;
using Dataforts.Log;

namespace Dataforts.Store.Events;

/// <summary>A record of events in memory, header first: what it says, and its events one by one.</summary>
internal readonly ref struct EventRecord
{
    /// <summary>In a word of the table: the event is a ref.</summary>
    public const uint RefBit = 1U << 31;

    /// <summary>In a word of the table: the ref is that of a directory's manifest.</summary>
    public const uint DirectoryBit = 1U << 30;

    private readonly ReadOnlySpan<byte> _payload;

    private EventRecord(RecordHeader header, EventSlot slot, ReadOnlySpan<byte> payload)
    {
        Header = header;
        Slot = slot;
        _payload = payload;
    }

    /// <summary>Its header.</summary>
    public RecordHeader Header { get; }

    /// <summary>What the header says of the events.</summary>
    public EventSlot Slot { get; }

    /// <summary>Bytes from its header to the next record's.</summary>
    public int Stride => (int)Header.Stride;

    /// <summary>Whether the payload is what was written, and what lies behind it zero where it should be.</summary>
    public bool IsWhole => EventSlot.CheckOf(_payload) == Slot.Check;

    /// <summary>Reads a record's header where it lies in memory; its payload, or the table of that, follows.</summary>
    /// <param name="bytes">Begin with the header.</param>
    /// <param name="placeSeed">What stands for its place in the log.</param>
    /// <param name="record">Receives it.</param>
    /// <returns>False where there is no record of events, or one whose table is cut off.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, uint placeSeed, out EventRecord record)
    {
        record = default;
        if (!RecordHeader.TryRead(bytes, placeSeed, out RecordHeader header) || header.Kind != RecordKind.Events) return false;
        var slot = EventSlot.Of(header.Hash);
        if (slot.IsRun || !slot.IsSound(header.PayloadLength)) return false;
        ReadOnlySpan<byte> payload = bytes[RecordHeader.SizeBytes..];
        if (payload.Length < slot.TableBytes) return false;
        record = new EventRecord(header, slot, payload[..Math.Min(payload.Length, header.PayloadLength)]);
        return true;
    }

    /// <summary>The length of an event, and what it is.</summary>
    public (int Length, bool IsRef, bool IsDirectory) this[int index]
    {
        get
        {
            if (Slot.TableBytes == 0) return (Header.PayloadLength / Slot.Count, Slot.HasRefs, (Slot.Flags & EventFlags.Directories) != 0);
            uint word = BinaryPrimitives.ReadUInt32LittleEndian(_payload[(EventSlot.WordBytes * index)..]);
            return ((int)(word & ~(RefBit | DirectoryBit)), (word & RefBit) != 0, (word & DirectoryBit) != 0);
        }
    }

    /// <summary>Payload bytes of the events before one.</summary>
    public long BytesBefore(int index)
    {
        if (Slot.TableBytes == 0) return (long)index * (Header.PayloadLength / Slot.Count);
        long bytes = 0;
        for (int i = 0; i < index; i++) bytes += this[i].Length;
        return bytes;
    }
}
