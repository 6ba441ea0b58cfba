namespace Dataforts.Blobs;

/// <summary>A pooled piece of input that several chunks are slices of; it goes back to its pool when the last of them is done.</summary>
internal sealed class InputBlock(InputBlockPool pool, byte[] array, int size)
{
    private int _holders = 1;
    private volatile bool _abandoned;

    public int Size => size;

    public Memory<byte> Memory => array.AsMemory(0, size);

    public InputBlock Hold()
    {
        Interlocked.Increment(ref _holders);
        return this;
    }

    /// <summary>Keeps the memory from the pool: a read that was called off may still write into it.</summary>
    public void Abandon() => _abandoned = true;

    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0 && !_abandoned) pool.Return(array);
    }
}
