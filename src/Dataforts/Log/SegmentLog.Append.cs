using Dataforts.Content;

namespace Dataforts.Log;

internal sealed partial class SegmentLog
{
    private static readonly byte[] Zeros = new byte[RecordHeader.Alignment];

    private readonly Lock _appendGate = new();
    private readonly byte[] _header = new byte[RecordHeader.SizeBytes];
    private readonly ReadOnlyMemory<byte>[] _gather = new ReadOnlyMemory<byte>[3];
    private DatafortsException? _failure;
    private bool _isClosed;

    /// <summary>Whether a failed write or flush has ended this log's writing.</summary>
    public bool HasFailed => Volatile.Read(ref _failure) is not null;

    /// <summary>Appends one record in one gathered write. It is in the operating system's cache on return.</summary>
    /// <exception cref="DatafortsException">LimitExceeded, NoSpace, ReadOnly or Io: nothing was appended.
    /// WriterFailed: an earlier call left the log unusable.</exception>
    public RecordLocation Append(RecordKind kind, in BlobHash hash, ReadOnlyMemory<byte> payload)
    {
        AppendNumbered(kind, hash, payload, out RecordLocation location);
        return location;
    }

    /// <summary>As <see cref="Append"/>, and says the record's sequence number.</summary>
    public ulong AppendNumbered(RecordKind kind, in BlobHash hash, ReadOnlyMemory<byte> payload, out RecordLocation location)
    {
        lock (_appendGate)
        {
            ThrowIfFailed();
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (payload.Length > RecordHeader.MaxPayloadBytes)
            {
                throw new DatafortsException(ErrorKind.LimitExceeded,
                    $"a record of {payload.Length} bytes is over the {RecordHeader.MaxPayloadBytes} of a record's payload");
            }
            long stride = RecordHeader.SizeBytes + RecordHeader.PaddedLength(payload.Length);
            SegmentFile segment = SegmentFor(stride);
            long offset = segment.Length;
            var header = new RecordHeader(kind, payload.Length, _sequence + 1, NowMs(), hash);
            header.Write(_header, RecordHeader.PlaceSeed(segment.Seed, offset));
            _gather[0] = _header;
            _gather[1] = payload;
            _gather[2] = Zeros.AsMemory(0, (int)(stride - RecordHeader.SizeBytes - payload.Length));
            try
            {
                RandomAccess.Write(segment.Handle, _gather, offset);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
            {
                // The third is how .NET reports a file that is too long for its file system or the process.
                CutBack(segment, offset, error);
                throw DatafortsException.From(error, $"{segment.Path} cannot be written");
            }
            finally
            {
                _gather[1] = default;
            }
            _sequence++;
            segment.Length = offset + stride;
            location = new RecordLocation((uint)segment.Id, (uint)(offset + RecordHeader.SizeBytes), payload.Length);
            return _sequence;
        }
    }

    private SegmentFile SegmentFor(long stride)
    {
        if (!_options.Writable) throw new DatafortsException(ErrorKind.ReadOnly, "the store is open for reading only");
        SegmentFile? last = _order.Count > 0 ? _order[^1] : null;
        if (last is { Damaged: false } && (last.Length == FileHeader.SizeBytes || last.Length + stride <= _options.SegmentBytes)) return last;
        ulong id = _lastId + 1;
        if (id > uint.MaxValue) throw new DatafortsException(ErrorKind.LimitExceeded, $"{_options.Folder} holds a segment with the highest number there is");
        var segment = new SegmentFile(_options.Folder, id, _options.StoreId, writable: true);
        try
        {
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
        return segment;
    }

    // Half a record must not lie where the next one will begin: behind a shorter record its rest would look like damage.
    private void CutBack(SegmentFile segment, long offset, Exception cause)
    {
        try
        {
            RandomAccess.SetLength(segment.Handle, offset);
        }
        catch (IOException error)
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
