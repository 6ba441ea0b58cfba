using System.Runtime.InteropServices;

namespace Dataforts.Workloads;

/// <summary>Bytes that look random, the same each time, made as they are read: nothing to deduplicate and no file to hold them.</summary>
internal sealed class GeneratedStream(long length) : Stream
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

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <summary>Fills whole words, but for the end of the stream. Each word is SplitMix64 of its place.</summary>
    public override int Read(Span<byte> buffer)
    {
        int count = (int)Math.Min(buffer.Length, length - _position);
        if (count >= sizeof(ulong)) count -= count % sizeof(ulong);
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(buffer[..count]);
        ulong state = (ulong)(_position / sizeof(ulong)) * Step;
        for (int i = 0; i < words.Length; i++) words[i] = Mix(state += Step);
        for (int i = words.Length * sizeof(ulong); i < count; i++) buffer[i] = (byte)(Mix(state + Step) >> (i * 8));
        _position += count;
        return count;
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
