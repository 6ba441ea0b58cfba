using Dataforts.Directories.Files;

namespace Dataforts.Directories;

/// <summary>An open file as a stream to be written once. The file stays the caller's.</summary>
internal sealed class DiskFileSink(DiskFile file, Action<int> onWritten) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException("the stream is only written");

    public override long Position
    {
        get => throw new NotSupportedException("the stream is only written");
        set => throw new NotSupportedException("the stream cannot seek");
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        file.Write(buffer);
        onWritten(buffer.Length);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("the stream is only written");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("the stream cannot seek");

    public override void SetLength(long value) => throw new NotSupportedException("the stream is only written");
}
