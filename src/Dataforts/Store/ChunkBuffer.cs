using System.Buffers;

namespace Dataforts.Store;

/// <summary>A chunk's bytes in a pooled buffer. Whoever receives one owns it and disposes it once; its memory is not to be used after that.</summary>
/// <remarks>Not thread-safe to dispose twice at once; the memory may be read by any number of threads while it is owned.</remarks>
public sealed class ChunkBuffer : IMemoryOwner<byte>
{
    private byte[]? _array;
    private readonly int _length;

    private ChunkBuffer(int length)
    {
        _array = BufferPool.Shared.Rent(length);
        _length = length;
    }

    /// <summary>Bytes in the chunk.</summary>
    public int Length => _length;

    /// <summary>The chunk's bytes, exactly.</summary>
    /// <exception cref="ObjectDisposedException">The buffer was disposed.</exception>
    public ReadOnlyMemory<byte> Memory => Writable;

    Memory<byte> IMemoryOwner<byte>.Memory => Writable;

    internal Memory<byte> Writable
    {
        get
        {
            ObjectDisposedException.ThrowIf(_array is null, this);
            return _array.AsMemory(0, _length);
        }
    }

    /// <summary>A buffer for a chunk of <paramref name="length"/> bytes, to be filled by a source.</summary>
    /// <param name="length">0 to <see cref="StoreLimits.MaxChunkBytes"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is outside that range.</exception>
    public static ChunkBuffer Rent(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, StoreLimits.MaxChunkBytes);
        return new ChunkBuffer(length);
    }

    /// <summary>A buffer holding a copy of <paramref name="content"/>.</summary>
    public static ChunkBuffer CopyOf(ReadOnlySpan<byte> content)
    {
        ChunkBuffer buffer = Rent(content.Length);
        content.CopyTo(buffer.Writable.Span);
        return buffer;
    }

    /// <summary>Gives the memory back to the pool.</summary>
    public void Dispose()
    {
        byte[]? array = Interlocked.Exchange(ref _array, null);
        if (array is not null) BufferPool.Shared.Return(array);
    }
}
