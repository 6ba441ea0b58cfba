using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dataforts.Hashing;

/// <summary>
/// Four inputs, each with its 4 x 4 state in a 128-bit quarter of four 512-bit rows: sooner done than a wider kernel with most of its
/// lanes idle, since it is <see cref="Blake3Row"/> for four.
/// </summary>
internal static unsafe class Blake3Avx512Rows
{
    public const int Lanes = 4;

    /// <summary>The chaining values of four inputs of <paramref name="blocks"/> blocks each.</summary>
    /// <param name="lanes">Four addresses; one may stand there more than once.</param>
    /// <param name="blocks">Blocks in every input, at least 1.</param>
    /// <param name="key">Eight words.</param>
    /// <param name="counter">Of the first lane.</param>
    /// <param name="counterStep">What each further lane adds to it: 1 for chunks, 0 for parents.</param>
    /// <param name="flags">Of every block.</param>
    /// <param name="edgeFlags">Added on the first block (low half) and on the last one (high half).</param>
    /// <param name="cvs">Takes 4 x 32 bytes.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Hash(
        byte** lanes, int blocks, uint* key, ulong counter, ulong counterStep, uint flags, uint edgeFlags, byte* cvs)
    {
        Vector512<uint> low = Avx512F.BroadcastVector128ToVector512(key), high = Avx512F.BroadcastVector128ToVector512(key + 4);
        Vector512<ulong> counters = Vector512.Create(
            counter, 0, counter + counterStep, 0, counter + (2 * counterStep), 0, counter + (3 * counterStep), 0);
        uint blockFlags = flags | (edgeFlags & 0xFFFF);
        for (nuint offset = 0; ; offset += 64)
        {
            bool last = --blocks == 0;
            if (last) blockFlags |= edgeFlags >> 16;
            Vector512<uint> c = Vector512.Create(Vector256.Create(
                Blake3Kernels.Iv0, Blake3Kernels.Iv1, Blake3Kernels.Iv2, Blake3Kernels.Iv3,
                Blake3Kernels.Iv0, Blake3Kernels.Iv1, Blake3Kernels.Iv2, Blake3Kernels.Iv3));
            Vector512<uint> d = Avx512F.UnpackLow(counters, Vector512.Create(64 | ((ulong)blockFlags << 32))).AsUInt32();
            Vector512<float> m0 = Gather(lanes, offset), m1 = Gather(lanes, offset + 16);
            Vector512<float> m2 = Gather(lanes, offset + 32), m3 = Gather(lanes, offset + 48);
            Rounds(
                ref low, ref high, ref c, ref d,
                Avx512F.Shuffle(m0, m1, 0b10_00_10_00), Avx512F.Shuffle(m0, m1, 0b11_01_11_01),
                Avx512F.Shuffle(m2, m3, 0b10_00_10_00), Avx512F.Shuffle(m2, m3, 0b11_01_11_01));
            low = Avx512F.Xor(low, c);
            high = Avx512F.Xor(high, d);
            if (last) break;
            blockFlags = flags;
        }
        Store(Avx512F.ExtractVector128(low, 0), Avx512F.ExtractVector128(high, 0), cvs);
        Store(Avx512F.ExtractVector128(low, 1), Avx512F.ExtractVector128(high, 1), cvs + 32);
        Store(Avx512F.ExtractVector128(low, 2), Avx512F.ExtractVector128(high, 2), cvs + 64);
        Store(Avx512F.ExtractVector128(low, 3), Avx512F.ExtractVector128(high, 3), cvs + 96);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Gather(byte** lanes, nuint offset)
    {
        Vector512<float> v = (*(Vector128<float>*)(lanes[0] + offset)).ToVector256Unsafe().ToVector512Unsafe();
        v = Avx512F.InsertVector128(v, *(Vector128<float>*)(lanes[1] + offset), 1);
        v = Avx512F.InsertVector128(v, *(Vector128<float>*)(lanes[2] + offset), 2);
        return Avx512F.InsertVector128(v, *(Vector128<float>*)(lanes[3] + offset), 3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector128<uint> low, Vector128<uint> high, byte* cv)
    {
        *(Vector128<uint>*)cv = low;
        *(Vector128<uint>*)(cv + 16) = high;
    }

    /// <summary>As in <see cref="Blake3Row"/>, which says what the turns and the permutation are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Rounds(
        ref Vector512<uint> a, ref Vector512<uint> b, ref Vector512<uint> c, ref Vector512<uint> d,
        Vector512<float> x, Vector512<float> y, Vector512<float> z, Vector512<float> w)
    {
        for (int round = 1; ; round++)
        {
            Mix(ref a, ref b, ref c, ref d, x.AsUInt32(), y.AsUInt32());
            a = Avx512F.Shuffle(a, 0b10_01_00_11);
            c = Avx512F.Shuffle(c, 0b00_11_10_01);
            d = Avx512F.Shuffle(d, 0b01_00_11_10);
            Mix(ref a, ref b, ref c, ref d, Avx512F.Shuffle(z.AsUInt32(), 0b10_01_00_11), Avx512F.Shuffle(w.AsUInt32(), 0b10_01_00_11));
            a = Avx512F.Shuffle(a, 0b00_11_10_01);
            c = Avx512F.Shuffle(c, 0b10_01_00_11);
            d = Avx512F.Shuffle(d, 0b01_00_11_10);
            if (round == 7) return;
            Vector512<float> xy = Avx512F.Shuffle(x, y, 0b11_01_10_01);
            Vector512<float> xz = Avx512F.Shuffle(x, z, 0b01_01_11_11), xw = Avx512F.Shuffle(x, w, 0b10_10_00_00);
            Vector512<float> yz = Avx512F.Shuffle(y, z, 0b10_10_00_00), wy = Avx512F.Shuffle(w, y, 0b10_10_01_01);
            Vector512<float> oldZ = z;
            x = Avx512F.Shuffle(xy.AsUInt32(), 0b01_11_10_00).AsSingle();
            y = Avx512F.Shuffle(xz, xw, 0b10_00_10_00);
            z = Avx512F.Shuffle(yz, w, 0b11_00_10_00);
            w = Avx512F.Shuffle(wy, oldZ, 0b00_11_10_00);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(
        ref Vector512<uint> a, ref Vector512<uint> b, ref Vector512<uint> c, ref Vector512<uint> d, Vector512<uint> x, Vector512<uint> y)
    {
        a = Avx512F.Add(Avx512F.Add(a, x), b);
        d = Avx512F.RotateRight(Avx512F.Xor(d, a), 16);
        c = Avx512F.Add(c, d);
        b = Avx512F.RotateRight(Avx512F.Xor(b, c), 12);
        a = Avx512F.Add(Avx512F.Add(a, y), b);
        d = Avx512F.RotateRight(Avx512F.Xor(d, a), 8);
        c = Avx512F.Add(c, d);
        b = Avx512F.RotateRight(Avx512F.Xor(b, c), 7);
    }
}
