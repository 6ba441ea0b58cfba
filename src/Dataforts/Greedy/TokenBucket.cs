namespace Dataforts.Greedy;

/// <summary>A budget of bytes a second that holds one second of them and starts full. All state is one 64-bit position on an axis of bytes, so taking is one
/// compare-and-swap.</summary>
/// <remarks>Thread-safe, without locks. The clock is the caller's, so that a test and a simulation decide what time is. It is the virtual scheduling
/// form of the
/// leaky bucket (ITU-T I.371, generic cell rate algorithm), counted in bytes rather than in time.</remarks>
internal sealed class TokenBucket
{
    private readonly long _ticksPerSecond;
    private readonly long _start;

    // Bytes taken, on the axis of bytes produced since the start; what lies more than the capacity behind what was produced has overflowed.
    private long _taken;

    /// <summary>Makes a full one.</summary>
    /// <param name="bytesPerSecond">The rate, at least 1; as many bytes are the most that it holds.</param>
    /// <param name="timestamp">What the clock shows now.</param>
    /// <param name="ticksPerSecond">How many of the clock's ticks make a second.</param>
    public TokenBucket(long bytesPerSecond, long timestamp, long ticksPerSecond)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytesPerSecond);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ticksPerSecond);
        (CapacityBytes, _start, _ticksPerSecond) = (bytesPerSecond, timestamp, ticksPerSecond);
        _taken = -bytesPerSecond;
    }

    /// <summary>The most bytes it holds, which is what it gains in a second.</summary>
    public long CapacityBytes { get; }

    /// <summary>How many bytes could be taken now.</summary>
    public long AvailableBytes(long timestamp)
    {
        long produced = Produced(timestamp);
        return Math.Min(produced - Volatile.Read(ref _taken), CapacityBytes);
    }

    /// <summary>Takes bytes if they are there, or changes nothing.</summary>
    /// <param name="bytes">How many. None are always there. More than it can hold are given once it is full, and empty it.</param>
    /// <param name="timestamp">What the clock shows now. One that shows less than before gains nothing and loses nothing.</param>
    /// <param name="reserveBytes">How many bytes must be left; a full bucket gives all the same.</param>
    public bool TryTake(long bytes, long timestamp, long reserveBytes = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        if (bytes == 0) return true;
        long produced = Produced(timestamp), full = produced - CapacityBytes;
        long needed = Math.Min(bytes, CapacityBytes);
        while (true)
        {
            long taken = Volatile.Read(ref _taken), from = Math.Max(taken, full);
            bool isFull = from == full;
            if (!isFull && needed + reserveBytes > produced - from) return false;
            if (Interlocked.CompareExchange(ref _taken, from + needed, taken) == taken) return true;
        }
    }

    /// <summary>Gives back what was taken and not used; never more than it can hold comes of it.</summary>
    public void Refund(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        Interlocked.Add(ref _taken, -Math.Min(bytes, CapacityBytes));
    }

    private long Produced(long timestamp)
    {
        long elapsed = Math.Max(timestamp - _start, 0);
        (long seconds, long rest) = Math.DivRem(elapsed, _ticksPerSecond);
        // The rest is below one second, so its share of the rate is below the rate; 128 bits hold the product.
        return (seconds * CapacityBytes) + (long)((UInt128)rest * (ulong)CapacityBytes / (ulong)_ticksPerSecond);
    }
}
