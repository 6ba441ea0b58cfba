using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Dataforts.Store.Indexing;

/// <summary>A function from keys to small numbers in about 31 bits a key, which also tells most other keys that they are not in it.</summary>
/// <remarks>
/// <para>A binary fuse filter with three places a key (Graf and Lemire, "Binary Fuse Filters: Fast and Smaller Than Xor Filters", 2022) whose
/// cells add up (exclusive or) to a fingerprint and a value, instead of a fingerprint alone. A key of the set always gives its value; another
/// one gives some value with probability 2^-(<see cref="CellBits"/> - value bits).</para>
/// <para>Immutable. Cells are packed; their width is what the budget of <see cref="BudgetBits"/> a key allows.</para>
/// </remarks>
internal sealed class FuseMap
{
    /// <summary>Bits a key: 4 bytes, less what fences and objects take.</summary>
    private const int BudgetBits = 31;

    private const int MaxCellBits = 32;
    private const int LeastFingerprintBits = 8;
    private const int MaxAttempts = 100;
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private readonly byte[] _cells;
    private readonly int _valueBits;
    private readonly uint _segmentLength;
    private readonly uint _startCells;
    private readonly ulong _attempt;

    private FuseMap(int keys, int valueBits, ulong attempt)
    {
        // The sizes the authors found by experiment; below ten keys their logarithms make no sense.
        double size = Math.Max(keys, 10);
        _segmentLength = 1u << (int)Math.Min(18, Math.Floor((Math.Log(size) / Math.Log(3.33)) + 2.25));
        double factor = Math.Max(1.125, 0.875 + (0.25 * Math.Log(1_000_000) / Math.Log(size)));
        uint segments = (uint)Math.Max(1, Math.Ceiling(size * factor / _segmentLength) - 2);
        _startCells = segments * _segmentLength;
        CellCount = (int)((segments + 2) * _segmentLength);
        CellBits = Math.Clamp((int)((long)BudgetBits * keys / CellCount), valueBits + LeastFingerprintBits, MaxCellBits);
        _valueBits = valueBits;
        _attempt = attempt;
        _cells = new byte[((CellCount * (long)CellBits) + 7) / 8 + sizeof(ulong)];
    }

    public int CellCount { get; }

    /// <summary>Bits of a cell: those of a value, and above them those of a fingerprint.</summary>
    public int CellBits { get; }

    public long Bytes => _cells.Length;

    /// <summary>Makes the function.</summary>
    /// <param name="keys">Distinct keys, uniformly spread; fastest when sorted.</param>
    /// <param name="values">A value for each, below 2^<paramref name="valueBits"/>.</param>
    /// <param name="valueBits">0 to 16.</param>
    public static FuseMap Build(ReadOnlySpan<ulong> keys, ReadOnlySpan<ushort> values, int valueBits)
    {
        var peeling = new FusePeeling(keys.Length);
        for (ulong attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var map = new FuseMap(keys.Length, valueBits, attempt);
            if (!peeling.TryPeel(map, keys)) continue;
            map.Assign(peeling, keys, values);
            return map;
        }
        throw new InvalidOperationException($"{keys.Length} keys are not distinct");
    }

    /// <summary>The value of a key; of one that is not in the set, false with near certainty.</summary>
    public bool TryGet(ulong key, out int value)
    {
        ulong hash = HashOf(key);
        (int first, int second, int third) = PlacesOf(hash);
        uint sum = Cell(first) ^ Cell(second) ^ Cell(third);
        value = (int)(sum & ((1u << _valueBits) - 1));
        return sum >> _valueBits == FingerprintOf(hash);
    }

    /// <summary>Fetches what <see cref="TryGet"/> will read.</summary>
    public void Prefetch(ulong key)
    {
        (int first, int second, int third) = PlacesOf(HashOf(key));
        CacheLine.Prefetch(ref ByteOf(first));
        CacheLine.Prefetch(ref ByteOf(second));
        CacheLine.Prefetch(ref ByteOf(third));
    }

    public (int First, int Second, int Third) PlacesOf(ulong hash)
    {
        uint mask = _segmentLength - 1;
        uint first = (uint)Math.BigMul(hash, _startCells, out _);
        uint second = (first + _segmentLength) ^ ((uint)(hash >> 18) & mask);
        uint third = (first + (2 * _segmentLength)) ^ ((uint)hash & mask);
        return ((int)first, (int)second, (int)third);
    }

    /// <summary>The key itself at the first attempt, so that sorted keys have their places in order.</summary>
    public ulong HashOf(ulong key)
    {
        if (_attempt == 0) return key;
        ulong hash = key + (_attempt * Golden);
        hash = (hash ^ (hash >> 33)) * 0xFF51AFD7ED558CCD;
        hash = (hash ^ (hash >> 33)) * 0xC4CEB9FE1A85EC53;
        return hash ^ (hash >> 33);
    }

    private uint FingerprintOf(ulong hash) => (uint)((hash * Golden) >> (64 - (CellBits - _valueBits)));

    // In the reverse of the order of peeling each key still has a cell that no key before it has touched.
    private void Assign(FusePeeling peeling, ReadOnlySpan<ulong> keys, ReadOnlySpan<ushort> values)
    {
        for (int i = keys.Length - 1; i >= 0; i--)
        {
            (int key, int cell) = peeling.At(i);
            ulong hash = HashOf(keys[key]);
            (int first, int second, int third) = PlacesOf(hash);
            uint wanted = (FingerprintOf(hash) << _valueBits) | values[key];
            SetCell(cell, wanted ^ Cell(first) ^ Cell(second) ^ Cell(third));
        }
    }

    private uint Cell(int index)
    {
        long bit = (long)index * CellBits;
        ulong word = BinaryPrimitives.ReadUInt64LittleEndian(_cells.AsSpan((int)(bit >> 3)));
        return (uint)(word >> (int)(bit & 7)) & (uint)((1ul << CellBits) - 1);
    }

    private void SetCell(int index, uint value)
    {
        long bit = (long)index * CellBits;
        Span<byte> place = _cells.AsSpan((int)(bit >> 3));
        ulong word = BinaryPrimitives.ReadUInt64LittleEndian(place);
        BinaryPrimitives.WriteUInt64LittleEndian(place, word | ((ulong)value << (int)(bit & 7)));
    }

    private ref byte ByteOf(int cell) => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_cells), (nint)((long)cell * CellBits >> 3));
}
