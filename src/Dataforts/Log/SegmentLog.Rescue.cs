using Dataforts.Content;

namespace Dataforts.Log;

internal sealed partial class SegmentLog
{
    private readonly List<string> _refusals = [];

    /// <summary>Called with what a failed flush has moved, before the old bytes go and whoever waits for the flush is told.</summary>
    public Action<TailRescue>? Rewritten { get; set; }

    /// <summary>What a device refused to take while this log was open, one line each.</summary>
    public IReadOnlyList<string> Refusals
    {
        get { lock (_appendGate) return [.. _refusals]; }
    }

    /// <summary>After a failed flush: the segment is sealed where it was last known to be on the device, and what lies behind, which was
    /// acknowledged as buffered, is read back, verified and appended again; then a record says that the old bytes do not count. So are the tails of
    /// later segments, even if the device would take them: what they hold may replace what the first one does, and has to stay behind it. Where
    /// something cannot be read back, the log takes no more: whoever put it would be told by the next flush that it is safe.</summary>
    private DatafortsException GiveUpTail(SegmentFile segment, IOException cause)
    {
        var moved = new List<(LogRecord Old, LogRecord New)>();
        List<SegmentFile> tails;
        TailRescue rescue;
        DatafortsException told;
        lock (_appendGate)
        {
            long from = EndOf(segment), length = segment.Length - from, lost = 0;
            tails = _order.FindAll(s => s.Id >= segment.Id && !IsSynced(s));
            foreach (SegmentFile tail in tails) tail.Sealed = tail.Abandoned = true;
            try
            {
                _mark = null;
                foreach (SegmentFile tail in tails) lost += AppendAgain(tail, moved);
                if (lost > 0) Fail($"a flush failed, and {lost} bytes of what it was to flush cannot be read back", cause);
                foreach (SegmentFile tail in tails) AppendMark(new FlushMark(tail.Id, EndOf(tail)).ToRecord(RecordKind.Abandoned));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or DatafortsException)
            {
                Fail($"a flush failed ({cause.Message}), and what it was to flush cannot be written anew", error);
            }
            string what = $"{segment.Path}: the device refused {length} bytes from byte {from} on ({cause.Message}); " + (
                lost > 0 ? $"{lost} of them cannot be read back, {moved.Count} records were written anew"
                : HasFailed ? "they could not be written anew"
                : $"their {moved.Count} records were written anew");
            _refusals.Add(what);
            told = HasFailed ? new DatafortsException(ErrorKind.WriterFailed, what, cause) : DatafortsException.From(cause, what);
            rescue = new TailRescue(tails.ToDictionary(tail => (uint)tail.Id, EndOf), moved, lost);
            // No checkpoint counts what is behind the ends from here on.
            if (!HasFailed) tails.ForEach(tail => tail.Length = EndOf(tail));
        }
        Rewritten?.Invoke(rescue);
        if (!HasFailed) tails.ForEach(CutTail);
        return told;
    }

    private static long EndOf(SegmentFile segment) => Math.Max(segment.SyncedLength, FileHeader.SizeBytes);

    private void AppendMark(NewRecord mark)
    {
        int appended = 0;
        RecordLocation location = default;
        AppendLocked(new ReadOnlySpan<NewRecord>(in mark), new Span<RecordLocation>(ref location), ref appended);
    }

    // Returns the bytes that cannot be read back.
    private long AppendAgain(SegmentFile segment, List<(LogRecord Old, LogRecord New)> moved)
    {
        long lost = 0;
        var scan = new SegmentScan(segment, segment.Length, 0, long.MaxValue);
        foreach (LogRecord old in scan.RecordsFrom(EndOf(segment)))
        {
            if (old.Kind is RecordKind.Void or RecordKind.Flushed) continue;
            var payload = new byte[old.Location.Length];
            var copy = new NewRecord(old.Kind, old.Hash, payload);
            if (old.Kind == RecordKind.Abandoned)
            {
                // Its header vouches for what it says of yet another segment.
                AppendMark(copy);
                continue;
            }
            if (segment.Read(payload, old.Location.Offset) != payload.Length || BlobHash.Compute(payload) != old.Hash)
            {
                lost += old.End - old.Start;
                continue;
            }
            RecordLocation location = default;
            int appended = 0;
            ulong sequence = AppendLocked(new ReadOnlySpan<NewRecord>(in copy), new Span<RecordLocation>(ref location), ref appended);
            moved.Add((old, old with { Sequence = sequence, Location = location }));
        }
        return lost + scan.Gaps.Sum(gap => gap.End - gap.Start) + segment.Length - scan.End;
    }

    // What is behind the end is nobody's by now, and may change under whoever reads it.
    private void CutTail(SegmentFile segment)
    {
        long end = EndOf(segment);
        lock (_appendGate)
        {
            segment.PreallocatedEnd = 0;
            segment.GarbageBytes = Math.Min(segment.GarbageBytes, end - FileHeader.SizeBytes);
            try
            {
                segment.File.SetLength(end);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // The record that says where the segment ends stands all the same.
                _refusals.Add($"{segment.Path}: what was given up cannot be cut off ({error.Message})");
            }
        }
        if (end > FileHeader.SizeBytes) return;
        // Nothing of it ever reached the device, its header and name as little as the rest.
        Forget(segment.Id);
        TryDelete(segment.Path);
    }
}
