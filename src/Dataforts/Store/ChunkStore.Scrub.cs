using System.Buffers;
using Dataforts.Content;
using Dataforts.Log;

namespace Dataforts.Store;

public sealed partial class ChunkStore
{
    private const int ScrubBlockBytes = 1 << 20;

    /// <summary>Reads every stored chunk from the device, in the order in which they lie there, and verifies it. A wrong one is had from elsewhere and
    /// written anew, or put into quarantine; in a store open for reading it is only told. What cannot be read is told, and passed over.</summary>
    /// <param name="options">Where to begin, how fast, and where right bytes may be had.</param>
    /// <param name="progress">Told after every mebibyte or so; its position is where another run may begin.</param>
    /// <param name="cancellationToken">Ends the scrub; what was put into quarantine stays there.</param>
    /// <remarks>Puts, reads and compaction go on meanwhile. The system's cached copy of each segment is given up before it is read.</remarks>
    /// <exception cref="DatafortsException">ReadOnly, NoSpace, WriterFailed or Io: a wrong chunk was found, and the log cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<ScrubReport> ScrubAsync(
        ScrubOptions? options = null, IProgress<ScrubProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        options ??= new ScrubOptions();
        var findings = new ScrubFindings();
        await Task.Run(() => ScrubSegmentsAsync(options, findings, progress, cancellationToken), cancellationToken).ConfigureAwait(false);
        await MendTheRestAsync(findings, options.Repair, cancellationToken).ConfigureAwait(false);
        return findings.ToReport();
    }

    private async Task ScrubSegmentsAsync(
        ScrubOptions options, ScrubFindings findings, IProgress<ScrubProgress>? progress, CancellationToken cancellationToken)
    {
        IReadOnlyList<SegmentUsage> segments = _log.Usage();
        long total = segments.Sum(segment => segment.Bytes), done = 0;
        foreach (SegmentUsage segment in segments)
        {
            if (segment.Id >= options.From.Segment)
            {
                long from = segment.Id == options.From.Segment ? options.From.Offset : 0;
                var passed = new ScrubProgress(done, total, default);
                await ScrubSegmentAsync(segment, from, options, findings, passed, progress, cancellationToken).ConfigureAwait(false);
            }
            done += segment.Bytes;
            progress?.Report(new ScrubProgress(done, total, new ScrubPosition(segment.Id + 1, 0)));
        }
    }

    private async Task ScrubSegmentAsync(
        SegmentUsage segment, long from, ScrubOptions options, ScrubFindings findings, ScrubProgress passed, IProgress<ScrubProgress>? progress,
        CancellationToken cancellationToken)
    {
        ulong id = segment.Id;
        _ = _log.TryDropCache(id);
        byte[] block = ArrayPool<byte>.Shared.Rent(ScrubBlockBytes);
        try
        {
            // What is appended meanwhile is the next run's.
            for (long at = Math.Max(from, FileHeader.SizeBytes); at < segment.Bytes && _log.Survey(id, at) is { } survey; at = survey.End)
            {
                List<LogRecord> records = RecordsToScrub(id, at, survey, findings);
                for (int next = 0; next < records.Count;)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    int end = EndOfBlock(records, next);
                    long reached = records[end - 1].End, bytes = reached - records[next].Start;
                    next = await ScrubBlockAsync(records, next, end, block, options.Repair, findings, cancellationToken).ConfigureAwait(false);
                    if (options.Pace is { } pace) await pace.TakeAsync(bytes, cancellationToken).ConfigureAwait(false);
                    progress?.Report(passed with { BytesDone = passed.BytesDone + reached, Position = new ScrubPosition(id, reached) });
                }
                if (!survey.IsWhole) return;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private async Task<int> ScrubBlockAsync(List<LogRecord> records, int next, int end, byte[] block, IChunkRepair? repair, ScrubFindings findings,
        CancellationToken cancellationToken)
    {
        RecordLocation first = records[next].Location;
        int read = ReadBlock(first, records[end - 1], block);
        for (; next < end; next++)
        {
            bool isSeenWhole = IsWholeIn(block.AsSpan(0, read), first.Offset, records[next]);
            await ScrubRecordAsync(records[next], isSeenWhole, repair, findings, cancellationToken).ConfigureAwait(false);
        }
        return end;
    }

    // The device is read in long pieces: records that lie within one, and at least one record.
    private static int EndOfBlock(List<LogRecord> records, int start)
    {
        int end = start + 1;
        while (end < records.Count && records[end].End - records[start].Location.Offset <= ScrubBlockBytes) end++;
        return end;
    }

    // 0 where it cannot be read in one piece: its records are then looked at one by one.
    private int ReadBlock(RecordLocation first, LogRecord last, byte[] block)
    {
        long length = last.Location.Offset + last.Location.Length - first.Offset;
        if (length > block.Length) return 0;
        try
        {
            return Math.Max(0, _log.Read(first, 0, block.AsSpan(0, (int)length)));
        }
        catch (DatafortsException error) when (error.Kind == ErrorKind.Io)
        {
            return 0;
        }
    }

    private static bool IsWholeIn(ReadOnlySpan<byte> block, uint blockOffset, LogRecord record)
    {
        long start = (long)record.Location.Offset - blockOffset;
        return start + record.Location.Length <= block.Length
            && record.Matches(block.Slice((int)start, record.Location.Length));
    }

    // Chunks that count, and records that nothing replaces; in the order of the file. What a damaged header hides, the index may know all the same.
    private List<LogRecord> RecordsToScrub(ulong id, long from, SegmentSurvey survey, ScrubFindings findings)
    {
        List<LogRecord> records = survey.Records.FindAll(record => record.Kind switch
        {
            RecordKind.Chunk => TryLocate(record.Hash, out RecordLocation at) && at == record.Location,
            RecordKind.Name or RecordKind.Pin or RecordKind.ContentHash or RecordKind.Removal or RecordKind.Lease => true,
            RecordKind.Events or RecordKind.Channel => Events.IsLive(record),
            _ => false,
        });
        if (survey.IsWhole) return records;
        findings.DamagedFiles.Add(_log.PathOf(new RecordLocation((uint)id, 0, 0)));
        HashSet<RecordLocation> known = [.. records.Select(record => record.Location)];
        foreach ((BlobHash hash, RecordLocation location) in _index.Enumerate())
        {
            if (location.Segment == id && location.Offset >= from && !known.Contains(location))
                records.Add(new LogRecord(RecordKind.Chunk, hash, 0, 0, location));
        }
        records.Sort((one, other) => one.Location.Offset.CompareTo(other.Location.Offset));
        return records;
    }

    private async Task ScrubRecordAsync(
        LogRecord record, bool isSeenWhole, IChunkRepair? repair, ScrubFindings findings, CancellationToken cancellationToken)
    {
        if (record.Kind != RecordKind.Chunk)
        {
            if (!isSeenWhole && !IsWhole(record)) findings.DamagedFiles.Add(_log.PathOf(record.Location));
            return;
        }
        findings.Chunks++;
        findings.Bytes += record.Location.Length;
        DatafortsMeter.BytesScrubbed.Add(record.Location.Length);
        if (!isSeenWhole && Examine(record.Hash, record.Location) is { } wrong)
            await MendAsync(record.Hash, record.Location, wrong, repair, findings, cancellationToken).ConfigureAwait(false);
    }

    // What is wrong with what lies in a place: null for nothing. A first bad look may be the fault of the way here, so a second one decides.
    private ErrorKind? Examine(in BlobHash hash, RecordLocation location)
    {
        ErrorKind? wrong = LookAt(hash, location);
        if (wrong is null) return null;
        _ = _log.TryDropCache(location.Segment);
        return LookAt(hash, location);
    }

    private ErrorKind? LookAt(in BlobHash hash, RecordLocation location, bool isOwn = true)
    {
        using ChunkBuffer buffer = ChunkBuffer.Rent(location.Length);
        try
        {
            bool isWhole = _log.Read(location, 0, buffer.Writable.Span) == location.Length && BlobHash.Compute(buffer.Memory.Span) == hash;
            return isWhole || (isOwn && (!TryLocate(hash, out RecordLocation now) || now != location)) ? null : ErrorKind.ChunkCorrupt;
        }
        catch (DatafortsException error) when (error.Kind == ErrorKind.Io)
        {
            return ErrorKind.Io;
        }
    }

    private bool IsWhole(LogRecord record)
    {
        using ChunkBuffer buffer = ChunkBuffer.Rent(record.Location.Length);
        try
        {
            int read = _log.Read(record.Location, 0, buffer.Writable.Span);
            return (read == record.Location.Length && record.Matches(buffer.Memory.Span)) || !_log.HasSegment(record.Location.Segment);
        }
        catch (DatafortsException error) when (error.Kind == ErrorKind.Io)
        {
            return false;
        }
    }

    private async Task MendAsync(
        BlobHash hash, RecordLocation location, ErrorKind wrong, IChunkRepair? repair, ScrubFindings findings, CancellationToken cancellationToken)
    {
        DatafortsMeter.IntegrityFailures.Add(1);
        // From here on a put of the same content is not taken for one of what is there.
        _rotten.TryAdd(hash, 0);
        if (IsWritable && await TryPutBackFromCopyAsync(hash, location.Length, cancellationToken).ConfigureAwait(false))
        {
            findings.Repaired.Add(hash);
            return;
        }
        if (IsWritable && repair is not null && await TryRepairAsync(hash, location.Length, repair, cancellationToken).ConfigureAwait(false))
        {
            findings.Repaired.Add(hash);
            return;
        }
        // A device that cannot be read now may be readable later; only what is known to be wrong is given up.
        if (wrong == ErrorKind.Io || HasUnreadableCopy(hash))
        {
            findings.Unreadable.Add(hash);
            return;
        }
        findings.Corrupt.Add(hash);
        if (IsWritable) await PutIntoQuarantineAsync(hash, location, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<bool> TryPutBackFromCopyAsync(BlobHash hash, int length, CancellationToken cancellationToken)
    {
        using ChunkBuffer? copy = ReadCopy(hash, length);
        if (copy is null || copy.Length != length) return false;
        PutBack(ChunkVerifier.Verify(hash, length, copy.Memory));
        await FlushAsync(cancellationToken).ConfigureAwait(false);
        DatafortsMeter.ChunksRepaired.Add(1);
        return true;
    }

    // Also what earlier runs put into quarantine.
    private async Task MendTheRestAsync(ScrubFindings findings, IChunkRepair? repair, CancellationToken cancellationToken)
    {
        List<BlobHash> copies = FindBadCopies(cancellationToken);
        if (repair is null || !IsWritable)
        {
            findings.Corrupt.AddRange(copies.Except(findings.Corrupt));
            return;
        }
        BlobHash[] quarantined = [.. ListQuarantine().Select(chunk => chunk.Hash)];
        BlobHash[] unreadable = [.. findings.Unreadable.Where(hash => _rotten.ContainsKey(hash))];
        if (quarantined.Length + unreadable.Length + copies.Count == 0) return;
        await repair.MendAsync([.. quarantined, .. unreadable, .. copies], cancellationToken).ConfigureAwait(false);
        await FlushAsync(cancellationToken).ConfigureAwait(false);
        // A chunk that is there again, or is not rotten any more, was written anew.
        BlobHash[] mended = [.. quarantined.Where(hash => Contains(hash)), .. unreadable.Where(hash => !_rotten.ContainsKey(hash))];
        List<BlobHash> left = copies.Count == 0 ? copies : FindBadCopies(cancellationToken);
        mended = [.. mended, .. copies.Except(left)];
        findings.Corrupt.AddRange(left.Except(findings.Corrupt));
        findings.Repaired.AddRange(mended.Except(findings.Repaired));
        findings.Corrupt.RemoveAll(hash => mended.Contains(hash));
        findings.Unreadable.RemoveAll(hash => mended.Contains(hash));
        DatafortsMeter.ChunksRepaired.Add(mended.Length);
    }

    private async Task<bool> TryRepairAsync(BlobHash hash, int length, IChunkRepair repair, CancellationToken cancellationToken)
    {
        VerifiedChunk right;
        ChunkBuffer? bytes;
        try
        {
            bytes = await repair.RepairAsync(hash, length, cancellationToken).ConfigureAwait(false);
        }
        catch (DatafortsException error) when (error.Kind is not (ErrorKind.WriterFailed or ErrorKind.ReadOnly or ErrorKind.NoSpace or ErrorKind.LimitExceeded))
        {
            return false;
        }
        if (bytes is null) return false;
        using (bytes)
        {
            try
            {
                right = ChunkVerifier.Verify(hash, length, bytes.Memory);
            }
            catch (IntegrityException)
            {
                return false;
            }
            Put(right);
        }
        await FlushAsync(cancellationToken).ConfigureAwait(false);
        DatafortsMeter.ChunksRepaired.Add(1);
        return true;
    }
}
