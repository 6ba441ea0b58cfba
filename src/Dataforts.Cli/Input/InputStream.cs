namespace Dataforts.Cli.Input;

/// <summary>An input as a stream whose reads end when they are cancelled, also on pipes and terminals that would keep one waiting.</summary>
/// <remarks>A file ends where it ended when it was opened: one that grows as fast as it is read, such as a segment of the very store it is
/// put into, would have no end.</remarks>
internal sealed class InputStream(InputSource input) : Stream
{
    private const int AsideBytes = 256 << 10;

    private byte[]? _aside;

    public override bool CanRead => true;

    /// <summary>True where the length is known beforehand.</summary>
    public override bool CanSeek => input.LengthBytes is not null;

    public override bool CanWrite => false;

    public override long Length => input.LengthBytes ?? throw new NotSupportedException("the length is not known");

    public override long Position
    {
        get => input.Stream.Position;
        set => input.Stream.Position = value;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        CanSeek ? input.ReadAsync(buffer[..Room(buffer.Length)], cancellationToken) : ReadAsideAsync(buffer, cancellationToken);

    private int Room(int wanted) => (int)Math.Clamp(Length - Position, 0, wanted);

    // A read of a pipe that is called off goes on until bytes come, and then writes where it was told to: that must not be the caller's memory.
    private async ValueTask<int> ReadAsideAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        _aside ??= GC.AllocateUninitializedArray<byte>(AsideBytes);
        int read = await input.ReadAsync(_aside.AsMemory(0, Math.Min(buffer.Length, AsideBytes)), cancellationToken);
        _aside.AsSpan(0, read).CopyTo(buffer.Span);
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => input.Stream.Read(buffer, offset, CanSeek ? Room(count) : count);

    public override long Seek(long offset, SeekOrigin origin) => input.Stream.Seek(offset, origin);

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException("an input cannot be changed");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("an input cannot be changed");
}
