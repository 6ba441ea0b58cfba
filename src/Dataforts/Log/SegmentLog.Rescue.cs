using System.Runtime.InteropServices;
using Dataforts.Content;

namespace Dataforts.Log;

internal sealed partial class SegmentLog
{
    private readonly List<string> _refusals = [];

    /// <summary>Called with what a failed flush has moved, before whoever waits for the flush is told.</summary>
    public Action<TailRescue>? Rewritten { get; set; }

    /// <summary>What a device refused to take while this log was open, one line each.</summary>
    public IReadOnlyList<string> Refusals
    {
        get { lock (_appendGate) return [.. _refusals]; }
    }

    /// <summary>After a failed flush: the segment is sealed where it was last known to be on the device, and what lies behind, which was
    /// acknowledged as buffered, is read back, verified and appended again. A record says that the old bytes do not count. Where something cannot be
    /// read back, the log takes no more: whoever put it would be told by the next flush that it is safe.</summary>
    private DatafortsException GiveUpTail(SegmentFile segment, IOException cause)
    {
        var moved = new List<(LogRecord Old, LogRecord New)>();
        DatafortsException told;
        TailRescue rescue;
        lock (_appendGate)
        {
            long from = Math.Max(segment.SyncedLength, FileHeader.SizeBytes), length = segment.Length - from, lost = 0;
            segment.Sealed = true;
            segment.Abandoned = true;
            try
            {
                lost = AppendAgain(segment, from, moved);
                if (lost > 0) Fail($"a flush failed, and {lost} bytes of what it was to flush cannot be read back", cause);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or DatafortsException)
            {
                Fail($"a flush failed ({cause.Message}), and what it was to flush cannot be written anew", error);
            }
            string what = $"{segment.Path}: the device refused {length} bytes from byte {from} on ({cause.Message}); " + (
                lost > 0 ? $"{lost} of them cannot be read back, {moved.Count} records were written anew"
                : HasFailed ? "they could not be written anew"
                : $"their {moved.Count} records were written anew");
            told = HasFailed ? new DatafortsException(ErrorKind.WriterFailed, what, cause) : DatafortsException.From(cause, what);
            _refusals.Add(what);
            rescue = new TailRescue((uint)segment.Id, from, moved, lost);
            // No checkpoint counts what is behind the end from here on.
            if (!HasFailed) segment.Length = from;
        }
        Rewritten?.Invoke(rescue);
        if (!HasFailed) CutTail(segment, rescue.From);
        return told;
    }

    /// <returns>Bytes that cannot be read back.</returns>
    private long AppendAgain(SegmentFile segment, long from, List<(LogRecord Old, LogRecord New)> moved)
    {
        List<(SegmentFile Segment, long Length)> later = _order[(_order.IndexOf(segment) + 1)..].ConvertAll(s => (s, s.Length));
        _mark = null;
        RecordLocation? first = null;
        var removed = new HashSet<BlobHash>();
        long lost = AppendAgain(segment, from, segment.Length, _ => true, removed, moved, ref first);
        // What was written later than the tail must stay so: its last word on a name, and on a chunk that the tail removes.
        foreach ((SegmentFile other, long length) in later)
        {
            lost += AppendAgain(other, FileHeader.SizeBytes, length,
                record => record.Kind is not (RecordKind.Chunk or RecordKind.Copy or RecordKind.Events or RecordKind.Abandoned)
                    || removed.Contains(record.Hash),
                removed, moved, ref first);
        }
        // Last, so that the old tail counts as long as not all of the new one is there.
        AppendMark(new FlushMark(segment.Id, from, HasLosses: lost > 0), ref first);
        return lost;
    }

    private long AppendAgain(SegmentFile segment, long from, long to, Predicate<LogRecord> isNeeded, HashSet<BlobHash> removed,
        List<(LogRecord Old, LogRecord New)> moved, ref RecordLocation? first)
    {
        long lost = 0;
        var scan = new SegmentScan(segment, to, 0, long.MaxValue);
        foreach (LogRecord old in scan.RecordsFrom(from))
        {
            if (old.Kind is RecordKind.Void or RecordKind.Flushed || !isNeeded(old)) continue;
            if (old.Kind == RecordKind.Abandoned)
            {
                // Whoever opened the log behind the losses it speaks of has dealt with them.
                AppendMark(FlushMark.Of(old.Hash) with { HasLosses = false }, ref first);
                continue;
            }
            var payload = new byte[old.Location.Length];
            if (segment.Read(payload, old.Location.Offset) != payload.Length || !old.Matches(payload))
            {
                lost += old.End - old.Start;
                continue;
            }
            if (old.Kind == RecordKind.Removal) removed.UnionWith(MemoryMarshal.Cast<byte, BlobHash>(payload.AsSpan()).ToArray());
            ulong sequence = AppendCopy(NewOf(old, payload), ref first, out RecordLocation location);
            moved.Add((old, old with { Sequence = sequence, Location = location }));
        }
        return lost + scan.Gaps.Sum(gap => gap.End - gap.Start) + to - scan.End;
    }

    // An event is as old as it was: its time is told to readers.
    private static NewRecord NewOf(LogRecord old, byte[] payload) =>
        new(old.Kind, old.Hash, payload) { WrittenAtMs = old.Kind == RecordKind.Events ? old.WrittenAtMs : 0 };

    private void AppendMark(FlushMark mark, ref RecordLocation? first)
    {
        mark = mark with { CopySegment = first?.Segment ?? 0, CopyOffset = first is { } copy ? copy.Offset - RecordHeader.SizeBytes : 0 };
        AppendCopy(mark.ToRecord(RecordKind.Abandoned), ref first, out _);
    }

    private ulong AppendCopy(NewRecord record, ref RecordLocation? first, out RecordLocation location)
    {
        int appended = 0;
        location = default;
        ulong sequence = AppendLocked(new ReadOnlySpan<NewRecord>(in record), new Span<RecordLocation>(ref location), ref appended);
        first ??= location;
        return sequence;
    }

    // What is behind the end is nobody's by now, and may change under whoever reads it.
    private void CutTail(SegmentFile segment, long end)
    {
        lock (_appendGate)
        {
            segment.PreallocatedEnd = 0;
            // Hints may have been written of what was not on the device.
            if (segment.HintedLength > end) segment.HintedLength = 0;
            segment.GarbageBytes = Math.Min(segment.GarbageBytes, end - FileHeader.SizeBytes);
            try
            {
                segment.SetLength(end);
            }
            catch (IOException)
            {
                // The record that says where the segment ends stands all the same.
            }
        }
        if (end > FileHeader.SizeBytes) return;
        // Nothing of it ever reached the device, its header and name as little as the rest.
        Forget(segment.Id);
        TryDelete(segment.Path);
    }
}
