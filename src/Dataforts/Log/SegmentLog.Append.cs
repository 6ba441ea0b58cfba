namespace Dataforts.Log;

internal sealed partial class SegmentLog
{
    // One gathered write takes at most as many records; a mark may come before them.
    private const int RunRecords = 64;
    private const int TogetherBytes = 16 << 10;
    private const long PreallocateBytes = 64 << 20;
    private static readonly byte[] Zeros = new byte[RecordHeader.Alignment];

    private readonly Lock _appendGate = new();
    private readonly byte[] _headers = new byte[(RunRecords + 1) * RecordHeader.SizeBytes];
    private readonly List<ReadOnlyMemory<byte>> _pieces = new(3 * (RunRecords + 1));
    private readonly byte[] _together = new byte[TogetherBytes];
    private FlushMark? _mark;
    private DatafortsException? _failure;
    private bool _isClosed;

    /// <summary>Whether a failed write or flush has ended this log's writing.</summary>
    public bool HasFailed => Volatile.Read(ref _failure) is not null;

    /// <summary>Appends one record. It is in the operating system's cache on return.</summary>
    /// <returns>Its sequence number.</returns>
    /// <inheritdoc cref="Append(ReadOnlySpan{NewRecord}, Span{RecordLocation}, ref int)"/>
    public ulong Append(NewRecord record, out RecordLocation location)
    {
        location = default;
        int appended = 0;
        return Append(new ReadOnlySpan<NewRecord>(in record), new Span<RecordLocation>(ref location), ref appended);
    }

    /// <summary>Appends records one behind the other, in as few gathered writes as segments allow. They are in the system's cache on return.</summary>
    /// <param name="records">What to append.</param>
    /// <param name="locations">Receives where each record's payload lies.</param>
    /// <param name="appended">Receives how many were appended, also when the rest could not be.</param>
    /// <returns>The sequence number of the last.</returns>
    /// <exception cref="DatafortsException">LimitExceeded, NoSpace, ReadOnly or Io: nothing more was appended.
    /// WriterFailed: an earlier call left the log unusable.</exception>
    public ulong Append(ReadOnlySpan<NewRecord> records, Span<RecordLocation> locations, ref int appended)
    {
        lock (_appendGate)
        {
            ThrowIfFailed();
            ThrowIfReadOnly();
            ObjectDisposedException.ThrowIf(_isClosed, this);
            try
            {
                return AppendLocked(records, locations, ref appended);
            }
            catch (DatafortsException error)
            {
                NoteRefusal(error);
                throw;
            }
        }
    }

    private ulong AppendLocked(ReadOnlySpan<NewRecord> records, Span<RecordLocation> locations, ref int appended)
    {
        foreach (ref readonly NewRecord record in records)
        {
            if (record.Bytes.Length <= RecordHeader.MaxPayloadBytes) continue;
            throw new DatafortsException(ErrorKind.LimitExceeded,
                $"a record of {record.Bytes.Length} bytes is over the {RecordHeader.MaxPayloadBytes} of a record's payload");
        }
        while (appended < records.Length) appended += AppendRun(records[appended..], locations[appended..]);
        return _sequence;
    }

    // As many records as the segment has room for, in one write.
    private int AppendRun(ReadOnlySpan<NewRecord> records, Span<RecordLocation> locations)
    {
        SegmentFile segment = SegmentFor(records[0].Stride);
        long start = segment.Length, offset = start, now = NowMs();
        ulong sequence = _sequence;
        int count = 0;
        FlushMark? mark = start + RecordHeader.SizeBytes + records[0].Stride <= _options.SegmentBytes ? _mark : null;
        try
        {
            if (mark is { } flushed) offset = Place(flushed.ToRecord(RecordKind.Flushed), segment, 0, offset, ++sequence, now);
            do
            {
                locations[count] = new RecordLocation((uint)segment.Id, (uint)(offset + RecordHeader.SizeBytes), records[count].Bytes.Length);
                offset = Place(records[count++], segment, count, offset, ++sequence, now);
            }
            while (count < records.Length && count < RunRecords && offset + records[count].Stride <= _options.SegmentBytes);
            Preallocate(segment, offset);
            Write(segment, start, (int)(offset - start));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            // The third is how .NET reports a file that is too long for its file system or the process.
            CutBack(segment, start, error);
            throw DatafortsException.From(error, $"{segment.Path} cannot be written");
        }
        finally
        {
            _pieces.Clear();
        }
        _sequence = sequence;
        segment.Length = offset;
        if (mark is not null) _mark = null;
        return count;
    }

