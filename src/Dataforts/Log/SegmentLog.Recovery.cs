namespace Dataforts.Log;

internal sealed partial class SegmentLog
{
    private readonly List<Checkpoint.Segment> _absent = [];
    private readonly List<LogDamage> _givenUp = [];
    private bool _cacheIsGone;
    private bool _powerWasLost;
    private bool _tailIsCut;

    /// <summary>Reads every segment. What the last writer cannot vouch for is told from what it can by its checkpoint: all that lay in the
    /// files when the checkpoint was written, or, when the machine has booted since, all that was on stable storage then. Behind that line
    /// a new writer verifies every byte: whole records stay, torn ones become voids, a torn tail is cut off. Before it, or when the last
    /// writer closed in order, what cannot be read is damage: reported, and never written to.</summary>
    /// <remarks>A loss of power may take a record and spare a later one. No flush that returned can lie behind such a hole, and a name there
    /// may speak of chunks that are gone, so what is not a chunk is given up behind it (where the system tells one boot from the next).</remarks>
    private void Recover(Action<LogRecord> replay, CancellationToken cancellationToken)
    {
        Checkpoint checkpoint = _options.Checkpoint;
        Guid? boot = StableStorage.BootId();
        _cacheIsGone = checkpoint.BootId is null || checkpoint.BootId != boot;
        _powerWasLost = checkpoint.BootId is { } then && then != boot;
        List<ulong> present = SegmentFile.List(_options.Folder);
        ReadMarks(present);
        ulong lastKnown = checkpoint.Segments.Count == 0 ? 0 : checkpoint.Segments.Max(s => s.Id);
        ulong previous = 0;
        HashSet<ulong> there = [.. present];
        foreach (ulong id in present.Union(checkpoint.Segments.Select(s => s.Id)).Order())
        {
            if (id > lastKnown && HasHole(Math.Max(previous, lastKnown) + 1, id)) _tailIsCut |= _powerWasLost;
            previous = id;
            cancellationToken.ThrowIfCancellationRequested();
            if (there.Contains(id)) RecoverSegment(new SegmentFile(_options, _open, id), replay);
            else MissSegment(checkpoint.Find(id)!.Value);
        }
        _lastId = previous;
        foreach (SegmentFile segment in _order.SkipLast(1)) segment.Sealed = true;
        if (_options.Writable) DeleteStrayHints(there);
        // A segment with bytes that were never flushed may have a folder entry that was not, either.
        _folderIsSynced = _order.TrueForAll(s => s.SyncedLength >= s.Length);
    }

    // A segment that is not there went with the power, unless the log says that it was given up.
    private bool HasHole(ulong from, ulong to)
    {
        while (from < to && _ends.ContainsKey(from)) from++;
        return from != to;
    }

    private void MissSegment(Checkpoint.Segment known)
    {
        if (_cacheIsGone && known.SyncedLength == 0)
        {
            _tailIsCut |= _powerWasLost;
            return;
        }
        _absent.Add(known);
        Report(SegmentFile.PathOf(_options.Folder, known.Id), 0, known.Length, "the file is missing");
    }

