namespace Dataforts.Channels;

/// <summary>What all channels of a set share: the count of bytes under way, and blocks to gather them in.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class SharedCredit(CreditOptions options)
{
    private const int MostBlocks = 64;

    private readonly Lock _gate = new();
    private readonly Stack<PendingBlock> _blocks = new();
    private readonly Lock _starvedGate = new();
    private readonly HashSet<EmbeddedChannel> _starved = [];
    private EmbeddedChannel? _over;
    private int _starvedCount;
    private long _bytes;

    public CreditOptions Options => options;

    /// <summary>Payload bytes under way in all channels.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Takes credit. Of the channels with nothing under way one at a time gets it beyond the total, so that each comes to its turn: the sum is
    /// never more than the total and one append.</summary>
    /// <param name="channel">Who asks. When it has nothing under way and is refused, <see cref="EmbeddedChannel.TakeUpWaiting"/> is called once it is
    /// worth asking again.</param>
    /// <param name="bytes">How much.</param>
    /// <param name="isAlone">Whether the channel has nothing under way.</param>
    public bool TryTake(EmbeddedChannel channel, int bytes, bool isAlone)
    {
        if (Fits(bytes)) return true;
        // What it has under way will bring it back.
        if (!isAlone) return false;
        lock (_starvedGate)
        {
            if (_over is null)
            {
                _over = channel;
                Interlocked.Add(ref _bytes, bytes);
                return true;
            }
            _starved.Add(channel);
            Volatile.Write(ref _starvedCount, _starved.Count);
            // What was given back before it was listed woke nobody.
            Interlocked.MemoryBarrier();
            return Fits(bytes);
        }
    }

    /// <summary>Gives credit back.</summary>
    /// <param name="channel">Who had it.</param>
    /// <param name="bytes">How much.</param>
    /// <param name="isLast">Whether the channel has nothing under way any more.</param>
    public void Return(EmbeddedChannel channel, long bytes, bool isLast)
    {
        Interlocked.Add(ref _bytes, -bytes);
        if (isLast && Volatile.Read(ref _over) == channel)
        {
            lock (_starvedGate) _over = null;
        }
        if (Volatile.Read(ref _starvedCount) > 0) WakeStarved();
    }

    private bool Fits(int bytes)
    {
        long taken = Interlocked.Read(ref _bytes);
        while (taken + bytes <= options.TotalBytes)
        {
            long seen = Interlocked.CompareExchange(ref _bytes, taken + bytes, taken);
            if (seen == taken) return true;
            taken = seen;
        }
        return false;
    }

    // On the pool: the caller holds a channel's gate, and another's must not be taken under it.
    private void WakeStarved()
    {
        lock (_starvedGate)
        {
            foreach (EmbeddedChannel channel in _starved)
                ThreadPool.UnsafeQueueUserWorkItem(static starved => starved.TakeUpWaiting(), channel, preferLocal: false);
            _starved.Clear();
            Volatile.Write(ref _starvedCount, 0);
        }
    }

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
