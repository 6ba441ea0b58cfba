using System.Numerics;

namespace Dataforts.Store;

/// <summary>Byte arrays used over and over by everyone in the process, bounded in what it keeps. The shared pool of .NET keeps arrays for
/// each thread that gave one back, where no other thread finds them; with chunks of many megabytes that is most of a process's memory.</summary>
/// <remarks>Thread-safe. Arrays are made in sizes a quarter of a power of two apart. When the pool is full, the size that was asked for
/// least recently gives way.</remarks>
internal sealed class BufferPool(long capacityBytes)
{
    private const int LeastBits = 12;
    private const int StepsPerBit = 4;
    private const int MostBits = 25;

    private readonly Stack<byte[]>[] _free = [.. Enumerable.Range(0, ((MostBits - LeastBits) * StepsPerBit) + 1).Select(_ => new Stack<byte[]>())];
    private readonly long[] _usedAt = new long[((MostBits - LeastBits) * StepsPerBit) + 1];
    private readonly Lock _gate = new();
    private long _uses;
    private long _keptBytes;

    /// <summary>The pool of chunks and of the blocks they are cut from. It keeps at most one window's bytes.</summary>
    public static BufferPool Shared { get; } = new(64L << 20);

    /// <summary>Bytes that wait for use.</summary>
    public long KeptBytes
    {
        get { lock (_gate) return _keptBytes; }
    }

    /// <summary>An array of at least <paramref name="length"/> bytes, whatever is in them.</summary>
    public byte[] Rent(int length)
    {
        int size = IndexOf(length);
        if (size >= _free.Length) return GC.AllocateUninitializedArray<byte>(length);
        lock (_gate)
        {
            _usedAt[size] = ++_uses;
            // One up to four times as long is better than a new one.
            for (int i = size; i < Math.Min(size + (2 * StepsPerBit), _free.Length); i++)
            {
                if (!_free[i].TryPop(out byte[]? array)) continue;
                _keptBytes -= array.Length;
                return array;
            }
        }
        return GC.AllocateUninitializedArray<byte>(BytesOf(size));
    }

    /// <summary>Takes back an array that nobody uses any more.</summary>
    public void Return(byte[] array)
    {
        int size = IndexOf(array.Length);
        if (size >= _free.Length || array.Length > capacityBytes) return;
        lock (_gate)
        {
            _usedAt[size] = ++_uses;
            _free[size].Push(array);
            _keptBytes += array.Length;
            while (_keptBytes > capacityBytes) _keptBytes -= _free[LeastRecent()].Pop().Length;
        }
    }

    private int LeastRecent()
    {
        int oldest = -1;
        for (int i = 0; i < _free.Length; i++)
        {
            if (_free[i].Count > 0 && (oldest < 0 || _usedAt[i] < _usedAt[oldest])) oldest = i;
        }
        return oldest;
    }

    // Sizes are 4, 5, 6, 7 (x 1 KiB), 8, 10, 12, 14, 16, ...
    private static int IndexOf(int length)
    {
        if (length <= 1 << LeastBits) return 0;
        int bits = BitOperations.Log2((uint)length - 1);
        return ((bits - LeastBits) * StepsPerBit) + ((length - 1) >> (bits - 2)) - StepsPerBit + 1;
    }

    private static int BytesOf(int index) => (StepsPerBit + (index % StepsPerBit)) << (LeastBits - 2 + (index / StepsPerBit));
}
