using Dataforts.Directories.Files;

namespace Dataforts.Directories;

/// <summary>An open file as a stream to be read once. The file stays the caller's.</summary>
internal sealed class DiskFileStream(DiskFile file) : Stream
{
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException("the length may change");

    /// <summary>Bytes read so far.</summary>
    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException("the stream cannot seek");
    }

    public override int Read(Span<byte> buffer)
    {
        int read = file.Read(buffer, _position);
        _position += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(Read(buffer.Span));
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("the stream cannot seek");

    public override void SetLength(long value) => throw new NotSupportedException("the stream is only read");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("the stream is only read");
}
