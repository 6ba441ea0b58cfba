using System.Buffers;
using System.Buffers.Binary;

namespace Dataforts.Log;

/// <summary>Walks the records of one segment by their headers, and finds its way again behind damage.</summary>
/// <param name="segment">The segment.</param>
/// <param name="fileLength">Its bytes.</param>
/// <param name="lastSequence">The highest sequence number before it.</param>
/// <param name="mendFrom">Nobody vouches for the bytes from here on: records there may be torn.</param>
internal sealed class SegmentScan(SegmentFile segment, long fileLength, ulong lastSequence, long mendFrom)
{
    private const int BlockBytes = 4096;
    private const int WindowBytes = 16 * BlockBytes;
    private const int ResyncBytes = 1 << 20;

    private readonly byte[] _window = new byte[WindowBytes];
    private long _windowStart;
    private int _windowLength;
    private long _lastStride = WindowBytes;

    /// <summary>Stretches that hold no record although records follow.</summary>
    public List<(long Start, long End)> Gaps { get; } = [];

    /// <summary>Records that nobody vouches for and whose payload does not hash to what their header says.</summary>
    public List<LogRecord> Torn { get; } = [];

    /// <summary>Whole records that nobody vouches for, and that are followed by bytes that should be zero and are not.</summary>
    public List<LogRecord> Unpadded { get; } = [];

    /// <summary>Stretches that the system cannot read.</summary>
    public List<(long Start, long End)> Unreadable { get; } = [];

    /// <summary>Whether something is missing, so far, that nobody vouched for.</summary>
    public bool HasTornRecords => Torn.Count > 0 || (Gaps.Count > 0 && Gaps[^1].End > mendFrom);

    /// <summary>The end of the last record; what lies behind it is a torn tail.</summary>
    public long End { get; private set; } = FileHeader.SizeBytes;

    /// <summary>The highest sequence number met.</summary>
    public ulong LastSequence { get; private set; } = lastSequence;

    /// <summary>Gives each record to <paramref name="onRecord"/>, in order. Payloads of records that nobody vouches for are hashed first,
    /// all or only the last one's, and given only when they are whole.</summary>
    public void Run(long from, bool verifyAll, Action<LogRecord> onRecord)
    {
        LogRecord? pending = null;
        long offset = End = from;
        while (offset < fileLength)
        {
            if (!TryHeader(offset, out RecordHeader header))
            {
                long next = Resync(offset + RecordHeader.SizeBytes);
                if (next < 0) break;
                if (pending is { } sound) onRecord(sound);
                pending = null;
                Gaps.Add((offset, next));
                offset = next;
                continue;
            }
            if (pending is { } before) onRecord(before);
            pending = null;
            var record = new LogRecord(header.Kind, header.Hash, header.Sequence, header.WrittenAtMs,
                new RecordLocation((uint)segment.Id, (uint)(offset + RecordHeader.SizeBytes), header.PayloadLength));
            if (header.Kind != RecordKind.Void)
            {
                LastSequence = header.Sequence;
                if (!verifyAll || offset < mendFrom || PayloadIsWhole(record)) pending = record;
                else Torn.Add(record);
            }
            _lastStride = header.Stride;
            offset += header.Stride;
            End = offset;
        }
        if (pending is { } last)
        {
            if (verifyAll || last.Start < mendFrom || PayloadIsWhole(last)) onRecord(last);
            else End = last.Start;
        }
    }

    /// <summary>The records from a place on, marks among them, as their headers have them: nothing is hashed.</summary>
    public List<LogRecord> RecordsFrom(long offset)
    {
        var records = new List<LogRecord>();
        Run(offset, verifyAll: false, records.Add);
        return records;
    }

    /// <summary>As <see cref="RecordsFrom"/>, with events that lie one behind the other as one.</summary>
    public List<LogRecord> RunsFrom(long offset)
    {
        var runs = new EventRuns();
        Run(offset, verifyAll: false, runs.Add);
        return runs.ToList();
    }

    private bool TryHeader(long offset, out RecordHeader header) => TryHeader(Window(offset), offset, out header);

    private bool TryHeader(ReadOnlySpan<byte> bytes, long offset, out RecordHeader header) =>
        RecordHeader.TryRead(bytes, RecordHeader.PlaceSeed(segment.Seed, offset), out header)
        && offset + header.Stride <= fileLength
        && (header.Kind == RecordKind.Void || header.Sequence > LastSequence);

    // Short records are read many at a time; between long ones a block is enough.
    private ReadOnlySpan<byte> Window(long offset)
    {
        if (offset < _windowStart || offset + RecordHeader.SizeBytes > _windowStart + _windowLength)
        {
            _windowStart = offset;
            _windowLength = ReadFully(_window.AsSpan(0, _lastStride < WindowBytes / 2 ? WindowBytes : RecordHeader.SizeBytes), offset);
        }
        return _window.AsSpan((int)(offset - _windowStart), _windowLength - (int)(offset - _windowStart));
    }

    private long Resync(long from)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ResyncBytes);
        try
        {
            // Most gaps are short: the stretches read grow, so that many of them cost no more than a long one.
            int length = WindowBytes;
            for (long start = from; start + RecordHeader.SizeBytes <= fileLength; start += length - RecordHeader.SizeBytes)
            {
                if (start > from) length = Math.Min(2 * length, ResyncBytes);
                ReadOnlySpan<byte> bytes = buffer.AsSpan(0, ReadFully(buffer.AsSpan(0, length), start));
                for (int i = 0; i + RecordHeader.SizeBytes <= bytes.Length; i += RecordHeader.Alignment)
                {
                    if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[i..]) == RecordHeader.Magic
                        && TryHeader(bytes[i..], start + i, out _))
                    {
                        return start + i;
                    }
                }
            }
            return -1;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private bool PayloadIsWhole(LogRecord record)
    {
        // Where others have their hash, marks have what they say; their header's checksum covers all there is of them.
        if (record.Kind is RecordKind.Flushed or RecordKind.Abandoned) return true;
        int padded = (int)(record.End - record.Location.Offset);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(padded);
        try
        {
            ReadOnlySpan<byte> bytes = buffer.AsSpan(0, ReadFully(buffer.AsSpan(0, padded), record.Location.Offset));
            if (bytes.Length < padded || !record.Matches(bytes[..record.Location.Length])) return false;
            if (bytes[record.Location.Length..].ContainsAnyExcept((byte)0)) Unpadded.Add(record);
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // What cannot be read is as if it were zero, and told: one bad block must not hide the others.
    private int ReadFully(Span<byte> destination, long offset)
    {
        try
        {
            return segment.Read(destination, offset);
        }
        catch (IOException)
        {
            return ReadByBlocks(destination[..(int)Math.Min(destination.Length, fileLength - offset)], offset);
        }
    }

    private int ReadByBlocks(Span<byte> destination, long offset)
    {
        for (int done = 0; done < destination.Length;)
        {
            int length = Math.Min(destination.Length - done, BlockBytes - (int)((offset + done) % BlockBytes));
            Span<byte> block = destination.Slice(done, length);
            try
            {
                segment.Read(block, offset + done);
            }
            catch (IOException)
            {
                block.Clear();
                Unreadable.Add((offset + done, offset + done + length));
            }
            done += length;
        }
        return destination.Length;
    }
}
