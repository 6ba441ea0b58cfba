namespace Dataforts.Log;

internal sealed partial class SegmentLog
{
    private readonly List<Checkpoint.Segment> _absent = [];
    private readonly List<LogDamage> _givenUp = [];
    private List<ulong> _seen = [];
    private bool _cacheIsGone;
    private bool _powerWasLost;
    private bool _tailIsCut;
    private bool _followsAbandoned;
    private readonly List<Action> _holes = [];

    /// <summary>Reads every segment. What the last writer cannot vouch for is told from what it can by its checkpoint: all that lay in the
    /// files when the checkpoint was written, or, when the machine has booted since, all that was on stable storage then. Behind that line
    /// a new writer verifies every byte: whole records stay, torn ones become voids, a torn tail is cut off. Before it, or when the last
    /// writer closed in order, what cannot be read is damage: reported, and never written to.</summary>
    /// <remarks>A loss of power may take a record and spare a later one. No flush that returned can lie behind such a hole, and a name there
    /// may speak of chunks that are gone, so what is not a chunk is given up behind it (where the system tells one boot from the next). A device that
    /// forgot what it refused leaves such a hole as well, and the record of the refusal says where.</remarks>
    private void Recover(Action<LogRecord> replay, CancellationToken cancellationToken)
    {
        Checkpoint checkpoint = _options.Checkpoint;
        Guid? boot = StableStorage.BootId();
        _cacheIsGone = checkpoint.BootId is null || checkpoint.BootId != boot;
        _powerWasLost = checkpoint.BootId is { } then && then != boot;
        List<ulong> present = SegmentFile.List(_options.Folder);
        _seen = present;
        ReadMarks(present);
        ulong lastKnown = checkpoint.Segments.Count == 0 ? 0 : checkpoint.Segments.Max(s => s.Id);
        ulong previous = 0;
        HashSet<ulong> there = [.. present];
        foreach (ulong id in present.Union(checkpoint.Segments.Select(s => s.Id)).Order())
        {
            if (id > lastKnown && IsHole(Math.Max(previous, lastKnown), id)) _tailIsCut |= _powerWasLost;
            _followsAbandoned = _abandoned.Any(other => other >= previous && other < id);
            previous = id;
            cancellationToken.ThrowIfCancellationRequested();
            if (_forsaken.Contains(id) || (id < lastKnown && checkpoint.Find(id) is null)) RemoveForsaken(id);
            else if (there.Contains(id)) RecoverSegment(new SegmentFile(_options, _open, id), replay);
            else MissSegment(checkpoint.Find(id)!.Value);
        }
        _lastId = previous;
        foreach (SegmentFile segment in _order.SkipLast(1)) segment.Sealed = true;
        if (_options.Writable) DeleteStrayHints(there);
        // A hole tells that what lies behind it, in whichever segment, is given up: so it goes when all of that is on the device as given up.
        foreach (Action fill in _holes) fill();
        // What was settled counts as being on the device from here on; without its entry in the folder it would not be there.
        if (!_folderIsSynced) _options.Device.FlushFolder(_options.Folder);
        _folderIsSynced = true;
        // A segment with bytes that were never flushed may have a folder entry that was not, either.
        _folderIsSynced = _folderIsSynced && _order.TrueForAll(s => s.SyncedLength >= s.Length);
        NoteLostTail();
    }

    /// <summary>Begins a segment when the newest one there was is missing: the one before it takes no more, or it would look as if it had ended when
    /// that was there. Not before a checkpoint says that the store is open.</summary>
    /// <returns>Whether there is a new one, which the next checkpoint lists.</returns>
    public bool BeginBehindMissing()
    {
        lock (_appendGate)
        {
            if ((_order.Count == 0 ? 0 : _order[^1].Id) == _lastId) return false;
            if (_order.Count > 0) _order[^1].Sealed = true;
            _ = SegmentFor(0);
            return true;
        }
    }

    private bool IsHole(ulong before, ulong id) => id - before - 1 != (ulong)_forsaken.Count(other => other > before && other < id);

    // One of which nothing ever reached the device, or one that the last checkpoint does not list although it lists a later one: that was
    // compacted, and the device kept its file.
    private void RemoveForsaken(ulong id)
    {
        if (!_options.Writable) return;
        _folderIsSynced = false;
        DeleteHint(id);
        _options.Device.Delete(SegmentFile.PathOf(_options.Folder, id));
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
        long vouchedFor = Math.Min(VouchedFor(segment.Id, known, fileLength), _ends.GetValueOrDefault(segment.Id, long.MaxValue));
        bool unsure = !checkpoint.Clean || (known is { } c && vouchedFor < c.Length);
        long mendFrom = unsure ? vouchedFor : long.MaxValue;
        if (IsUndone(known, fileLength))
        {
            segment.Dispose();
            RemoveForsaken(segment.Id);
            return;
        }
        if (fileLength < FileHeader.SizeBytes && mendFrom < FileHeader.SizeBytes)
        {
            // The file was made, and its header never reached it.
            _tailIsCut |= _powerWasLost;
            segment.Dispose();
            if (_options.Writable) _holes.Add(() => RemoveForsaken(segment.Id));
            return;
        }
        _segments[(uint)segment.Id] = segment;
        _order.Add(segment);
        segment.Length = segment.SeenLength = fileLength;
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
        segment.FlushData();
        segment.SyncedLength = segment.Length;
        _folderIsSynced = false;
    }

