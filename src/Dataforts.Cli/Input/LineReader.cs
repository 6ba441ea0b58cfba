namespace Dataforts.Cli.Input;

/// <summary>Cuts input into lines ended by LF or CR LF. A line above the limit is reported and dropped, never held.</summary>
/// <remarks>Memory follows the longest line that was read, up to the limit. Not thread-safe.</remarks>
internal sealed class LineReader(InputSource input, int maxLineBytes)
{
    private const int FirstBufferBytes = 64 << 10;

    private byte[] _buffer = GC.AllocateUninitializedArray<byte>(FirstBufferBytes);

    // The open line starts at _start; _searched is how far it was searched for its end; _end is where the bytes end.
    private int _start;
    private int _searched;
    private int _end;
    private bool _dropping;
    private bool _ended;
    private long _number;

    /// <summary>Takes the next line from what has been read.</summary>
    /// <returns>Whether there was a whole one; if not, <see cref="FillAsync"/> is to be called.</returns>
    public bool TryRead(out InputLine line)
    {
        int found = _buffer.AsSpan(_searched, _end - _searched).IndexOf((byte)'\n');
        if (found >= 0)
        {
            int lineEnd = _searched + found;
            line = Take(lineEnd);
            _start = _searched = lineEnd + 1;
            return true;
        }
        _searched = _end;
        // A CR may belong to the line's end.
        if (_end - _start > maxLineBytes + 1) _dropping = true;
        if (_dropping) _start = _end;
        if (!_ended || (_start == _end && !_dropping))
        {
            line = default;
            return false;
        }
        line = Take(_end);
        _start = _end;
        return true;
    }

    /// <summary>Waits for more input.</summary>
    /// <returns>False when it has ended, and every line was taken.</returns>
    public async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_ended) return false;
        MakeRoom();
        int read = await input.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        _end += read;
        _ended = read == 0;
        return true;
    }

    private InputLine Take(int lineEnd)
    {
        ReadOnlySpan<byte> content = _buffer.AsSpan(_start, lineEnd - _start);
        if (content.EndsWith("\r"u8)) content = content[..^1];
        bool isTooLong = _dropping || content.Length > maxLineBytes;
        _dropping = false;
        return new InputLine(++_number, isTooLong ? [] : content, isTooLong);
    }

    private void MakeRoom()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start.._end).CopyTo(_buffer);
            _end -= _start;
            _searched -= _start;
            _start = 0;
        }
        if (_end == _buffer.Length) Array.Resize(ref _buffer, Math.Min(_buffer.Length * 2, maxLineBytes + FirstBufferBytes));
    }
}
