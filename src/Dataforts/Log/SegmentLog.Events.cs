namespace Dataforts.Log;

internal sealed partial class SegmentLog
{
    /// <summary>Bytes that <see cref="AppendFramed"/> needs before the first record, for a mark.</summary>
    public const int FrameMargin = RecordHeader.SizeBytes;

    /// <summary>Whether what the last writer appended and nobody flushed may be gone, also where nothing in the files shows it.</summary>
    public bool TailMayBeLost { get; private set; }

    /// <summary>Whether the last writer closed the log in order.</summary>
    public bool WasClosedInOrder => _options.Checkpoint.Clean;

    /// <summary>Appends records that lie one behind the other in memory as they will in the file, in one write and without a copy. They are in the
    /// system's cache on return.</summary>
    /// <param name="bytes"><see cref="FrameMargin"/> bytes, then each record: a header (<see cref="RecordHeader.WriteDraft"/>), payload and padding.
    /// All go into one segment.</param>
    /// <param name="first">Receives where the first record's payload lies.</param>
    /// <param name="nowMs">Receives when they were written, Unix milliseconds; a draft may say another time.</param>
    /// <exception cref="DatafortsException">As <see cref="Append(NewRecord, out RecordLocation)"/>.</exception>
    public void AppendFramed(Span<byte> bytes, out RecordLocation first, out long nowMs)
    {
        lock (_appendGate)
        {
            ThrowIfFailed();
            ThrowIfReadOnly();
            ObjectDisposedException.ThrowIf(_isClosed, this);
            try
            {
                AppendFramedLocked(bytes, out first, out nowMs);
            }
            catch (DatafortsException error)
            {
                NoteRefusal(error);
                throw;
            }
        }
    }

    private void AppendFramedLocked(Span<byte> bytes, out RecordLocation first, out long nowMs)
    {
        Span<byte> records = bytes[FrameMargin..];
        SegmentFile segment = SegmentFor(records.Length);
        long start = segment.Length, offset = start;
        ulong sequence = _sequence;
        nowMs = NowMs();
        bool isMarked = _mark is not null && start + FrameMargin + records.Length <= _options.SegmentBytes;
        if (isMarked)
        {
            NewRecord mark = _mark!.Value.ToRecord(RecordKind.Flushed);
            new RecordHeader(mark.Kind, 0, ++sequence, nowMs, mark.Hash).Write(bytes, RecordHeader.PlaceSeed(segment.Seed, offset));
            offset += RecordHeader.SizeBytes;
        }
        first = new RecordLocation((uint)segment.Id, (uint)(offset + RecordHeader.SizeBytes), RecordHeader.DraftLength(records));
        for (int at = 0; at < records.Length;)
        {
            Span<byte> record = records[at..];
            RecordHeader.Complete(record, ++sequence, nowMs, RecordHeader.PlaceSeed(segment.Seed, offset + at));
            at += (int)(RecordHeader.SizeBytes + RecordHeader.PaddedLength(RecordHeader.DraftLength(record)));
        }
        offset += records.Length;
        try
        {
            Preallocate(segment, offset);
            segment.Write(isMarked ? bytes : records, start);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            CutBack(segment, start, error);
            throw DatafortsException.From(error, $"{segment.Path} cannot be written");
        }
        _sequence = sequence;
        segment.Length = offset;
        if (isMarked) _mark = null;
    }

    /// <summary>What stands for a segment in the checksums of its headers; null where there is none.</summary>
    public uint? SeedOf(uint segment) => _segments.TryGetValue(segment, out SegmentFile? file) ? file.Seed : null;

    /// <summary>Says that bytes of a segment are of no use any more: as <see cref="Release"/>, for records that lie one behind the other.</summary>
    public void ReleaseBytes(uint segment, long bytes)
    {
        if (bytes <= 0 || !_segments.TryGetValue(segment, out SegmentFile? file)) return;
        if (Interlocked.Add(ref file.GarbageBytes, bytes) == bytes && _isOpen) Volatile.Write(ref file.GarbageSinceMs, NowMs());
    }

    // Bytes that were acknowledged as buffered go with the cache, and leave no trace where they were the last.
    private void NoteLostTail()
    {
        Checkpoint checkpoint = _options.Checkpoint;
        bool wasUnsynced = !checkpoint.Clean || checkpoint.Segments.Any(segment => segment.Length > segment.SyncedLength);
        TailMayBeLost = HasLostRecords || IsRebuild || (_cacheIsGone && wasUnsynced);
    }
}
