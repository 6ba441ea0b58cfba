using Dataforts.Content;

namespace Dataforts.Log;

internal sealed partial class SegmentLog
{
    private readonly List<string> _refusals = [];

    /// <summary>Called with the old and the new place of every record that was written anew, and no new one for those that could not be read back,
    /// before the old bytes go and whoever waits for the flush is told.</summary>
    public Action<IReadOnlyList<(LogRecord Old, LogRecord? New)>>? Rewritten { get; set; }

    /// <summary>What a device refused to take while this log was open, one line each.</summary>
    public IReadOnlyList<string> Refusals
    {
        get { lock (_appendGate) return [.. _refusals]; }
    }

    /// <summary>After a failed flush: the segment is sealed where it was last known to be on the device, and what lies behind, which was
    /// acknowledged as buffered, is read back, verified and appended again. A record says that the old bytes do not count. So are the tails of
    /// later segments, even if the device would take them: what they hold may replace what the first one does, and has to stay behind it.</summary>
    private DatafortsException GiveUpTail(SegmentFile segment, IOException cause)
    {
        List<(LogRecord Old, LogRecord? New)> moved = [];
        List<SegmentFile> tails;
        DatafortsException told;
        lock (_appendGate)
        {
            long from = segment.SyncedLength, length = segment.Length - from;
            tails = _order.FindAll(s => s.Id >= segment.Id && !IsSynced(s));
            foreach (SegmentFile tail in tails) tail.Sealed = tail.Abandoned = true;
            try
            {
                _mark = null;
                foreach (SegmentFile tail in tails) AppendEnd(tail);
                foreach (SegmentFile tail in tails) AppendAgain(tail, moved);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or DatafortsException)
            {
                Fail($"a flush failed ({cause.Message}), and what it was to flush cannot be written anew", error);
            }
            int lost = moved.Count(record => record.New is null);
            string what = $"{segment.Path}: the device refused {length} bytes from byte {from} on ({cause.Message}); " + (HasFailed
                ? "they could not be written anew" : lost > 0
                ? $"{lost} of their records cannot be read back, {moved.Count - lost} were written anew" : $"their {moved.Count} records were written anew");
            _refusals.Add(what);
            told = new DatafortsException(HasFailed ? ErrorKind.WriterFailed : ErrorKind.Io, what, cause);
        }
        Rewritten?.Invoke(moved);
        if (!HasFailed) tails.ForEach(CutOff);
        return told;
    }

    // Nothing refers to the tail any more. Where it cannot be cut, the mark tells whoever comes next that it does not count.
    private void CutOff(SegmentFile segment)
    {
        lock (_appendGate)
        {
            try
            {
                if (segment.SyncedLength < FileHeader.SizeBytes)
                {
                    // Not even its header is known to be there.
                    Forget(segment.Id);
                    _options.Device.Delete(segment.Path);
                    return;
                }
                segment.SetLength(segment.SyncedLength);
                segment.Length = segment.SyncedLength;
                segment.PreallocatedEnd = 0;
                segment.GarbageBytes = Math.Min(segment.GarbageBytes, segment.Length - FileHeader.SizeBytes);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                _refusals.Add($"{segment.Path}: what was given up cannot be cut off ({error.Message})");
            }
        }
    }

    private void AppendEnd(SegmentFile segment)
    {
        int appended = 0;
        RecordLocation location = default;
        NewRecord end = new FlushMark(segment.Id, Math.Max(segment.SyncedLength, FileHeader.SizeBytes)).ToRecord(RecordKind.Abandoned);
        AppendLocked(new ReadOnlySpan<NewRecord>(in end), new Span<RecordLocation>(ref location), ref appended);
    }

    private void AppendAgain(SegmentFile segment, List<(LogRecord Old, LogRecord? New)> moved)
    {
        RecordLocation location = default;
        long start = Math.Max(segment.SyncedLength, FileHeader.SizeBytes);
        foreach (LogRecord old in new SegmentScan(segment, segment.Length, 0, long.MaxValue).RecordsFrom(start))
        {
            if (old.Kind is RecordKind.Void or RecordKind.Flushed or RecordKind.Abandoned) continue;
            var payload = new byte[old.Location.Length];
            if (segment.Read(payload, old.Location.Offset) != payload.Length || BlobHash.Compute(payload) != old.Hash)
            {
                moved.Add((old, null));
                continue;
            }
            int appended = 0;
            var copy = new NewRecord(old.Kind, old.Hash, payload);
            ulong sequence = AppendLocked(new ReadOnlySpan<NewRecord>(in copy), new Span<RecordLocation>(ref location), ref appended);
            moved.Add((old, old with { Sequence = sequence, Location = location }));
        }
    }
}
