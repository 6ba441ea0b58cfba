namespace Dataforts.Tests.Blobs;

/// <summary>A stream that hands out what it is given in pieces to order, knows or lies about its length, and can fail or stall.</summary>
internal sealed class FeedStream(ReadOnlyMemory<byte> content) : Stream
{
    private int _position;

    /// <summary>The most bytes a read gives.</summary>
    public int PieceBytes { get; init; } = int.MaxValue;

    /// <summary>What the stream says its length is; null for a stream that cannot seek.</summary>
    public long? Promised { get; init; }

    /// <summary>Throws <see cref="Error"/> instead of giving the byte at this position.</summary>
    public int FailsAt { get; init; } = -1;

    public Exception Error { get; init; } = new IOException("the cable is cut");

    /// <summary>Runs before each read, told the position.</summary>
    public Func<int, CancellationToken, Task>? BeforeRead { get; init; }

    public bool IsDisposed { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => Promised is not null;

    public override bool CanWrite => false;

    public override long Length => Promised ?? throw new NotSupportedException();

    public override long Position
    {
        get => Promised is null ? throw new NotSupportedException() : _position;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (BeforeRead is { } before) await before(_position, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        int end = FailsAt < 0 ? content.Length : FailsAt;
        if (_position == FailsAt) throw Error;
        int count = Math.Min(Math.Min(buffer.Length, PieceBytes), end - _position);
        content.Slice(_position, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("the library reads asynchronously");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        base.Dispose(disposing);
    }
}
