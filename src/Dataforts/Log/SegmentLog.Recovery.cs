namespace Dataforts.Log;

internal sealed partial class SegmentLog
{
    /// <summary>Reads every segment. Where the last writer did not close in order, or the machine has booted since with bytes not on
    /// stable storage, a new writer verifies those bytes: whole records stay, torn ones become voids, a torn tail is cut off.</summary>
    private void Recover(Action<LogRecord> replay)
    {
        Checkpoint checkpoint = _options.Checkpoint;
        bool cacheIsGone = checkpoint.BootId is null || checkpoint.BootId != StableStorage.BootId();
        List<ulong> ids = SegmentFile.List(_options.Folder);
        foreach (Checkpoint.Segment known in checkpoint.Segments)
        {
            if (!ids.Contains(known.Id))
                Report(new SegmentFile(_options.Folder, known.Id, _options.StoreId, false).Path, 0, known.Length, "the file is missing");
        }
        for (int i = 0; i < ids.Count; i++)
        {
            var segment = new SegmentFile(_options.Folder, ids[i], _options.StoreId, _options.Writable);
            RecoverSegment(segment, checkpoint, cacheIsGone, isLast: i == ids.Count - 1, replay);
        }
        // A segment with bytes that were never flushed may have a folder entry that was not, either.
        _folderIsSynced = _order.TrueForAll(s => s.SyncedLength >= s.Length);
    }

    private void RecoverSegment(SegmentFile segment, Checkpoint checkpoint, bool cacheIsGone, bool isLast, Action<LogRecord> replay)
    {
        Checkpoint.Segment? known = checkpoint.Find(segment.Id);
        long fileLength = RandomAccess.GetLength(segment.Handle);
        if (fileLength < FileHeader.SizeBytes && known is null && isLast && !checkpoint.Clean)
        {
            // The writer died between making the file and filling its header.
            segment.Dispose();
            if (_options.Writable) File.Delete(segment.Path);
            return;
        }
        _segments[(uint)segment.Id] = segment;
        _order.Add(segment);
        segment.Length = fileLength;
        if (!HeaderIsWhole(segment)) return;

        long synced = Math.Min(known?.SyncedLength ?? 0, fileLength);
        bool unsure = !checkpoint.Clean || (cacheIsGone && known is { } k && k.SyncedLength < k.Length);
        var scan = new SegmentScan(segment, fileLength, _sequence);
        scan.Run(_options.Writable && unsure ? synced : long.MaxValue, verifyLast: !checkpoint.Clean && isLast, replay);
        _sequence = Math.Max(_sequence, scan.LastSequence);
        segment.SyncedLength = synced;

        bool mend = _options.Writable && unsure;
        foreach ((long start, long end) in scan.Gaps)
        {
            if (mend && start >= synced) WriteVoid(segment, start, end);
            else if (!unsure || start < synced) Damage(segment, start, end - start, "no record can be read here");
        }
        if (mend)
        {
            foreach (LogRecord broken in scan.Broken)
            {
                long start = broken.Location.Offset - RecordHeader.SizeBytes;
                WriteVoid(segment, start, start + RecordHeader.SizeBytes + RecordHeader.PaddedLength(broken.Location.Length));
            }
        }
        if (known is { } was && fileLength < was.SyncedLength) Damage(segment, fileLength, was.SyncedLength - fileLength, "the file has been cut off");
        else if (!unsure && known is { } closed && fileLength != closed.Length)
            Damage(segment, Math.Min(fileLength, closed.Length), Math.Abs(closed.Length - fileLength),
                $"the file has {fileLength} bytes, and had {closed.Length} when it was last closed");
        else if (!unsure && known is null) Damage(segment, 0, fileLength, "the file was not there when the store was last closed");
        EndAt(segment, scan.End, fileLength, synced, unsure);
    }

    private void EndAt(SegmentFile segment, long end, long fileLength, long synced, bool unsure)
    {
        if (end == fileLength) return;
        if (!unsure || end < synced)
        {
            if (!segment.Damaged) Damage(segment, end, fileLength - end, "no record can be read here");
            return;
        }
        segment.Length = end;
        if (!_options.Writable) return;
        RandomAccess.SetLength(segment.Handle, end);
        segment.SyncedLength = Math.Min(segment.SyncedLength, end);
    }

    private bool HeaderIsWhole(SegmentFile segment)
    {
        Span<byte> bytes = stackalloc byte[FileHeader.SizeBytes];
        int read = RandomAccess.Read(segment.Handle, bytes, 0);
        try
        {
            FileHeader header = FileHeader.Read(bytes[..read], FileHeader.SegmentMagic, segment.Path);
            if (header.StoreId == _options.StoreId && header.Number == segment.Id) return true;
            Damage(segment, 16, 24, "the file belongs to another store or place");
            return true;
        }
        catch (DatafortsException error) when (error.Kind == ErrorKind.StoreDamaged)
        {
            // The header only names the file; its records carry store, segment and place in their own checksums.
            Damage(segment, 0, FileHeader.SizeBytes, error.Message);
            return read == FileHeader.SizeBytes;
        }
    }

    private static void WriteVoid(SegmentFile segment, long start, long end)
    {
        Span<byte> header = stackalloc byte[RecordHeader.SizeBytes];
        int length = checked((int)(end - start - RecordHeader.SizeBytes));
        new RecordHeader(RecordKind.Void, length, 0, 0, default).Write(header, RecordHeader.PlaceSeed(segment.Seed, start));
        RandomAccess.Write(segment.Handle, header, start);
        segment.SyncedLength = Math.Min(segment.SyncedLength, start);
    }

    private void Damage(SegmentFile segment, long offset, long length, string what)
    {
        segment.Damaged = true;
        Report(segment.Path, offset, length, what);
    }

    private void Report(string path, long offset, long length, string what) => _damages.Add(new LogDamage(path, offset, length, what));
}
