using Dataforts.Content;

namespace Dataforts.Blobs.Adapters;

/// <summary>A Small's content as a stream that ends where the ref says or throws. Owns the inner stream; the bytes are not verified.</summary>
internal sealed class ExactStream(Stream inner, SmallRef small) : Stream
{
    private ulong _position;

    public override bool CanRead => inner.CanRead;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => checked((long)small.SizeBytes);

    public override long Position
    {
        get => (long)_position;
        set => throw new NotSupportedException("the stream cannot seek");
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        buffer.IsEmpty ? 0 : Count(await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(Span<byte> buffer) => buffer.IsEmpty ? 0 : Count(inner.Read(buffer));

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("the stream cannot seek");

    public override void SetLength(long value) => throw new NotSupportedException("a blob cannot be changed");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("a blob cannot be changed");

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }

    private int Count(int read)
    {
        _position += (ulong)read;
        if (read == 0 ? _position != small.SizeBytes : _position > small.SizeBytes)
            throw IntegrityException.Length(small.Hash, checked((long)small.SizeBytes), checked((long)_position));
        return read;
    }
}
