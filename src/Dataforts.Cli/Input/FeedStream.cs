namespace Dataforts.Cli.Input;

/// <summary>Hands a stream over in pieces of a given size, whatever size it is read in.</summary>
internal sealed class FeedStream(Stream source, int pieceBytes) : Stream
{
    private const int BufferBytes = 256 << 10;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _start;
    private int _end;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException("the length is not known");

    public override long Position
    {
        get => throw new NotSupportedException("the position is not known");
        set => throw new NotSupportedException("an input cannot seek");
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _start < _end ? new ValueTask<int>(Take(buffer.Span)) : FillAsync(buffer, cancellationToken);

    public override int Read(byte[] buffer, int offset, int count)
    {
        if (_start == _end) (_start, _end) = (0, source.Read(_buffer));
        return Take(buffer.AsSpan(offset, count));
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("an input cannot seek");

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException("an input cannot be changed");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("an input cannot be changed");

    private async ValueTask<int> FillAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        (_start, _end) = (0, await source.ReadAsync(_buffer, cancellationToken));
        return Take(buffer.Span);
    }

    // A piece may be larger than one read: it then comes in parts, as from any stream.
    private int Take(Span<byte> destination)
    {
        int count = Math.Min(Math.Min(pieceBytes, destination.Length), _end - _start);
        _buffer.AsSpan(_start, count).CopyTo(destination);
        _start += count;
        return count;
    }
}
