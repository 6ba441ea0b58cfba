namespace Dataforts.Log;

internal sealed partial class SegmentLog
{
    /// <summary>How each segment is used.</summary>
    public IReadOnlyList<SegmentUsage> Usage()
    {
        lock (_appendGate)
        {
            return _order.ConvertAll(s => new SegmentUsage(s.Id, s.Length, Interlocked.Read(ref s.GarbageBytes), s.Sealed || s != _order[^1], s.Damaged));
        }
    }

    /// <summary>When the first record of what is garbage now became that. Of what was garbage when the log was opened only the last write of its segment
    /// is known, which was earlier or then. Null without garbage.</summary>
    public DateTimeOffset? GarbageSince()
    {
        List<SegmentFile> segments;
        lock (_appendGate) segments = [.. _order.Where(segment => Interlocked.Read(ref segment.GarbageBytes) > 0)];
        DateTimeOffset? oldest = null;
        foreach (SegmentFile segment in segments)
        {
            long sinceMs = Volatile.Read(ref segment.GarbageSinceMs);
            if (sinceMs == 0 && !File.Exists(segment.Path)) continue;
            DateTimeOffset since = sinceMs != 0 ? DateTimeOffset.FromUnixTimeMilliseconds(sinceMs) : File.GetLastWriteTimeUtc(segment.Path);
            if (oldest is null || since < oldest) oldest = since;
        }
        return oldest;
    }

    /// <summary>Says that the record whose payload lies here is of no use any more.</summary>
    public void Release(RecordLocation location)
    {
        if (!_segments.TryGetValue(location.Segment, out SegmentFile? segment)) return;
        long stride = RecordHeader.SizeBytes + RecordHeader.PaddedLength(location.Length);
        if (Interlocked.Add(ref segment.GarbageBytes, stride) == stride && _isOpen) Volatile.Write(ref segment.GarbageSinceMs, NowMs());
    }

    /// <summary>The segment that takes the next record if there is room for it; null when another one begins.</summary>
    public uint? OpenSegment
    {
        get
        {
            lock (_appendGate) return _order.Count > 0 && !_order[^1].Sealed && !_order[^1].Damaged ? (uint)_order[^1].Id : null;
        }
    }

    /// <summary>When the record whose payload lies here was written, Unix milliseconds; null when its header is not to be read there.</summary>
    public long? WrittenAtMs(RecordLocation location)
    {
        Span<byte> header = stackalloc byte[RecordHeader.SizeBytes];
        if (!_segments.TryGetValue(location.Segment, out SegmentFile? segment)) return null;
        if (Read(location, -RecordHeader.SizeBytes, header) != header.Length) return null;
        uint place = RecordHeader.PlaceSeed(segment.Seed, location.Offset - RecordHeader.SizeBytes);
        return RecordHeader.TryRead(header, place, out RecordHeader read) ? read.WrittenAtMs : null;
    }

    /// <summary>Ends the segment that is written to, so that it can be compacted; the next record begins another.</summary>
    public void SealLast()
    {
        lock (_appendGate)
        {
            if (_order.Count > 0 && !_order[^1].Sealed && _order[^1].Length > FileHeader.SizeBytes) Seal(_order[^1]);
        }
    }

    /// <summary>The records of a segment, in order, as their headers have them, events as runs; null when something in it cannot be read.</summary>
    public List<LogRecord>? RecordsOf(ulong id) => _segments.TryGetValue((uint)id, out SegmentFile? segment) ? RecordsOf(segment, segment.Length) : null;

    private static List<LogRecord>? RecordsOf(SegmentFile segment, long length)
    {
        var scan = new SegmentScan(segment, length, 0, long.MaxValue);
        List<LogRecord> records;
        try
        {
            records = scan.RunsFrom(FileHeader.SizeBytes);
        }
        catch (ObjectDisposedException)
        {
            // Forgotten while it was read.
            return null;
        }
        return scan.End == length && scan.Gaps.Count == 0 && scan.Unreadable.Count == 0 ? records : null;
    }

    /// <summary>The paths of segments whose records cannot all be read as far as their hints were believed; what is behind was read when the log
    /// was opened.</summary>
    public List<string> FindUnreadable(CancellationToken cancellationToken)
    {
        List<SegmentFile> segments;
        lock (_appendGate) segments = [.. _order];
        var paths = new List<string>();
        foreach (SegmentFile segment in segments)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (segment.HintedLength == 0 || RecordsOf(segment, segment.HintedLength) is not null) continue;
            // What has been compacted away meanwhile is no damage.
            if (_segments.ContainsKey((uint)segment.Id) && File.Exists(segment.Path)) paths.Add(segment.Path);
        }
        return paths;
    }

    /// <summary>Whether a segment is there that is older than this one.</summary>
    public bool HasOlder(ulong id)
    {
        lock (_appendGate) return _order.Count > 0 && _order[0].Id < id;
    }

    /// <summary>Begins another segment when this one is the newest: the newest number must not leave the checkpoint, or the next one would look as
    /// if others before it were lost, and must not be given twice, or a reader would take the bytes of the one for the other's.</summary>
    public void BeginBehind(ulong id)
    {
        lock (_appendGate)
        {
            if (_order.Count == 0 || _order[^1].Id != id) return;
            ThrowIfFailed();
            NewRecord mark = (_mark ?? default).ToRecord(RecordKind.Flushed);
            int appended = 0;
            RecordLocation location = default;
            AppendLocked(new ReadOnlySpan<NewRecord>(in mark), new Span<RecordLocation>(ref location), ref appended);
        }
    }

    /// <summary>Takes a segment out of the log: reads of it find nothing, checkpoints do not list it. Its file stays until
    /// <see cref="Delete"/>, so that no checkpoint lists what is not there.</summary>
    public void Forget(ulong id)
    {
        lock (_appendGate)
        {
            if (_segments.TryRemove((uint)id, out SegmentFile? segment)) _order.Remove(segment);
            segment?.Dispose();
        }
    }

    /// <summary>Removes a forgotten segment's files; they stay removed whatever happens.</summary>
    public void Delete(ulong id)
    {
        _options.Device.Delete(SegmentFile.PathOf(_options.Folder, id));
        DeleteHint(id);
        _options.Device.FlushFolder(_options.Folder);
    }
}
