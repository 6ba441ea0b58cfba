namespace Dataforts.Simulation.Caching;

/// <summary>Reads a trace as a stream: one request a line, three unsigned 64-bit decimal numbers <c>TIME KEY SIZE</c> with spaces or tabs between.</summary>
/// <remarks>Lines end with LF or CR LF, the last may end without. Memory is one buffer, whatever the trace's length. Not thread-safe; the stream stays the caller's.</remarks>
public sealed class TraceReader(Stream stream)
{
    /// <summary>The longest line, in bytes: three numbers of 20 digits and room for blanks.</summary>
    public const int MaxLineBytes = 1024;

    private const int BufferBytes = 256 << 10;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _start;
    private int _end;
    private bool _ended;
    private long _line;

    /// <summary>How many bytes have been read so far.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Fills a block with the next requests.</summary>
    /// <returns>How many; less than the block's length only at the end.</returns>
    /// <exception cref="TraceFormatException">A line is malformed.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async ValueTask<int> ReadAsync(Memory<TraceRequest> block, CancellationToken cancellationToken)
    {
        int count = 0;
        for (; ; )
        {
            count += Take(block.Span[count..]);
            if (count == block.Length || (_ended && _start == _end)) return count;
            if (_end - _start > MaxLineBytes) throw new TraceFormatException(_line + 1, $"longer than {MaxLineBytes} bytes");
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            int read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            BytesRead += read;
            _end += read;
            _ended = read == 0;
        }
    }

    private int Take(Span<TraceRequest> block)
    {
        int count = 0;
        while (count < block.Length)
        {
            ReadOnlySpan<byte> rest = _buffer.AsSpan(_start, _end - _start);
            int length = rest.IndexOf((byte)'\n');
            if (length < 0)
            {
                if (!_ended || rest.IsEmpty) break;
                block[count++] = Parse(rest);
                _start = _end;
                break;
            }
            block[count++] = Parse(rest[..length]);
            _start += length + 1;
        }
        return count;
    }

    private TraceRequest Parse(ReadOnlySpan<byte> line)
    {
        _line++;
        if (line.EndsWith("\r"u8)) line = line[..^1];
        int at = 0;
        ulong time = Number(line, ref at, "TIME");
        ulong key = Number(line, ref at, "KEY");
        ulong size = Number(line, ref at, "SIZE");
        SkipBlanks(line, ref at);
        if (at < line.Length) throw new TraceFormatException(_line, "something follows SIZE; a line is TIME KEY SIZE");
        return new TraceRequest(time, key, size);
    }

    private ulong Number(ReadOnlySpan<byte> line, ref int at, string name)
    {
        SkipBlanks(line, ref at);
        int first = at;
        ulong value = 0;
        for (; at < line.Length && (uint)(line[at] - '0') <= 9; at++)
        {
            ulong digit = (ulong)(line[at] - '0');
            if (value > (ulong.MaxValue - digit) / 10) throw new TraceFormatException(_line, $"{name} is above {ulong.MaxValue}");
            value = (value * 10) + digit;
        }
        if (at == first || (at < line.Length && line[at] is not ((byte)' ' or (byte)'\t')))
            throw new TraceFormatException(_line, $"{name} is not an unsigned number; a line is TIME KEY SIZE");
        return value;
    }

    private static void SkipBlanks(ReadOnlySpan<byte> line, ref int at)
    {
        while (at < line.Length && line[at] is (byte)' ' or (byte)'\t') at++;
    }
}