    // One that could not be made was removed at once. A loss of power may bring back its name, but never a record in it.
    private bool IsUndone(Checkpoint.Segment? known, long fileLength) =>
        known is null && _options.Checkpoint.Clean && _powerWasLost && fileLength <= FileHeader.SizeBytes;

    // Bytes behind a segment's end were refused by the device, or given up: what is there now is nobody's.
    private long CutToEnd(SegmentFile segment)
    {
        long length = segment.File.Length;
        if (!_ends.TryGetValue(segment.Id, out long end) || end >= length) return length;
        // Closed in order, it is as long as it was then; only a loss of power may undo what made it shorter.
        if (_options.Checkpoint.Clean && !_powerWasLost) return length;
        if (_options.Writable) segment.SetLength(end);
        segment.Sealed = true;
        return end;
    }

    // A flush may have failed under the last writer, and the system then holds bytes that the device does not. They are pushed through and
    // read back before they are trusted.
    private void SettleOnDevice(SegmentFile segment)
    {
        _folderIsSynced = false;
        segment.FlushData();
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
            // The tail of the segment before may be gone without a trace: then the numbers have a hole where this one begins.
            bool begins = record.Start == FileHeader.SizeBytes && mendFrom <= record.Start;
            if (begins && record.Sequence != _sequence + 1 && !_followsAbandoned) _tailIsCut |= _powerWasLost;
            if (record.Kind is not (RecordKind.Flushed or RecordKind.Abandoned or RecordKind.Chunk or RecordKind.Copy) && IsBehindHole(record, scan, mendFrom))
            {
                live += record.End - record.Start;
                orphans.Add(record);
                return;
            }
            // Numbers of what was given up are used again, so that they leave no hole.
            _sequence = Math.Max(_sequence, record.Sequence);
            if (record.Kind is RecordKind.Flushed or RecordKind.Abandoned) return;
            live += record.End - record.Start;
            replay(record);
        });
        Interlocked.Add(ref segment.GarbageBytes, scan.End - from - live);
        _tailIsCut |= _powerWasLost && scan.HasTornRecords;
        HasLostRecords |= scan.HasTornRecords || orphans.Count > 0 || (scan.End != fileLength && scan.End >= mendFrom);
        _givenUp.AddRange(orphans.Select(orphan => new LogDamage(segment.Path, orphan.Start, orphan.End - orphan.Start,
            $"a {orphan.Kind} record behind a hole that a loss of power or the device left was given up")));
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
        _holes.Add(() =>
        {
            segment.SetLength(scan.End);
            FlushFilled(segment);
        });
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

    private bool IsBehindHole(LogRecord record, SegmentScan scan, long mendFrom) =>
        (record.Start >= mendFrom && (_tailIsCut || (_powerWasLost && scan.HasTornRecords))) || IsBehindLoss(record);

    private void Mend(SegmentFile segment, SegmentScan scan, long mendFrom, List<LogRecord> orphans)
    {
        foreach (LogRecord orphan in orphans) WriteVoid(segment, orphan.Start, orphan.End);
        if (orphans.Count > 0) segment.FlushData();
        if (scan.Torn.Count > 0 || scan.Unpadded.Count > 0 || scan.Gaps.Exists(gap => gap.Start >= mendFrom))
            _holes.Add(() => FillHoles(segment, scan, mendFrom));
    }

    private static void FillHoles(SegmentFile segment, SegmentScan scan, long mendFrom)
    {
        foreach ((long start, long end) in scan.Gaps)
        {
            if (start >= mendFrom) WriteVoid(segment, start, end);
        }
        foreach (LogRecord torn in scan.Torn) WriteVoid(segment, torn.Start, torn.End);
        foreach (LogRecord unpadded in scan.Unpadded)
        {
            long from = unpadded.Location.Offset + unpadded.Location.Length;
            segment.File.Write(Zeros.AsSpan(0, (int)(unpadded.End - from)), from);
        }
        FlushFilled(segment);
    }

    // What was there must not come back: names that are flushed from now on would be taken for lying behind a hole.
    private static void FlushFilled(SegmentFile segment)
    {
        segment.FlushData();
        segment.SyncedLength = segment.Length;
        segment.Rest();
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
