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
    /// acknowledged as buffered, is read back, verified and appended again. A record says that the old bytes do not count.</summary>
    private DatafortsException GiveUpTail(SegmentFile segment, IOException cause)
    {
        List<(LogRecord Old, LogRecord? New)> moved = [];
        DatafortsException told;
        lock (_appendGate)
        {
            long from = segment.SyncedLength, length = segment.Length - from;
            segment.Sealed = true;
            segment.Abandoned = true;
            try
            {
                AppendAgain(segment, from, moved);
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
        if (!HasFailed) CutOff(segment);
        return told;
    }

    // Nothing refers to the tail any more. Where it cannot be cut, the mark tells whoever comes next that it does not count.
    private void CutOff(SegmentFile segment)
    {
        lock (_appendGate)
        {
            try
            {
                segment.File.SetLength(segment.SyncedLength);
                segment.Length = segment.SyncedLength;
                segment.PreallocatedEnd = 0;
            }
            catch (IOException error)
            {
                _refusals.Add($"{segment.Path}: what was given up cannot be cut off ({error.Message})");
            }
        }
    }

    private void AppendAgain(SegmentFile segment, long from, List<(LogRecord Old, LogRecord? New)> moved)
    {
        int appended = 0;
        RecordLocation location = default;
        long start = Math.Max(from, FileHeader.SizeBytes);
        NewRecord end = new FlushMark(segment.Id, start).ToRecord(RecordKind.Abandoned);
        _mark = null;
        AppendLocked(new ReadOnlySpan<NewRecord>(in end), new Span<RecordLocation>(ref location), ref appended);
        foreach (LogRecord old in new SegmentScan(segment, segment.Length, 0, long.MaxValue).RecordsFrom(start))
        {
            if (old.Kind is RecordKind.Void or RecordKind.Flushed or RecordKind.Abandoned) continue;
            var payload = new byte[old.Location.Length];
            if (segment.Read(payload, old.Location.Offset) != payload.Length || BlobHash.Compute(payload) != old.Hash)
            {
                moved.Add((old, null));
                continue;
            }
            appended = 0;
            var copy = new NewRecord(old.Kind, old.Hash, payload);
            ulong sequence = AppendLocked(new ReadOnlySpan<NewRecord>(in copy), new Span<RecordLocation>(ref location), ref appended);
            moved.Add((old, old with { Sequence = sequence, Location = location }));
        }
    }
}
