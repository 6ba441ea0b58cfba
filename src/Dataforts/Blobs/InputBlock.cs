using System.Buffers;

namespace Dataforts.Blobs;

/// <summary>A pooled piece of input that several chunks are slices of; it goes back to the pool when the last of them is done.</summary>
internal sealed class InputBlock
{
    private readonly byte[] _array;
    private int _holders = 1;
    private volatile bool _abandoned;

    public InputBlock(int size)
    {
        _array = ArrayPool<byte>.Shared.Rent(size);
        Size = size;
    }

    public int Size { get; }

    public Memory<byte> Memory => _array.AsMemory(0, Size);

    public InputBlock Hold()
    {
        Interlocked.Increment(ref _holders);
        return this;
    }

    /// <summary>Keeps the memory from the pool: a read that was called off may still write into it.</summary>
    public void Abandon() => _abandoned = true;

    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0 && !_abandoned) ArrayPool<byte>.Shared.Return(_array);
    }
}
