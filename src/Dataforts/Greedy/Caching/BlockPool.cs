namespace Dataforts.Greedy.Caching;

/// <summary>Hands out blocks as long as all of them, those that are spare among them, stay within a cap of real bytes.</summary>
/// <remarks>Thread-safe, without locks. Channels meet here once a block, not once an event.</remarks>
internal sealed class BlockPool
{
    /// <summary>The sizes that are kept for others when a channel lets go of them. A channel begins with the smallest.</summary>
    private static readonly int[] Sizes = [4 << 10, 16 << 10, 64 << 10];

    /// <summary>Spare blocks kept of each size; more are left to the garbage collector.</summary>
    private const int SparesOfEach = 16;

    // Blocks of other sizes are made to fit one event each, in whole steps of this.
    private const int OddStep = 4 << 10;

    private readonly EventBlock?[] _spares = new EventBlock?[Sizes.Length * SparesOfEach];
    private long _capBytes;
    private long _usedBytes;
    private long _spareBytes;

    public BlockPool(long capBytes) => _capBytes = capBytes;

    /// <summary>The most bytes that blocks may take; may be changed at any time, and does not take back what is handed out.</summary>
    public long CapBytes
    {
        get => Volatile.Read(ref _capBytes);
        set
        {
            Volatile.Write(ref _capBytes, value);
            DropSpares();
        }
    }

    /// <summary>Real bytes of all blocks that exist, spare ones too.</summary>
    public long UsedBytes => Volatile.Read(ref _usedBytes);

    /// <summary>Real bytes of the blocks that channels hold.</summary>
    public long HeldBytes => UsedBytes - Volatile.Read(ref _spareBytes);

    /// <summary>How big a block for an event shall be.</summary>
    /// <param name="payloadBytes">The event's payload.</param>
    /// <param name="heldBytes">What its channel holds: a small channel takes small blocks, so that at most about a quarter is unused.</param>
    public static int SizeFor(int payloadBytes, long heldBytes)
    {
        long needed = (long)payloadBytes + EventBlock.EntryOverheadBytes;
        foreach (int size in Sizes)
        {
            if (needed <= size && heldBytes < size * 4L) return size;
        }
        if (needed <= Sizes[^1]) return Sizes[^1];
        return checked((int)((needed + OddStep - 1) / OddStep * OddStep));
    }

    /// <summary>A block of exactly a size, or null when there is no room for it.</summary>
    public EventBlock? TryTake(int size)
    {
        int kind = Array.IndexOf(Sizes, size);
        if (kind >= 0)
        {
            foreach (ref EventBlock? place in _spares.AsSpan(kind * SparesOfEach, SparesOfEach))
            {
                if (Volatile.Read(ref place) is not null && Interlocked.Exchange(ref place, null) is { } spare)
                {
                    Interlocked.Add(ref _spareBytes, -spare.RealBytes);
                    return spare;
                }
            }
        }
        long bytes = size + EventBlock.ObjectBytes;
        if (!TryReserve(bytes))
        {
            DropSpares();
            if (!TryReserve(bytes)) return null;
        }
        return new EventBlock(size);
    }

    /// <summary>Takes a block back whose events are no longer wanted.</summary>
    public void Return(EventBlock block)
    {
        block.Clear();
        int kind = Array.IndexOf(Sizes, block.Size);
        if (kind >= 0 && UsedBytes <= CapBytes)
        {
            foreach (ref EventBlock? place in _spares.AsSpan(kind * SparesOfEach, SparesOfEach))
            {
                if (Volatile.Read(ref place) is not null || Interlocked.CompareExchange(ref place, block, null) is not null) continue;
                Interlocked.Add(ref _spareBytes, block.RealBytes);
                return;
            }
        }
        Interlocked.Add(ref _usedBytes, -block.RealBytes);
    }

    /// <summary>Lets go of the blocks that no channel holds.</summary>
    public void DropSpares()
    {
        foreach (ref EventBlock? place in _spares.AsSpan())
        {
            if (Interlocked.Exchange(ref place, null) is not { } spare) continue;
            Interlocked.Add(ref _spareBytes, -spare.RealBytes);
            Interlocked.Add(ref _usedBytes, -spare.RealBytes);
        }
    }

    private bool TryReserve(long bytes)
    {
        while (true)
        {
            long used = Volatile.Read(ref _usedBytes);
            if (used + bytes > Volatile.Read(ref _capBytes)) return false;
            if (Interlocked.CompareExchange(ref _usedBytes, used + bytes, used) == used) return true;
        }
    }
}
