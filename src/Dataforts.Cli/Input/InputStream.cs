namespace Dataforts.Cli.Input;

/// <summary>An input as a stream whose reads end when they are cancelled, also on pipes and terminals that would keep one waiting.</summary>
internal sealed class InputStream(InputSource input) : Stream
{
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

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => input.ReadAsync(buffer, cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => input.Stream.Read(buffer, offset, count);

    public override long Seek(long offset, SeekOrigin origin) => input.Stream.Seek(offset, origin);

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException("an input cannot be changed");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("an input cannot be changed");
}
