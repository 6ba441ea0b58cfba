namespace Dataforts.Log;

internal sealed partial class SegmentLog
{
    private readonly Dictionary<ulong, long> _ends = [];
    private readonly HashSet<ulong> _forsaken = [];
    private readonly HashSet<ulong> _abandoned = [];
    private readonly List<(FlushMark From, RecordLocation To)> _losses = [];
    private FlushMark _reached;

    /// <summary>What the log says of itself in bytes that the checkpoint does not vouch for: how far it had reached the device, and which
    /// segments ended before their files do.</summary>
    /// <remarks>A segment that another one follows in the checkpoint had ended when that was written, so it never got longer.</remarks>
    private void ReadMarks(List<ulong> present)
    {
        IReadOnlyList<Checkpoint.Segment> listed = _options.Checkpoint.Segments;
        ulong last = listed.Count == 0 ? 0 : listed.Max(s => s.Id);
        foreach (Checkpoint.Segment known in listed)
        {
            if (known.Id != last || _options.Checkpoint.Clean) _ends[known.Id] = Math.Max(known.Length, known.SyncedLength);
        }
        if (_options.Checkpoint.Clean && !_powerWasLost) return;
        var endings = new Stack<LogRecord>();
        foreach (ulong id in present)
        {
            var segment = new SegmentFile(_options, _open, id);
            long from = Math.Max(FileHeader.SizeBytes, VouchedFor(_options.Checkpoint.Find(id)));
            long length = segment.File.Length;
            if (from < length)
            {
                new SegmentScan(segment, length, 0, long.MaxValue).Run(from, verifyAll: false, record =>
                {
                    if (record.Kind == RecordKind.Abandoned) endings.Push(record);
                    else if (record.Kind == RecordKind.Flushed) HeedFlush(FlushMark.Of(record.Hash));
                });
            }
            segment.Rest();
        }
        // The newest first: what one of them wrote anew may have been refused in its turn, and moved on.
        while (endings.TryPop(out LogRecord ending)) HeedEnding(ending, present);
    }

    // Then nothing is vouched for, whatever the log says of itself.
    private bool IsRebuild => _options.Writable && _options.Checkpoint is { Generation: 0, Clean: false };

    private void HeedFlush(FlushMark mark)
    {
        if (!IsRebuild && (mark.Segment, mark.Offset).CompareTo((_reached.Segment, _reached.Offset)) > 0) _reached = mark;
    }

    private void HeedEnding(LogRecord record, List<ulong> present)
    {
        FlushMark mark = FlushMark.Of(record.Hash);
        if (!CopiesAreWhole(mark, record, present)) return;
        _abandoned.Add(mark.Segment);
        _ends[mark.Segment] = Math.Min(mark.Offset, _ends.GetValueOrDefault(mark.Segment, long.MaxValue));
        if (mark.Offset <= FileHeader.SizeBytes) _forsaken.Add(mark.Segment);
        if (mark.HasLosses) _losses.Add((mark, record.Location));
    }

    // Nothing of it ever reached the device: a flush that had come through would have taken what was lost with it.
    private bool IsBehindLoss(LogRecord record) => _losses.Exists(loss =>
        (record.Location.Segment, record.Start).CompareTo(((uint)loss.From.Segment, loss.From.Offset)) >= 0
        && (record.Location.Segment, record.Location.Offset).CompareTo((loss.To.Segment, loss.To.Offset)) < 0);

    private bool CopiesAreWhole(FlushMark mark, LogRecord record, List<ulong> present)
    {
        if (mark.CopySegment == 0) return true;
        for (ulong id = mark.CopySegment; id <= record.Location.Segment; id++)
        {
            // What lay behind the end of one that was given up as well lies further on, where its own copies were found whole.
            if (_forsaken.Contains(id)) continue;
            if (present.BinarySearch(id) < 0) return false;
            var segment = new SegmentFile(_options, _open, id);
            long end = id == record.Location.Segment ? record.Start : segment.File.Length;
            if (_abandoned.Contains(id)) end = Math.Min(end, _ends[id]);
            long from = id == mark.CopySegment ? mark.CopyOffset : FileHeader.SizeBytes;
            if (_abandoned.Contains(id) && from > end) continue;
            var scan = new SegmentScan(segment, end, 0, from);
            bool isWhole = from <= end;
            if (isWhole) scan.Run(from, verifyAll: true, _ => { });
            segment.Rest();
            if (!isWhole || scan.HasTornRecords || scan.Unreadable.Count > 0 || scan.End != end) return false;
        }
        return true;
    }

    // Bytes of a segment that lay on the device, or in a cache that is still there, when the last writer said so.
    private long VouchedFor(Checkpoint.Segment? known) =>
        known is not { } k ? 0 : _cacheIsGone ? k.SyncedLength : Math.Max(k.Length, k.SyncedLength);

    private long VouchedFor(ulong id, Checkpoint.Segment? known, long fileLength)
    {
        long vouched = VouchedFor(known);
        if (id < _reached.Segment) return Math.Max(vouched, fileLength);
        return id == _reached.Segment ? Math.Max(vouched, _reached.Offset) : vouched;
    }
}
