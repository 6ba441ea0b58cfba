using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Dataforts.Log;

namespace Dataforts.Store.Events;

/// <summary>A record of events as it is put together in pooled memory, to be written in one piece.</summary>
internal readonly ref struct EventFrame
{
    private const int PayloadStart = SegmentLog.FrameMargin + RecordHeader.SizeBytes;

    private readonly byte[] _pooled;

    private EventFrame(int payloadLength, int count, EventFlags flags)
    {
        PayloadLength = payloadLength;
        Count = count;
        Flags = flags;
        _pooled = ArrayPool<byte>.Shared.Rent(PayloadStart + (int)RecordHeader.PaddedLength(payloadLength));
        Bytes[(PayloadStart + payloadLength)..].Clear();
    }

    /// <summary>Bytes behind the header.</summary>
    public int PayloadLength { get; }

    /// <summary>Events.</summary>
    public int Count { get; }

    /// <summary>How they are laid out.</summary>
    public EventFlags Flags { get; }

    /// <summary>What <see cref="SegmentLog.AppendFramed"/> takes.</summary>
    public Span<byte> Bytes => _pooled.AsSpan(0, PayloadStart + (int)RecordHeader.PaddedLength(PayloadLength));

    /// <summary>The check of the payload.</summary>
    public ulong Check => EventSlot.CheckOf(Payload);

    private Span<byte> Payload => _pooled.AsSpan(PayloadStart, PayloadLength);

    /// <summary>Payload bytes of the events.</summary>
    public int EventBytes => (Flags & EventFlags.Table) != 0 ? PayloadLength - (EventSlot.WordBytes * Count) : PayloadLength;

    /// <summary>One event.</summary>
    public static EventFrame Of(ReadOnlySpan<byte> payload, EventFlags flags)
    {
        var frame = new EventFrame(payload.Length, 1, flags);
        payload.CopyTo(frame.Payload);
        return frame;
    }

    /// <summary>Several: without a table when they are alike.</summary>
    public static EventFrame Of(ReadOnlySpan<NewEvent> events, int eventBytes, bool areAlike)
    {
        if (areAlike)
        {
            var alike = new EventFrame(eventBytes, events.Length, FlagsOf(events[0]));
            Span<byte> rest = alike.Payload;
            foreach (ref readonly NewEvent one in events)
            {
                ReadOnlySpan<byte> bytes = one.Payload.Span;
                bytes.CopyTo(rest);
                rest = rest[bytes.Length..];
            }
            return alike;
        }
        return WithTable(events, eventBytes);
    }

    /// <summary>Several that hold no refs and lie one behind the other.</summary>
    public static EventFrame Of(in PackedEvents events)
    {
        int table = events.AreAlike ? 0 : EventSlot.WordBytes * events.Words.Length;
        var frame = new EventFrame(table + events.Payloads.Length, events.Words.Length, events.AreAlike ? EventFlags.None : EventFlags.Table);
        Span<byte> words = frame.Payload[..table];
        if (BitConverter.IsLittleEndian) MemoryMarshal.AsBytes(events.Words)[..table].CopyTo(words);
        else
        {
            for (int i = 0; i < table; i += EventSlot.WordBytes) BinaryPrimitives.WriteUInt32LittleEndian(words[i..], events.Words[i / EventSlot.WordBytes]);
        }
        events.Payloads.CopyTo(frame.Payload[table..]);
        return frame;
    }

    /// <summary>Writes the header that lacks what the log gives it.</summary>
    public void WriteDraft(in EventSlot slot) => RecordHeader.WriteDraft(Bytes[SegmentLog.FrameMargin..], RecordKind.Events, PayloadLength, 0, slot.ToHash());

    /// <summary>Gives the memory back.</summary>
    public void Dispose() => ArrayPool<byte>.Shared.Return(_pooled);

    /// <summary>What one event alone is.</summary>
    public static EventFlags FlagsOf(in NewEvent one) =>
        !one.IsRef ? EventFlags.None : one.IsDirectory ? EventFlags.Refs | EventFlags.Directories : EventFlags.Refs;

    private static EventFrame WithTable(ReadOnlySpan<NewEvent> events, int eventBytes)
    {
        bool hasRefs = false;
        foreach (ref readonly NewEvent one in events) hasRefs |= one.IsRef;
        EventFlags flags = hasRefs ? EventFlags.Table | EventFlags.Refs : EventFlags.Table;
        var frame = new EventFrame((EventSlot.WordBytes * events.Length) + eventBytes, events.Length, flags);
        Span<byte> words = frame.Payload, rest = frame.Payload[(EventSlot.WordBytes * events.Length)..];
        foreach (ref readonly NewEvent one in events)
        {
            ReadOnlySpan<byte> bytes = one.Payload.Span;
            uint word = (uint)bytes.Length | (one.IsRef ? EventRecord.RefBit : 0) | (one.IsRef && one.IsDirectory ? EventRecord.DirectoryBit : 0);
            BinaryPrimitives.WriteUInt32LittleEndian(words, word);
            words = words[EventSlot.WordBytes..];
            bytes.CopyTo(rest);
            rest = rest[bytes.Length..];
        }
        return frame;
    }
}