    private void RecoverSegment(SegmentFile segment, Action<LogRecord> replay)
    {
        Checkpoint checkpoint = _options.Checkpoint;
        Checkpoint.Segment? known = checkpoint.Find(segment.Id);
        long fileLength = CutToEnd(segment);
        long vouchedFor = VouchedFor(segment.Id, known, fileLength);
        bool unsure = !checkpoint.Clean || (known is { } c && vouchedFor < c.Length);
        long mendFrom = unsure ? vouchedFor : long.MaxValue;
        if (fileLength < FileHeader.SizeBytes && mendFrom < FileHeader.SizeBytes)
        {
            // The file was made, and its header never reached it.
            _tailIsCut |= _powerWasLost && !_ends.ContainsKey(segment.Id);
            segment.Dispose();
            if (_options.Writable) _options.Device.Delete(segment.Path);
            return;
        }
        _segments[(uint)segment.Id] = segment;
        _order.Add(segment);
        segment.Length = fileLength;
        segment.SyncedLength = Math.Min(known?.SyncedLength ?? 0, fileLength);
        if (unsure && _options.Writable && segment.SyncedLength < fileLength) SettleOnDevice(segment);
        if (!IsForeign(segment, mendFrom) && fileLength >= FileHeader.SizeBytes) ScanSegment(segment, fileLength, mendFrom, replay);

        segment.ClosedLength = unsure ? Math.Max(vouchedFor, segment.Length) : known?.Length ?? 0;
        if (segment.Length < segment.ClosedLength && unsure)
            Damage(segment, segment.Length, segment.ClosedLength - segment.Length, "the file has been cut off");
        else if (!unsure && known is null) Damage(segment, 0, fileLength, "the file was not there when the store was last closed");
        else if (!unsure && fileLength != segment.ClosedLength)
            Damage(segment, Math.Min(fileLength, segment.ClosedLength), Math.Abs(segment.ClosedLength - fileLength),
                $"the file has {fileLength} bytes, and had {segment.ClosedLength} when it was last closed");
        // The next read opens it again: a store may have more segments than a process may have open files.
        if (!segment.Damaged || !_options.Writable)
        {
            segment.Rest();
            return;
        }
        // What is left of it may be someone's data: once on the device it is vouched for, and no later recovery will mend it away.
        segment.File.FlushData();
        segment.SyncedLength = segment.Length;
    }

    // Bytes behind a segment's end were refused by the device, or given up: what is there now is nobody's.
    private long CutToEnd(SegmentFile segment)
    {
        long length = segment.File.Length;
        if (!_ends.TryGetValue(segment.Id, out long end) || end >= length || _options.Checkpoint.Clean) return length;
        if (_options.Writable) segment.File.SetLength(end);
        segment.Sealed = true;
        return end;
    }

    // A flush may have failed under the last writer, and the system then holds bytes that the device does not. They are pushed through and
    // read back before they are trusted.
    private static void SettleOnDevice(SegmentFile segment)
    {
        segment.File.FlushData();
        segment.File.DropCache();
        segment.SyncedLength = segment.Length;
    }

    private void ScanSegment(SegmentFile segment, long fileLength, long mendFrom, Action<LogRecord> replay)
    {
        var orphans = new List<LogRecord>();
        long from = ReplayHint(segment, Math.Min(fileLength, mendFrom), replay);
        var scan = new SegmentScan(segment, fileLength, _sequence, mendFrom);
        long live = 0;
        scan.Run(from, verifyAll: _options.Writable || _cacheIsGone, record =>
        {
            if (record.Kind is RecordKind.Flushed or RecordKind.Abandoned) return;
            live += record.End - record.Start;
            bool behindHole = _tailIsCut || (_powerWasLost && scan.HasTornRecords);
            if (behindHole && record.Kind != RecordKind.Chunk && record.Start >= mendFrom) orphans.Add(record);
            else replay(record);
        });
        _sequence = Math.Max(_sequence, scan.LastSequence);
        Interlocked.Add(ref segment.GarbageBytes, scan.End - from - live);
        _tailIsCut |= _powerWasLost && scan.HasTornRecords;
        HasLostRecords |= scan.HasTornRecords || orphans.Count > 0 || (scan.End != fileLength && scan.End >= mendFrom);
        _givenUp.AddRange(orphans.Select(orphan => new LogDamage(segment.Path, orphan.Start, orphan.End - orphan.Start,
            $"a {orphan.Kind} record behind a hole that a loss of power left was given up")));
        // After a mere crash nothing is torn but a tail, so what does not verify was damaged.
        if (!_powerWasLost && _options.Writable) GiveUpDamaged(segment, scan, mendFrom);
        foreach ((long start, long end) in scan.Unreadable) Damage(segment, start, end - start, "the system cannot read this");
        if (scan.Unreadable.Count > 0) return;
        if (_options.Writable) Mend(segment, scan, mendFrom, orphans);
        foreach ((long start, long end) in scan.Gaps)
        {
            if (start < mendFrom) Damage(segment, start, end - start, "no record can be read here");
        }
        if (scan.End == fileLength) return;
        if (scan.End < mendFrom)
        {
            Damage(segment, scan.End, fileLength - scan.End, "no record can be read here");
            return;
        }
        _tailIsCut |= _powerWasLost;
        segment.Length = scan.End;
        if (!_options.Writable) return;
        segment.File.SetLength(scan.End);
        segment.SyncedLength = Math.Min(segment.SyncedLength, scan.End);
    }

