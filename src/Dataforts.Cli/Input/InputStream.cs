namespace Dataforts.Cli.Input;

/// <summary>An input as a stream whose reads end when they are cancelled, also on pipes and terminals that would keep one waiting.</summary>
internal sealed class InputStream(InputSource input) : Stream
{
    private const int AsideBytes = 256 << 10;

    private byte[]? _aside;

    public override bool CanRead => true;

    /// <summary>True where the length is known beforehand.</summary>
    public override bool CanSeek => input.LengthBytes is not null;

    public override bool CanWrite => false;

    public override long Length => input.Stream.Length;

    public override long Position
    {
        get => input.Stream.Position;
        set => input.Stream.Position = value;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        CanSeek ? input.ReadAsync(buffer, cancellationToken) : ReadAsideAsync(buffer, cancellationToken);

    // A read of a pipe that is called off goes on until bytes come, and then writes where it was told to: that must not be the caller's memory.
    private async ValueTask<int> ReadAsideAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        _aside ??= GC.AllocateUninitializedArray<byte>(AsideBytes);
        int read = await input.ReadAsync(_aside.AsMemory(0, Math.Min(buffer.Length, AsideBytes)), cancellationToken);
        _aside.AsSpan(0, read).CopyTo(buffer.Span);
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => input.Stream.Read(buffer, offset, count);

    public override long Seek(long offset, SeekOrigin origin) => input.Stream.Seek(offset, origin);

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException("an input cannot be changed");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("an input cannot be changed");
}
