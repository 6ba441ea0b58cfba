namespace Dataforts.Tests.Adapters;

/// <summary>A producer that gives its content in uneven pieces, cannot seek, and fails or is called off where it is told to.</summary>
internal sealed class DripStream(byte[] content) : Stream
{
    private int _position;

    /// <summary>The byte at which reading fails.</summary>
    public int? FailAt { get; init; }

    /// <summary>The byte at which somebody cancels.</summary>
    public (int At, CancellationTokenSource Source)? CancelAt { get; init; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        int count = Math.Min(Math.Min(buffer.Length, 1 + (_position % 50_000)), content.Length - _position);
        if (FailAt is { } fail && _position + count > fail) throw new InvalidDataException("the producer failed");
        if (CancelAt is { } cancel && _position + count > cancel.At) await cancel.Source.CancelAsync();
        content.AsMemory(_position, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("read it asynchronously");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