    private void GiveUpDamaged(SegmentFile segment, SegmentScan scan, long mendFrom)
    {
        foreach (LogRecord torn in scan.Torn)
            _givenUp.Add(new LogDamage(segment.Path, torn.Start, torn.End - torn.Start, $"the {torn.Kind} record {torn.Hash} does not verify"));
        foreach ((long start, long end) in scan.Gaps)
        {
            if (start >= mendFrom) _givenUp.Add(new LogDamage(segment.Path, start, end - start, "no record can be read here"));
        }
    }

    private static void Mend(SegmentFile segment, SegmentScan scan, long mendFrom, List<LogRecord> orphans)
    {
        foreach (LogRecord orphan in orphans) WriteVoid(segment, orphan.Start, orphan.End);
        // The hole is what tells that they are orphans, so it goes after them.
        if (orphans.Count > 0) segment.File.FlushData();
        foreach ((long start, long end) in scan.Gaps)
        {
            if (start >= mendFrom) WriteVoid(segment, start, end);
        }
        foreach (LogRecord torn in scan.Torn) WriteVoid(segment, torn.Start, torn.End);
        foreach (LogRecord unpadded in scan.Unpadded)
        {
            long from = unpadded.Location.Offset + unpadded.Location.Length;
            segment.File.Write(Zeros.AsSpan(0, (int)(unpadded.End - from)), from);
            segment.SyncedLength = Math.Min(segment.SyncedLength, from);
        }
    }

    private bool IsForeign(SegmentFile segment, long mendFrom)
    {
        Span<byte> bytes = stackalloc byte[FileHeader.SizeBytes];
        int read = segment.Read(bytes, 0);
        try
        {
            FileHeader header = FileHeader.Read(bytes[..read], FileHeader.SegmentMagic, segment.Path);
            if (header.StoreId == _options.StoreId && header.Number == segment.Id) return false;
            Damage(segment, 16, 24, "the file belongs to another store or place");
            return true;
        }
        catch (DatafortsException error) when (error.Kind == ErrorKind.StoreDamaged)
        {
            // The header only names the file; its records carry store, segment and place in their own checksums.
            if (mendFrom >= FileHeader.SizeBytes) Damage(segment, 0, FileHeader.SizeBytes, error.Message);
            else if (_options.Writable) segment.WriteHeader(_options.StoreId, NowMs());
            return false;
        }
    }

    private static void WriteVoid(SegmentFile segment, long start, long end)
    {
        const long MostBytes = 1 << 30;
        Span<byte> header = stackalloc byte[RecordHeader.SizeBytes];
        segment.SyncedLength = Math.Min(segment.SyncedLength, start);
        while (start < end)
        {
            long stride = end - start > MostBytes + RecordHeader.SizeBytes ? MostBytes : end - start;
            new RecordHeader(RecordKind.Void, (int)(stride - RecordHeader.SizeBytes), 0, 0, default)
                .Write(header, RecordHeader.PlaceSeed(segment.Seed, start));
            segment.File.Write(header, start);
            start += stride;
        }
    }

    private void Damage(SegmentFile segment, long offset, long length, string what)
    {
        segment.Damaged = true;
        Report(segment.Path, offset, length, what);
    }

    private void Report(string path, long offset, long length, string what) => _damages.Add(new LogDamage(path, offset, length, what));
}
