using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Dataforts.Hashing;

/// <summary>BLAKE3's constants, and the choice of the instructions that hash a batch of chunks or parents.</summary>
internal static unsafe class Blake3Kernels
{
    public const int BlockSizeBytes = 64;
    public const int ChunkSizeBytes = 1024;
    public const int CvSizeBytes = 32;

    /// <summary>The most chunks or parents one call takes, and the chaining values it may write to.</summary>
    public const int BatchLength = 16;

    public const uint ChunkStart = 1;
    public const uint ChunkEnd = 2;
    public const uint Parent = 4;
    public const uint Root = 8;
    public const uint KeyedHash = 16;
    public const uint DeriveKeyContext = 32;
    public const uint DeriveKeyMaterial = 64;

    public const uint Iv0 = 0x6A09E667, Iv1 = 0xBB67AE85, Iv2 = 0x3C6EF372, Iv3 = 0xA54FF53A;
    public const uint Iv4 = 0x510E527F, Iv5 = 0x9B05688C, Iv6 = 0x1F83D9AB, Iv7 = 0x5BE0CD19;

    /// <summary>The flags of a chunk's first block, and of its last one in the upper half.</summary>
    private const uint ChunkEdges = ChunkStart | (ChunkEnd << 16);

    /// <summary>The key of the plain hash.</summary>
    public static ReadOnlySpan<uint> Iv => [Iv0, Iv1, Iv2, Iv3, Iv4, Iv5, Iv6, Iv7];

    /// <summary>The widest path of this processor; a constant once the JIT has seen it.</summary>
    public static Blake3Path Best
    {
        get
        {
            if (!BitConverter.IsLittleEndian) return Blake3Path.Scalar;
            if (Avx512F.VL.IsSupported) return Blake3Path.Avx512;
            if (Avx2.IsSupported) return Blake3Path.Avx2;
            return Blake3Vector128.IsSupported ? Blake3Path.Vector128 : Blake3Path.Scalar;
        }
    }

    /// <summary>The chaining values of 1 to 16 whole chunks that lie one after another, none of them the root.</summary>
    /// <param name="path">What to hash with, at most <see cref="Best"/>.</param>
    /// <param name="input">The chunks.</param>
    /// <param name="count">How many.</param>
    /// <param name="key">Eight words.</param>
    /// <param name="counter">The first chunk's number.</param>
    /// <param name="flags">The mode's flags.</param>
    /// <param name="ahead">How far ahead of what is hashed to prefetch, in bytes.</param>
    /// <param name="cvs">Room for 16 chaining values, however many chunks there are.</param>
    public static void HashChunks(
        Blake3Path path, byte* input, int count, uint* key, ulong counter, uint flags, nuint ahead, byte* cvs) =>
        HashBatch(path, input, ChunkSizeBytes, count, key, counter, 1, flags, ChunkEdges, ahead, cvs);

    /// <summary>The chaining values of 1 to 16 parents, none of them the root.</summary>
    /// <param name="path">What to hash with, at most <see cref="Best"/>.</param>
    /// <param name="children">Two chaining values for each parent.</param>
    /// <param name="count">How many parents.</param>
    /// <param name="key">Eight words.</param>
    /// <param name="flags">The mode's flags.</param>
    /// <param name="cvs">Room for 16 chaining values; must not overlap <paramref name="children"/>.</param>
    public static void HashParents(Blake3Path path, byte* children, int count, uint* key, uint flags, byte* cvs) =>
        HashBatch(path, children, BlockSizeBytes, count, key, 0, 0, flags | Parent, 0, 0, cvs);

    /// <summary>Compresses blocks one after another into <paramref name="cv"/>: the path of what cannot be done side by side.</summary>
    public static void Compress(
        Blake3Path path, uint* cv, byte* input, int blocks, ulong counter, uint length, uint flags, uint edgeFlags)
    {
        if (Blake3Row.IsSupported && path != Blake3Path.Scalar)
        {
            Blake3Row.Compress(cv, input, blocks, counter, length, flags, edgeFlags);
            return;
        }
        uint* wide = stackalloc uint[16];
        for (int block = 0; block < blocks; block++)
        {
            uint blockFlags = flags | (block == 0 ? edgeFlags & 0xFFFF : 0) | (block == blocks - 1 ? edgeFlags >> 16 : 0);
            Blake3Scalar.Compress(cv, input + (block * BlockSizeBytes), counter, block == blocks - 1 ? length : BlockSizeBytes, blockFlags, wide);
            new ReadOnlySpan<uint>(wide, 8).CopyTo(new Span<uint>(cv, 8));
        }
    }

    /// <summary>Compresses one block to all sixteen words of the result.</summary>
    public static void CompressWide(Blake3Path path, uint* cv, byte* block, ulong counter, uint length, uint flags, uint* output)
    {
        if (Blake3Row.IsSupported && path != Blake3Path.Scalar) Blake3Row.CompressWide(cv, block, counter, length, flags, output);
        else Blake3Scalar.Compress(cv, block, counter, length, flags, output);
    }

    [SkipLocalsInit]
    private static void HashBatch(
        Blake3Path path, byte* input, nuint stride, int count, uint* key, ulong counter, ulong step, uint flags, uint edgeFlags,
        nuint ahead, byte* cvs)
    {
        byte** lanes = stackalloc byte*[BatchLength];
        // Lanes past the last input repeat it: their results are not used.
        byte* lane = input;
        for (int i = 0; i < BatchLength; i++)
        {
            lanes[i] = lane;
            if (i < count - 1) lane += stride;
        }
        int blocks = (int)(stride / BlockSizeBytes), done = 0;
        if (Avx512F.VL.IsSupported && path == Blake3Path.Avx512)
        {
            if (count > Blake3Avx2.Lanes)
            {
                Blake3Avx512.Hash(lanes, blocks, key, counter, (uint)step, flags, edgeFlags, ahead, cvs);
                return;
            }
            if (count is > 1 and <= Blake3Avx512Rows.Lanes)
            {
                Blake3Avx512Rows.Hash(lanes, blocks, key, counter, step, flags, edgeFlags, cvs);
                return;
            }
        }
        if (Avx2.IsSupported && path >= Blake3Path.Avx2)
        {
            for (; count - done > Blake3Vector128.Lanes; done += Blake3Avx2.Lanes)
                Blake3Avx2.Hash(lanes + done, blocks, key, counter + (step * (uint)done), step, flags, edgeFlags, ahead, cvs + (done * CvSizeBytes));
        }
        if (Blake3Vector128.IsSupported && path >= Blake3Path.Vector128)
        {
            for (; count - done > 1; done += Blake3Vector128.Lanes)
                Blake3Vector128.Hash(lanes + done, blocks, key, counter + (step * (uint)done), step, flags, edgeFlags, cvs + (done * CvSizeBytes));
        }
        for (; done < count; done++)
            HashOne(path, lanes[done], blocks, key, counter + (step * (uint)done), flags, edgeFlags, cvs + (done * CvSizeBytes));
    }

    [SkipLocalsInit]
    private static void HashOne(Blake3Path path, byte* input, int blocks, uint* key, ulong counter, uint flags, uint edgeFlags, byte* cv)
    {
        uint* words = stackalloc uint[8];
        new ReadOnlySpan<uint>(key, 8).CopyTo(new Span<uint>(words, 8));
        Compress(path, words, input, blocks, counter, BlockSizeBytes, flags, edgeFlags);
        Blake3Words.Write(words, new Span<byte>(cv, CvSizeBytes));
    }
}
