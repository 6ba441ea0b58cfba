namespace Dataforts.Log;

internal sealed partial class SegmentLog
{
    /// <summary>What is read on in one go, at most: 64 MiB. A reader that looks after longer opens the log anew, which hint files make faster.</summary>
    public const long MaxReadOnBytes = 64 << 20;

    /// <summary>For a log open for reading: takes in what another process has appended since, and nothing else is read.</summary>
    /// <param name="appended">Receives the records, oldest first.</param>
    /// <returns>False where segments are gone, or something cannot be read, or it is too much: the log is as it was, and has to be opened anew.</returns>
    /// <exception cref="DatafortsException">Io: the files cannot be read.</exception>
    public bool TryReadOn(List<LogRecord> appended)
    {
        var taken = new List<(SegmentFile Segment, long End)>();
        lock (_appendGate)
        {
            try
            {
                if (!TryReadOnLocked(appended, taken))
                {
                    DisposeFresh(taken);
                    return false;
                }
            }
            catch (Exception error) when (error is FileNotFoundException or ObjectDisposedException)
            {
                // Compacted away between the two looks.
                DisposeFresh(taken);
                return false;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                DisposeFresh(taken);
                throw DatafortsException.From(error, $"what was appended to {_options.Folder} cannot be read");
            }
            Accept(appended, taken);
        }
        appended.RemoveAll(record => record.Kind == RecordKind.Flushed);
        return true;
    }

    private bool TryReadOnLocked(List<LogRecord> appended, List<(SegmentFile Segment, long End)> taken)
    {
        // The list comes first: when a segment is in it, the one before takes no more.
        List<ulong> present = SegmentFile.List(_options.Folder);
        bool isMore = _order.Count > 0 && present.Count >= _seen.Count && present.Take(_seen.Count).SequenceEqual(_seen);
        if (_options.Writable || !isMore || _order[^1].Id != _seen[^1] || _order[^1].Damaged) return false;
        ulong sequence = _sequence;
        long left = MaxReadOnBytes;
        for (int i = _seen.Count - 1; i < present.Count; i++)
        {
            bool isKnown = i < _seen.Count;
            SegmentFile segment = isKnown ? _order[^1] : new SegmentFile(_options, _open, present[i]);
            long from = isKnown ? segment.Length : FileHeader.SizeBytes, length = segment.File.Length;
            taken.Add((segment, from));
            left -= length - from;
            if (length < from || left < 0 || (!isKnown && !HasHeader(segment))) return false;
            // A record that is being written is not whole yet; it is the next look's.
            var scan = new SegmentScan(segment, length, sequence, from);
            int before = appended.Count;
            scan.Run(from, verifyAll: false, appended.Add);
            if (scan.Gaps.Count > 0 || scan.Torn.Count > 0 || scan.Unreadable.Count > 0 || (scan.End < length && i + 1 < present.Count)) return false;
            if (appended.Count > before) sequence = appended[^1].Sequence;
            taken[^1] = (segment, scan.End);
        }
        return !appended.Exists(record => record.Kind == RecordKind.Abandoned);
    }

    // What is wrong with one that has none is told by whoever opens the log anew.
    private bool HasHeader(SegmentFile segment)
    {
        Span<byte> bytes = stackalloc byte[FileHeader.SizeBytes];
        int read = segment.Read(bytes, 0);
        try
        {
            FileHeader header = FileHeader.Read(bytes[..read], FileHeader.SegmentMagic, segment.Path);
            return header.StoreId == _options.StoreId && header.Number == segment.Id;
        }
        catch (DatafortsException)
        {
            return false;
        }
    }

    private void Accept(List<LogRecord> appended, List<(SegmentFile Segment, long End)> taken)
    {
        foreach ((SegmentFile segment, long end) in taken)
        {
            segment.Length = segment.SeenLength = end;
            if (_segments.TryAdd((uint)segment.Id, segment))
            {
                _order[^1].Sealed = true;
                _order.Add(segment);
                _seen = [.. _seen, segment.Id];
                _lastId = segment.Id;
            }
            segment.Rest();
        }
        if (appended.Count > 0) _sequence = appended[^1].Sequence;
    }

    private void DisposeFresh(List<(SegmentFile Segment, long End)> taken)
    {
        foreach ((SegmentFile segment, _) in taken)
        {
            if (!_segments.ContainsKey((uint)segment.Id)) segment.Dispose();
        }
    }
}
