using System.Buffers;

namespace Dataforts.Blobs.Adapters;

/// <summary>Bytes in memory as a stream that can seek; releases them when it is disposed.</summary>
internal sealed class OwnedBytesStream(OwnedBytes bytes) : Stream
{
    private long _position;
    private bool _disposed;

    public override bool CanRead => !_disposed;

    public override bool CanSeek => !_disposed;

    public override bool CanWrite => false;

    public override long Length => bytes.Length;

    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        int count = (int)Math.Clamp(bytes.Length - _position, 0, buffer.Length);
        if (count == 0) return 0;
        bytes.Bytes.Slice(_position, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(Read(buffer.Span));
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch
    {
        SeekOrigin.Begin => 0,
        SeekOrigin.Current => _position,
        SeekOrigin.End => bytes.Length,
        _ => throw new ArgumentOutOfRangeException(nameof(origin), origin, "not an origin"),
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException("a blob cannot be changed");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("a blob cannot be changed");

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed) bytes.Dispose();
        _disposed = true;
        base.Dispose(disposing);
    }
}
