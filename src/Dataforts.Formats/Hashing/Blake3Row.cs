using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dataforts.Hashing;

/// <summary>One input at a time with its 4 x 4 state in four 128-bit rows: the path of a lone chunk or parent on x86.</summary>
internal static unsafe class Blake3Row
{
    /// <summary>Whether this processor has the shuffles it takes.</summary>
    public static bool IsSupported => Sse41.IsSupported;

    /// <summary>Compresses blocks one after another into <paramref name="cv"/>.</summary>
    /// <param name="cv">Eight words, read and replaced.</param>
    /// <param name="input">Whole blocks.</param>
    /// <param name="blocks">How many of them, at least 1.</param>
    /// <param name="counter">The chunk's number.</param>
    /// <param name="length">Input bytes in the last block.</param>
    /// <param name="flags">Of every block.</param>
    /// <param name="edgeFlags">Added on the first block (low half) and on the last one (high half).</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Compress(uint* cv, byte* input, int blocks, ulong counter, uint length, uint flags, uint edgeFlags)
    {
        Vector128<uint> low = Vector128.Load(cv), high = Vector128.Load(cv + 4);
        uint blockFlags = flags | (edgeFlags & 0xFFFF);
        for (; blocks > 1; blocks--, input += 64)
        {
            Rounds(ref low, ref high, out Vector128<uint> c, out Vector128<uint> d, input, counter, 64, blockFlags);
            low ^= c;
            high ^= d;
            blockFlags = flags;
        }
        Rounds(ref low, ref high, out Vector128<uint> lastC, out Vector128<uint> lastD, input, counter, length, blockFlags | (edgeFlags >> 16));
        (low ^ lastC).Store(cv);
        (high ^ lastD).Store(cv + 4);
    }

    /// <summary>Compresses one block; <paramref name="output"/> takes all sixteen words of the result.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void CompressWide(uint* cv, byte* block, ulong counter, uint length, uint flags, uint* output)
    {
        Vector128<uint> a = Vector128.Load(cv), b = Vector128.Load(cv + 4), low = a, high = b;
        Rounds(ref a, ref b, out Vector128<uint> c, out Vector128<uint> d, block, counter, length, flags);
        (a ^ c).Store(output);
        (b ^ d).Store(output + 4);
        (c ^ low).Store(output + 8);
        (d ^ high).Store(output + 12);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Rounds(
        ref Vector128<uint> a, ref Vector128<uint> b, out Vector128<uint> c, out Vector128<uint> d,
        byte* block, ulong counter, uint length, uint flags)
    {
        c = Vector128.Create(Blake3Kernels.Iv0, Blake3Kernels.Iv1, Blake3Kernels.Iv2, Blake3Kernels.Iv3);
        d = Vector128.Create(counter, length | ((ulong)flags << 32)).AsUInt32();
        Vector128<float> m0 = Vector128.Load((float*)block), m1 = Vector128.Load((float*)(block + 16));
        Vector128<float> m2 = Vector128.Load((float*)(block + 32)), m3 = Vector128.Load((float*)(block + 48));
        // The words a round adds: x first and y second to the columns, z first and w second to the diagonals.
        Vector128<float> x = Sse.Shuffle(m0, m1, 0b10_00_10_00), y = Sse.Shuffle(m0, m1, 0b11_01_11_01);
        Vector128<float> z = Sse.Shuffle(m2, m3, 0b10_00_10_00), w = Sse.Shuffle(m2, m3, 0b11_01_11_01);
        // A loop, since nothing is won by unrolling what waits for its own results, and the inliner would give up half-way.
        for (int round = 1; ; round++)
        {
            Mix(ref a, ref b, ref c, ref d, x.AsUInt32(), y.AsUInt32());
            // b is the last to be ready, so the other three rows turn to bring the diagonals over it.
            a = Sse2.Shuffle(a, 0b10_01_00_11);
            c = Sse2.Shuffle(c, 0b00_11_10_01);
            d = Sse2.Shuffle(d, 0b01_00_11_10);
            Mix(ref a, ref b, ref c, ref d, Sse2.Shuffle(z.AsUInt32(), 0b10_01_00_11), Sse2.Shuffle(w.AsUInt32(), 0b10_01_00_11));
            a = Sse2.Shuffle(a, 0b00_11_10_01);
            c = Sse2.Shuffle(c, 0b10_01_00_11);
            d = Sse2.Shuffle(d, 0b01_00_11_10);
            if (round == 7) return;
            Permute(ref x, ref y, ref z, ref w);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(
        ref Vector128<uint> a, ref Vector128<uint> b, ref Vector128<uint> c, ref Vector128<uint> d, Vector128<uint> x, Vector128<uint> y)
    {
        a = a + x + b;
        d = Rotate16(d ^ a);
        c += d;
        b = Rotate12(b ^ c);
        a = a + y + b;
        d = Rotate8(d ^ a);
        c += d;
        b = Rotate7(b ^ c);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Rotate16(Vector128<uint> v) => Avx512F.VL.IsSupported ? Avx512F.VL.RotateRight(v, 16)
        : Ssse3.Shuffle(v.AsByte(), Vector128.Create((byte)2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13)).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Rotate12(Vector128<uint> v) => Avx512F.VL.IsSupported ? Avx512F.VL.RotateRight(v, 12)
        : (v >>> 12) | (v << 20);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Rotate8(Vector128<uint> v) => Avx512F.VL.IsSupported ? Avx512F.VL.RotateRight(v, 8)
        : Ssse3.Shuffle(v.AsByte(), Vector128.Create((byte)1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12)).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Rotate7(Vector128<uint> v) => Avx512F.VL.IsSupported ? Avx512F.VL.RotateRight(v, 7)
        : (v >>> 7) | (v << 25);

    /// <summary>The message permutation, on words held as x = 0 2 4 6, y = 1 3 5 7, z = 8 10 12 14, w = 9 11 13 15.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Permute(ref Vector128<float> x, ref Vector128<float> y, ref Vector128<float> z, ref Vector128<float> w)
    {
        Vector128<float> xy = Sse.Shuffle(x, y, 0b11_01_10_01);
        Vector128<float> xz = Sse.Shuffle(x, z, 0b01_01_11_11), xw = Sse.Shuffle(x, w, 0b10_10_00_00);
        Vector128<float> yz = Sse.Shuffle(y, z, 0b10_10_00_00), wy = Sse.Shuffle(w, y, 0b10_10_01_01);
        x = Sse2.Shuffle(xy.AsUInt32(), 0b01_11_10_00).AsSingle();
        y = Sse.Shuffle(xz, xw, 0b10_00_10_00);
        Vector128<float> oldZ = z;
        z = Sse.Shuffle(yz, w, 0b11_00_10_00);
        w = Sse.Shuffle(wy, oldZ, 0b00_11_10_00);
    }
}