    private long Place(in NewRecord record, SegmentFile segment, int slot, long offset, ulong sequence, long nowMs)
    {
        Memory<byte> header = _headers.AsMemory(slot * RecordHeader.SizeBytes, RecordHeader.SizeBytes);
        new RecordHeader(record.Kind, record.Bytes.Length, sequence, record.WrittenAtMs != 0 ? record.WrittenAtMs : nowMs, record.Hash)
            .Write(header.Span, RecordHeader.PlaceSeed(segment.Seed, offset));
        long stride = record.Stride;
        int padding = (int)(stride - RecordHeader.SizeBytes - record.Bytes.Length);
        _pieces.Add(header);
        if (!record.Bytes.IsEmpty) _pieces.Add(record.Bytes);
        if (padding > 0) _pieces.Add(Zeros.AsMemory(0, padding));
        return offset + stride;
    }

    // A gathered write pins every piece; below some size putting them side by side costs less.
    private void Write(SegmentFile segment, long start, int length)
    {
        if (length > _together.Length)
        {
            segment.Write(_pieces, start);
            return;
        }
        Span<byte> rest = _together;
        foreach (ReadOnlyMemory<byte> piece in _pieces)
        {
            piece.Span.CopyTo(rest);
            rest = rest[piece.Length..];
        }
        segment.Write(_together.AsSpan(0, length), start);
    }

    // In steps, so that a small store does not take the room of a large one.
    private void Preallocate(SegmentFile segment, long end)
    {
        if (end <= segment.PreallocatedEnd) return;
        long upTo = Math.Min(Math.Max(end, segment.Length + PreallocateBytes), Math.Max(end, _options.SegmentBytes));
        segment.Preallocate(segment.Length, upTo);
        segment.PreallocatedEnd = upTo;
    }

    private SegmentFile SegmentFor(long stride)
    {
        if (!_options.Writable) throw new DatafortsException(ErrorKind.ReadOnly, "the store is open for reading only");
        SegmentFile? last = _order.Count > 0 ? _order[^1] : null;
        if (last is { Damaged: false, Sealed: false } && (last.Length == FileHeader.SizeBytes || last.Length + stride <= _options.SegmentBytes)) return last;
        ulong id = _lastId + 1;
        if (id > uint.MaxValue) throw new DatafortsException(ErrorKind.LimitExceeded, $"{_options.Folder} holds a segment with the highest number there is");
        var segment = new SegmentFile(_options, _open, id);
        try
        {
            // The hints of one that had this number, was the last and was compacted away, and whose removal a loss of power undid.
            DeleteHint(id);
            segment.Create(_options.StoreId, NowMs());
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            segment.Dispose();
            throw DatafortsException.From(error, $"{segment.Path} cannot be made");
        }
        _folderIsSynced = false;
        _lastId = id;
        _segments[(uint)id] = segment;
        _order.Add(segment);
        if (last is not null) Seal(last);
        return segment;
    }

    // Half a record must not lie where the next one will begin: behind a shorter record its rest would look like damage.
    private void CutBack(SegmentFile segment, long offset, Exception cause)
    {
        segment.PreallocatedEnd = 0;
        segment.WasCutBack = true;
        try
        {
            segment.SetLength(offset);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Fail($"{segment.Path} cannot be cut back after a failed write ({cause.Message})", error);
        }
    }

    private void Fail(string what, Exception error) =>
        _failure ??= new DatafortsException(ErrorKind.WriterFailed, $"{what}: {error.Message}", error);

    private void ThrowIfFailed()
    {
        if (_failure is { } failure) throw new DatafortsException(failure.Kind, failure.Message, failure);
    }
}
