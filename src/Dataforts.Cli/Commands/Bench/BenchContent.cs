using System.Runtime.InteropServices;

namespace Dataforts.Cli.Commands.Bench;

/// <summary>Bytes that look random, the same each time, made as they are read: nothing to deduplicate, and no file to hold them.</summary>
/// <remarks>Each word is SplitMix64 of its place.</remarks>
internal sealed class BenchContent(long length) : Stream
{
    private const ulong Step = 0x9E3779B97F4A7C15;
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    /// <summary>Whole words but for the end of the stream; a buffer shorter than a word gets nothing but the end.</summary>
    public override int Read(Span<byte> buffer)
    {
        int count = (int)Math.Min(buffer.Length, length - _position);
        if (count >= sizeof(ulong)) count -= count % sizeof(ulong);
        ulong state = (ulong)(_position / sizeof(ulong)) * Step;
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(buffer[..count]);
        foreach (ref ulong word in words) word = Mix(state += Step);
        for (int i = words.Length * sizeof(ulong); i < count; i++) buffer[i] = (byte)(Mix(state + Step) >> (i * 8));
        _position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(Read(buffer.Span));
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
