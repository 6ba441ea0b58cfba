using System.Runtime.CompilerServices;

namespace Dataforts.Hashing;

/// <summary>
/// The hash tree of an input that arrives in units of 16 chunks, with a rest of less than that at the end. Chaining values wait
/// until 32 of a level are there and then become 16 parents in one batch, so parents too are hashed side by side.
/// </summary>
/// <remarks>
/// Where what waits is follows from the number of units alone, as in a binary counter: bit k says whether 16 values of level k
/// wait, for the <see cref="WideLevels"/> lowest levels. Above them 16 values are folded into one, and bit k says whether one value
/// of level k + 4 waits. A node is only folded into one when more input follows it, since the root is compressed otherwise.
/// Not safe for two threads at a time. About 8 KiB: kept on the stack or inside a hasher, never copied.
/// </remarks>
internal unsafe struct Blake3Tree
{
    public const int UnitSizeBytes = Batch * Blake3Kernels.ChunkSizeBytes;

    private const int Batch = Blake3Kernels.BatchLength;
    private const int CvSize = Blake3Kernels.CvSizeBytes;
    private const int BatchSize = Batch * CvSize;
    private const int WideLevels = 6;

    /// <summary>Above 2^(6 + 4) chunks of 2^10 bytes, up to 2^64 bytes.</summary>
    private const int NarrowLevels = 64 - 10 - (WideLevels + 4) + 1;

    private fixed uint _key[8];
    private fixed byte _wide[WideLevels * 2 * BatchSize];
    private fixed byte _narrow[NarrowLevels * CvSize];
    private ulong _units;
    private uint _flags;
    private Blake3Path _path;

    /// <summary>How many values of the lowest narrow level have been folded.</summary>
    private readonly ulong Folded => _units == 0 ? 0 : (_units - 1) >> WideLevels;

    /// <summary>Makes the tree empty. Its memory needs no clearing before.</summary>
    /// <param name="key">Eight words.</param>
    /// <param name="flags">The mode's flags.</param>
    /// <param name="path">What to hash with.</param>
    public void Start(ReadOnlySpan<uint> key, uint flags, Blake3Path path)
    {
        fixed (uint* own = _key) key.CopyTo(new Span<uint>(own, 8));
        _units = 0;
        _flags = flags;
        _path = path;
    }

    /// <summary>Makes the tree empty again, key and mode staying.</summary>
    public void Restart() => _units = 0;

    /// <summary>Takes as many whole units as there are and says how many bytes that was.</summary>
    public int Add(ReadOnlySpan<byte> input)
    {
        int whole = input.Length - (input.Length % UnitSizeBytes);
        fixed (byte* source = input)
        {
            // While one unit is hashed, the next one is fetched: its sixteen streams start anew, too often for the processor's own
            // prefetching. The last unit fetches its own lines just before they are needed.
            for (int done = 0; done < whole; done += UnitSizeBytes)
                Add(source + done, input.Length - done >= 2 * UnitSizeBytes ? UnitSizeBytes : 2u * Blake3Kernels.BlockSizeBytes);
        }
        return whole;
    }

    private void Add(byte* unit, nuint ahead)
    {
        fixed (uint* key = _key)
        fixed (byte* wide = _wide)
        {
            ulong bits = _units - (Folded << WideLevels);
            if (bits == 1u << WideLevels)
            {
                Fold(wide, key);
                bits = 0;
            }
            Blake3Kernels.HashChunks(_path, unit, Batch, key, _units * Batch, _flags, ahead, wide + (BatchSize * (nint)(bits & 1)));
            _units++;
            byte* level = wide;
            for (int i = 0; i < WideLevels - 1 && (bits & 1) != 0; i++)
            {
                bits >>= 1;
                byte* next = level + (2 * BatchSize);
                Blake3Kernels.HashParents(_path, level, Batch, key, _flags, next + (BatchSize * (nint)(bits & 1)));
                level = next;
            }
        }
    }

