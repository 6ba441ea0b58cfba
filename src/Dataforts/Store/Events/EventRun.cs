using Dataforts.Log;

namespace Dataforts.Store.Events;

/// <summary>Records of one channel that lie one behind the other, as its index knows them: 24 bytes.</summary>
internal readonly struct EventRun
{
    private const int CountBits = 21, SpanBits = 21, OverheadBits = 20;

    // From the lowest bit: events, span in units of the records' alignment, bytes that are not payload of events, and whether there are refs.
    private readonly ulong _packed;

    public EventRun(ulong first, uint segment, uint offset, int count, int span, int overhead, bool hasRefs)
    {
        First = first;
        Segment = segment;
        Offset = offset;
        _packed = (uint)count | ((ulong)(uint)(span / RecordHeader.Alignment) << CountBits) | ((ulong)(uint)overhead << (CountBits + SpanBits))
            | (hasRefs ? 1UL << (CountBits + SpanBits + OverheadBits) : 0);
    }

    /// <summary>The number of its first event.</summary>
    public ulong First { get; }

    /// <summary>The segment it lies in.</summary>
    public uint Segment { get; }

    /// <summary>Where its first header begins.</summary>
    public uint Offset { get; }

    /// <summary>Events.</summary>
    public int Count => (int)(_packed & ((1UL << CountBits) - 1));

    /// <summary>Bytes in the segment, headers included.</summary>
    public int Span => (int)((_packed >> CountBits) & ((1UL << SpanBits) - 1)) * RecordHeader.Alignment;

    /// <summary>Bytes that are not payload of events.</summary>
    public int Overhead => (int)((_packed >> (CountBits + SpanBits)) & ((1UL << OverheadBits) - 1));

    /// <summary>Whether there are refs among its events.</summary>
    public bool HasRefs => _packed >> (CountBits + SpanBits + OverheadBits) != 0;

    /// <summary>The number behind its last event.</summary>
    public ulong End => First + (ulong)Count;

    /// <summary>Where the record behind it would begin.</summary>
    public long EndOffset => (long)Offset + Span;

    /// <summary>Payload bytes of its events.</summary>
    public int EventBytes => Span - Overhead;

    /// <summary>What the log says of a record, or of several as one; false where no program of ours wrote that.</summary>
    public static bool TryMake(LogRecord record, in EventSlot slot, out EventRun run)
    {
        run = default;
        long span = record.End - record.Start;
        if (!slot.IsSound(record.Location.Length) || record.Start > uint.MaxValue) return false;
        long overhead = span - slot.EventBytes(record.Location.Length);
        if (span / RecordHeader.Alignment >= 1L << SpanBits || overhead is < 0 or >= 1L << OverheadBits) return false;
        run = new EventRun(slot.First, record.Location.Segment, (uint)record.Start, slot.Count, (int)span, (int)overhead, slot.HasRefs);
        return true;
    }

    /// <summary>This run and the one behind it as one, where they may be.</summary>
    public bool TryJoin(in EventRun next, out EventRun joined)
    {
        bool joins = next.First == End && next.Segment == Segment && next.Offset == EndOffset && Span + next.Span <= EventRuns.MaxBytes
            && Count + next.Count <= EventSlot.MaxCount;
        joined = joins
            ? new EventRun(First, Segment, Offset, Count + next.Count, Span + next.Span, Overhead + next.Overhead, HasRefs || next.HasRefs)
            : default;
        return joins;
    }

    /// <summary>Whether both are the same bytes of the log.</summary>
    public bool IsAt(in EventRun other) => Segment == other.Segment && Offset == other.Offset;
}
