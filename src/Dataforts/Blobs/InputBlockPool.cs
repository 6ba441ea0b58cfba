using Dataforts.Store;

namespace Dataforts.Blobs;

/// <summary>The blocks of one payload, used over and over, the last one used first: it is still in the processor's cache.</summary>
/// <remarks>Thread-safe. It holds no more blocks than were ever in use at once.</remarks>
internal sealed class InputBlockPool(int blockBytes) : IDisposable
{
    private readonly Stack<byte[]> _free = new();
    private bool _isClosed;

    public InputBlock Rent()
    {
        lock (_free)
        {
            if (_free.TryPop(out byte[]? used)) return new InputBlock(this, used, blockBytes);
        }
        return new InputBlock(this, BufferPool.Shared.Rent(blockBytes), blockBytes);
    }

    /// <summary>Takes back an array that nobody uses any more.</summary>
    public void Return(byte[] array)
    {
        lock (_free)
        {
            if (_isClosed) BufferPool.Shared.Return(array);
            else _free.Push(array);
        }
    }

    /// <summary>Ends the run; a block that comes back later is not used again here.</summary>
    public void Dispose()
    {
        lock (_free)
        {
            _isClosed = true;
            while (_free.TryPop(out byte[]? array)) BufferPool.Shared.Return(array);
        }
    }
}
