namespace Dataforts.Channels;

/// <summary>What all channels of a set share: the count of bytes under way, and blocks to gather them in.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class SharedCredit(CreditOptions options)
{
    private const int MostBlocks = 64;

    private readonly Lock _gate = new();
    private readonly Stack<PendingBlock> _blocks = new();
    private long _bytes;

    public CreditOptions Options => options;

    /// <summary>Payload bytes under way in all channels.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Takes credit. A channel with nothing under way always gets it: what it waits for could otherwise never come.</summary>
    public bool TryTake(int bytes, bool isAlone)
    {
        if (Interlocked.Add(ref _bytes, bytes) <= options.TotalBytes || isAlone) return true;
        Interlocked.Add(ref _bytes, -bytes);
        return false;
    }

    public void Return(long bytes) => Interlocked.Add(ref _bytes, -bytes);

    public PendingBlock Rent()
    {
        lock (_gate)
        {
            if (_blocks.TryPop(out PendingBlock? block)) return block;
        }
        return new PendingBlock(this);
    }

    public void Return(PendingBlock block)
    {
        lock (_gate)
        {
            if (_blocks.Count < MostBlocks) _blocks.Push(block);
        }
    }
}