    /// <summary>Ends the input and gives the root; the tree stays as it is.</summary>
    /// <param name="last">What follows the units, less than <see cref="UnitSizeBytes"/> bytes.</param>
    /// <param name="root">The root, ready to be written.</param>
    [SkipLocalsInit]
    public void Finish(ReadOnlySpan<byte> last, out Blake3Node root)
    {
        Unsafe.SkipInit(out root);
        int length = last.Length;
        fixed (byte* rest = last)
        fixed (uint* key = _key)
        fixed (byte* wide = _wide, narrow = _narrow)
        {
            if (_units == 0 && length <= Blake3Kernels.ChunkSizeBytes)
            {
                root.Chunk(_path, key, _flags, rest, length, 0);
                return;
            }
            // One list of a level's values and one of the next level's: what waits there and, behind it, what comes from below.
            byte* values = stackalloc byte[2 * 3 * BatchSize];
            byte* parents = values + (3 * BatchSize);
            int count = Waiting(0, wide, narrow, values);
            count += Chunks(rest, length, key, values + (count * CvSize));
            for (int level = 0; count != 2 || AnyAbove(level); level++)
            {
                int next = Waiting(level + 1, wide, narrow, parents);
                if (count > 1) Blake3Kernels.HashParents(_path, values, count / 2, key, _flags, parents + (next * CvSize));
                next += count / 2;
                if ((count & 1) != 0)
                {
                    new ReadOnlySpan<byte>(values + ((count - 1) * CvSize), CvSize).CopyTo(new Span<byte>(parents + (next * CvSize), CvSize));
                    next++;
                }
                byte* swap = values;
                values = parents;
                parents = swap;
                count = next;
            }
            Unsafe.CopyBlockUnaligned(ref root.Block[0], ref *values, Blake3Kernels.BlockSizeBytes);
            new ReadOnlySpan<uint>(key, 8).CopyTo(new Span<uint>(Unsafe.AsPointer(ref root.Cv[0]), 8));
            root.Length = Blake3Kernels.BlockSizeBytes;
            root.Flags = _flags | Blake3Kernels.Parent;
            root.Path = _path;
        }
    }

    /// <summary>Folds the 32 values of the highest wide level into one, and that into the narrow levels.</summary>
    [SkipLocalsInit]
    private void Fold(byte* wide, uint* key)
    {
        byte* values = stackalloc byte[2 * BatchSize];
        byte* parents = values + BatchSize;
        Blake3Kernels.HashParents(_path, wide + ((WideLevels - 1) * 2 * BatchSize), Batch, key, _flags, values);
        for (int count = Batch / 2; count > 0; count /= 2)
        {
            Blake3Kernels.HashParents(_path, values, count, key, _flags, parents);
            byte* swap = values;
            values = parents;
            parents = swap;
        }
        fixed (byte* narrow = _narrow)
        {
            ulong bits = Folded;
            byte* pair = stackalloc byte[2 * CvSize];
            int level = 0;
            for (; (bits & 1) != 0; bits >>= 1, level++)
            {
                new ReadOnlySpan<byte>(narrow + (level * CvSize), CvSize).CopyTo(new Span<byte>(pair, CvSize));
                new ReadOnlySpan<byte>(values, CvSize).CopyTo(new Span<byte>(pair + CvSize, CvSize));
                Blake3Kernels.HashParents(_path, pair, 1, key, _flags, values);
            }
            new ReadOnlySpan<byte>(values, CvSize).CopyTo(new Span<byte>(narrow + (level * CvSize), CvSize));
        }
    }

    /// <summary>Copies what waits at a level and says how many values that are.</summary>
    private readonly int Waiting(int level, byte* wide, byte* narrow, byte* values)
    {
        int count;
        byte* source;
        ulong folded = Folded;
        if (level < WideLevels)
        {
            ulong bits = (_units - (folded << WideLevels)) >> level;
            count = (int)(level == WideLevels - 1 ? bits : bits & 1) * Batch;
            source = wide + (level * 2 * BatchSize);
        }
        else
        {
            int bit = level - (WideLevels + 4);
            count = bit < 0 ? 0 : (int)((folded >> bit) & 1);
            source = narrow + (bit * CvSize);
        }
        new ReadOnlySpan<byte>(source, count * CvSize).CopyTo(new Span<byte>(values, count * CvSize));
        return count;
    }

    private readonly bool AnyAbove(int level)
    {
        ulong folded = Folded;
        if (level + 1 < WideLevels) return folded != 0 || (_units >> (level + 1)) != 0;
        return (folded >> Math.Max(0, level + 1 - (WideLevels + 4))) != 0;
    }

    /// <summary>The values of the chunks of the rest, of which the last one may be short.</summary>
    private readonly int Chunks(byte* rest, int length, uint* key, byte* cvs)
    {
        int whole = length / Blake3Kernels.ChunkSizeBytes, tail = length % Blake3Kernels.ChunkSizeBytes;
        ulong counter = _units * Batch;
        if (whole > 0) Blake3Kernels.HashChunks(_path, rest, whole, key, counter, _flags, 2 * Blake3Kernels.BlockSizeBytes, cvs);
        if (tail == 0) return whole;
        Unsafe.SkipInit(out Blake3Node last);
        counter += (uint)whole;
        last.Chunk(_path, key, _flags, rest + (whole * Blake3Kernels.ChunkSizeBytes), tail, counter);
        Blake3Kernels.Compress(_path, last.Cv, last.Block, 1, counter, last.Length, last.Flags, 0);
        Blake3Words.Write(last.Cv, new Span<byte>(cvs + (whole * CvSize), CvSize));
        return whole + 1;
    }
}
