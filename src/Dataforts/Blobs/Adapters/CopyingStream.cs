namespace Dataforts.Blobs.Adapters;

/// <summary>Reads a stream and writes what was read to another, up to a byte more than was announced, so that too much shows and costs nothing.
/// Both stay open.</summary>
internal sealed class CopyingStream(Stream source, Stream copy, ulong announced) : Stream
{
    private ulong _left = announced + 1;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException("the length is not known");

    public override long Position
    {
        get => throw new NotSupportedException("the stream cannot seek");
        set => throw new NotSupportedException("the stream cannot seek");
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_left == 0) return 0;
        int read = await source.ReadAsync(buffer[..(int)Math.Min(_left, (ulong)buffer.Length)], cancellationToken).ConfigureAwait(false);
        await AsideFile.AppendAsync(copy, buffer[..read], cancellationToken).ConfigureAwait(false);
        _left -= (ulong)read;
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("the stream is read asynchronously");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("the stream cannot seek");

    public override void SetLength(long value) => throw new NotSupportedException("the stream is only read");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("the stream is only read");
}
