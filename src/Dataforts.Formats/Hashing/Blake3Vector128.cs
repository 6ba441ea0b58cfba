using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Dataforts.Hashing;

/// <summary>Four inputs side by side: word i of the state of all of them is one 128-bit vector. SSE4.1 or NEON.</summary>
internal static unsafe class Blake3Vector128
{
    public const int Lanes = 4;

    /// <summary>Whether this processor has the byte shuffles that make the path worth taking.</summary>
    public static bool IsSupported => Sse41.IsSupported || AdvSimd.Arm64.IsSupported;

    /// <summary>The chaining values of four inputs of <paramref name="blocks"/> blocks each.</summary>
    /// <param name="lanes">Four addresses; one may stand there more than once.</param>
    /// <param name="blocks">Blocks in every input, at least 1.</param>
    /// <param name="key">Eight words.</param>
    /// <param name="counter">Of the first lane.</param>
    /// <param name="counterStep">What each further lane adds to it: 1 for chunks, 0 for parents.</param>
    /// <param name="flags">Of every block.</param>
    /// <param name="edgeFlags">Added on the first block (low half) and on the last one (high half).</param>
    /// <param name="cvs">Takes 4 x 32 bytes.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Hash(
        byte** lanes, int blocks, uint* key, ulong counter, ulong counterStep, uint flags, uint edgeFlags, byte* cvs)
    {
        byte* space = stackalloc byte[(18 * 16) + 16];
        byte* m = (byte*)(((nuint)space + 15) & ~(nuint)15);
        Counters(m + 256, counter, counterStep);

        Vector128<uint> v0 = Vector128.Create(key[0]), v1 = Vector128.Create(key[1]);
        Vector128<uint> v2 = Vector128.Create(key[2]), v3 = Vector128.Create(key[3]);
        Vector128<uint> v4 = Vector128.Create(key[4]), v5 = Vector128.Create(key[5]);
        Vector128<uint> v6 = Vector128.Create(key[6]), v7 = Vector128.Create(key[7]);
        uint blockFlags = flags | (edgeFlags & 0xFFFF);
        for (nuint offset = 0; ; offset += 64)
        {
            bool last = --blocks == 0;
            if (last) blockFlags |= edgeFlags >> 16;
            Transpose(lanes, offset, m);
            Transpose(lanes, offset + 16, m + 64);
            Transpose(lanes, offset + 32, m + 128);
            Transpose(lanes, offset + 48, m + 192);
            Vector128<uint> v8 = Vector128.Create(Blake3Kernels.Iv0), v9 = Vector128.Create(Blake3Kernels.Iv1);
            Vector128<uint> v10 = Vector128.Create(Blake3Kernels.Iv2), v11 = Vector128.Create(Blake3Kernels.Iv3);
            Vector128<uint> v12 = *(Vector128<uint>*)(m + 256), v13 = *(Vector128<uint>*)(m + 272);
            Vector128<uint> v14 = Vector128.Create(64u), v15 = Vector128.Create(blockFlags);
            Round(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7, ref v8, ref v9, ref v10, ref v11, ref v12, ref v13,
                ref v14, ref v15, m, 0xFEDCBA9876543210);
            Round(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7, ref v8, ref v9, ref v10, ref v11, ref v12, ref v13,
                ref v14, ref v15, m, 0x8FE95CB1D407A362);
            Round(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7, ref v8, ref v9, ref v10, ref v11, ref v12, ref v13,
                ref v14, ref v15, m, 0x18FB0956E72DCA43);
            Round(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7, ref v8, ref v9, ref v10, ref v11, ref v12, ref v13,
                ref v14, ref v15, m, 0x61852B04FD3E9C7A);
            Round(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7, ref v8, ref v9, ref v10, ref v11, ref v12, ref v13,
                ref v14, ref v15, m, 0x461035278EAFB9DC);
            Round(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7, ref v8, ref v9, ref v10, ref v11, ref v12, ref v13,
                ref v14, ref v15, m, 0x7462A03D1FC85BE9);
            Round(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7, ref v8, ref v9, ref v10, ref v11, ref v12, ref v13,
                ref v14, ref v15, m, 0xD743C2AE689105FB);
            Feed(ref v0, ref v1, ref v2, ref v3, v8, v9, v10, v11);
            Feed(ref v4, ref v5, ref v6, ref v7, v12, v13, v14, v15);
            if (last) break;
            blockFlags = flags;
        }
        Transpose(v0, v1, v2, v3, out Vector128<uint> l0, out Vector128<uint> l1, out Vector128<uint> l2, out Vector128<uint> l3);
        Transpose(v4, v5, v6, v7, out Vector128<uint> h0, out Vector128<uint> h1, out Vector128<uint> h2, out Vector128<uint> h3);
        *(Vector128<uint>*)cvs = l0;
        *(Vector128<uint>*)(cvs + 16) = h0;
        *(Vector128<uint>*)(cvs + 32) = l1;
        *(Vector128<uint>*)(cvs + 48) = h1;
        *(Vector128<uint>*)(cvs + 64) = l2;
        *(Vector128<uint>*)(cvs + 80) = h2;
        *(Vector128<uint>*)(cvs + 96) = l3;
        *(Vector128<uint>*)(cvs + 112) = h3;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Feed(
        ref Vector128<uint> v0, ref Vector128<uint> v1, ref Vector128<uint> v2, ref Vector128<uint> v3,
        Vector128<uint> v8, Vector128<uint> v9, Vector128<uint> v10, Vector128<uint> v11)
    {
        v0 ^= v8;
        v1 ^= v9;
        v2 ^= v10;
        v3 ^= v11;
    }

    /// <summary>A round: the four columns, then the four diagonals.</summary>
    /// <remarks>
    /// The numbers of the sixteen message words are packed, four bits each with the first lowest, since the inliner takes at most 32
    /// parameters; constants that they are, they leave no trace in the code.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(
        ref Vector128<uint> v0, ref Vector128<uint> v1, ref Vector128<uint> v2, ref Vector128<uint> v3,
        ref Vector128<uint> v4, ref Vector128<uint> v5, ref Vector128<uint> v6, ref Vector128<uint> v7,
        ref Vector128<uint> v8, ref Vector128<uint> v9, ref Vector128<uint> v10, ref Vector128<uint> v11,
        ref Vector128<uint> v12, ref Vector128<uint> v13, ref Vector128<uint> v14, ref Vector128<uint> v15,
        byte* m, ulong words)
    {
        Mix(
            ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7,
            ref v8, ref v9, ref v10, ref v11, ref v12, ref v13, ref v14, ref v15, m, (uint)words);
        Mix(
            ref v0, ref v1, ref v2, ref v3, ref v5, ref v6, ref v7, ref v4,
            ref v10, ref v11, ref v8, ref v9, ref v15, ref v12, ref v13, ref v14, m, (uint)(words >> 32));
    }

    /// <summary>Half a round: the mixing function on four columns, or on four diagonals.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(
        ref Vector128<uint> a0, ref Vector128<uint> a1, ref Vector128<uint> a2, ref Vector128<uint> a3,
        ref Vector128<uint> b0, ref Vector128<uint> b1, ref Vector128<uint> b2, ref Vector128<uint> b3,
        ref Vector128<uint> c0, ref Vector128<uint> c1, ref Vector128<uint> c2, ref Vector128<uint> c3,
        ref Vector128<uint> d0, ref Vector128<uint> d1, ref Vector128<uint> d2, ref Vector128<uint> d3,
        byte* m, uint words)
    {
        a0 += *(Vector128<uint>*)(m + (16 * (words & 15)));
        a1 += *(Vector128<uint>*)(m + (16 * ((words >> 8) & 15)));
        a2 += *(Vector128<uint>*)(m + (16 * ((words >> 16) & 15)));
        a3 += *(Vector128<uint>*)(m + (16 * ((words >> 24) & 15)));
        a0 += b0;
        a1 += b1;
        a2 += b2;
        a3 += b3;
        d0 ^= a0;
        d1 ^= a1;
        d2 ^= a2;
        d3 ^= a3;
        Rotate16(ref d0, ref d1, ref d2, ref d3);
        c0 += d0;
        c1 += d1;
        c2 += d2;
        c3 += d3;
        b0 ^= c0;
        b1 ^= c1;
        b2 ^= c2;
        b3 ^= c3;
        Rotate12(ref b0, ref b1, ref b2, ref b3);
        a0 += *(Vector128<uint>*)(m + (16 * ((words >> 4) & 15)));
        a1 += *(Vector128<uint>*)(m + (16 * ((words >> 12) & 15)));
        a2 += *(Vector128<uint>*)(m + (16 * ((words >> 20) & 15)));
        a3 += *(Vector128<uint>*)(m + (16 * ((words >> 28) & 15)));
        a0 += b0;
        a1 += b1;
        a2 += b2;
        a3 += b3;
        d0 ^= a0;
        d1 ^= a1;
        d2 ^= a2;
        d3 ^= a3;
        Rotate8(ref d0, ref d1, ref d2, ref d3);
        c0 += d0;
        c1 += d1;
        c2 += d2;
        c3 += d3;
        b0 ^= c0;
        b1 ^= c1;
        b2 ^= c2;
        b3 ^= c3;
        Rotate7(ref b0, ref b1, ref b2, ref b3);
    }

    // The rotations work in place and on four at a time: every value passed or returned costs the inliner one of its 512 locals,
    // and past that it leaves calls and spills in the rounds.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Rotate16(ref Vector128<uint> v0, ref Vector128<uint> v1, ref Vector128<uint> v2, ref Vector128<uint> v3)
    {
        if (Avx512F.VL.IsSupported)
        {
            v0 = Avx512F.VL.RotateRight(v0, 16);
            v1 = Avx512F.VL.RotateRight(v1, 16);
            v2 = Avx512F.VL.RotateRight(v2, 16);
            v3 = Avx512F.VL.RotateRight(v3, 16);
        }
        else if (AdvSimd.IsSupported)
        {
            v0 = AdvSimd.ReverseElement16(v0);
            v1 = AdvSimd.ReverseElement16(v1);
            v2 = AdvSimd.ReverseElement16(v2);
            v3 = AdvSimd.ReverseElement16(v3);
        }
        else if (Ssse3.IsSupported)
        {
            Vector128<byte> turn = Vector128.Create((byte)2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
            v0 = Ssse3.Shuffle(v0.AsByte(), turn).AsUInt32();
            v1 = Ssse3.Shuffle(v1.AsByte(), turn).AsUInt32();
            v2 = Ssse3.Shuffle(v2.AsByte(), turn).AsUInt32();
            v3 = Ssse3.Shuffle(v3.AsByte(), turn).AsUInt32();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Rotate12(ref Vector128<uint> v0, ref Vector128<uint> v1, ref Vector128<uint> v2, ref Vector128<uint> v3)
    {
        if (Avx512F.VL.IsSupported)
        {
            v0 = Avx512F.VL.RotateRight(v0, 12);
            v1 = Avx512F.VL.RotateRight(v1, 12);
            v2 = Avx512F.VL.RotateRight(v2, 12);
            v3 = Avx512F.VL.RotateRight(v3, 12);
        }
        else if (AdvSimd.IsSupported)
        {
            v0 = AdvSimd.ShiftRightAndInsert(v0 << 20, v0, 12);
            v1 = AdvSimd.ShiftRightAndInsert(v1 << 20, v1, 12);
            v2 = AdvSimd.ShiftRightAndInsert(v2 << 20, v2, 12);
            v3 = AdvSimd.ShiftRightAndInsert(v3 << 20, v3, 12);
        }
        else
        {
            v0 = (v0 >>> 12) | (v0 << 20);
            v1 = (v1 >>> 12) | (v1 << 20);
            v2 = (v2 >>> 12) | (v2 << 20);
            v3 = (v3 >>> 12) | (v3 << 20);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Rotate8(ref Vector128<uint> v0, ref Vector128<uint> v1, ref Vector128<uint> v2, ref Vector128<uint> v3)
    {
        if (Avx512F.VL.IsSupported)
        {
            v0 = Avx512F.VL.RotateRight(v0, 8);
            v1 = Avx512F.VL.RotateRight(v1, 8);
            v2 = Avx512F.VL.RotateRight(v2, 8);
            v3 = Avx512F.VL.RotateRight(v3, 8);
        }
        else if (Ssse3.IsSupported)
        {
            Vector128<byte> turn = Vector128.Create((byte)1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12);
            v0 = Ssse3.Shuffle(v0.AsByte(), turn).AsUInt32();
            v1 = Ssse3.Shuffle(v1.AsByte(), turn).AsUInt32();
            v2 = Ssse3.Shuffle(v2.AsByte(), turn).AsUInt32();
            v3 = Ssse3.Shuffle(v3.AsByte(), turn).AsUInt32();
        }
        else
        {
            v0 = AdvSimd.ShiftRightAndInsert(v0 << 24, v0, 8);
            v1 = AdvSimd.ShiftRightAndInsert(v1 << 24, v1, 8);
            v2 = AdvSimd.ShiftRightAndInsert(v2 << 24, v2, 8);
            v3 = AdvSimd.ShiftRightAndInsert(v3 << 24, v3, 8);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Rotate7(ref Vector128<uint> v0, ref Vector128<uint> v1, ref Vector128<uint> v2, ref Vector128<uint> v3)
    {
        if (Avx512F.VL.IsSupported)
        {
            v0 = Avx512F.VL.RotateRight(v0, 7);
            v1 = Avx512F.VL.RotateRight(v1, 7);
            v2 = Avx512F.VL.RotateRight(v2, 7);
            v3 = Avx512F.VL.RotateRight(v3, 7);
        }
        else if (AdvSimd.IsSupported)
        {
            v0 = AdvSimd.ShiftRightAndInsert(v0 << 25, v0, 7);
            v1 = AdvSimd.ShiftRightAndInsert(v1 << 25, v1, 7);
            v2 = AdvSimd.ShiftRightAndInsert(v2 << 25, v2, 7);
            v3 = AdvSimd.ShiftRightAndInsert(v3 << 25, v3, 7);
        }
        else
        {
            v0 = (v0 >>> 7) | (v0 << 25);
            v1 = (v1 >>> 7) | (v1 << 25);
            v2 = (v2 >>> 7) | (v2 << 25);
            v3 = (v3 >>> 7) | (v3 << 25);
        }
    }

    /// <summary>Turns 16 bytes of each of the four lanes into four vectors, one a message word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(byte** lanes, nuint offset, byte* m)
    {
        Transpose(
            *(Vector128<uint>*)(lanes[0] + offset), *(Vector128<uint>*)(lanes[1] + offset),
            *(Vector128<uint>*)(lanes[2] + offset), *(Vector128<uint>*)(lanes[3] + offset),
            out Vector128<uint> w0, out Vector128<uint> w1, out Vector128<uint> w2, out Vector128<uint> w3);
        *(Vector128<uint>*)m = w0;
        *(Vector128<uint>*)(m + 16) = w1;
        *(Vector128<uint>*)(m + 32) = w2;
        *(Vector128<uint>*)(m + 48) = w3;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(
        Vector128<uint> r0, Vector128<uint> r1, Vector128<uint> r2, Vector128<uint> r3,
        out Vector128<uint> w0, out Vector128<uint> w1, out Vector128<uint> w2, out Vector128<uint> w3)
    {
        Vector128<ulong> lo01 = ZipLow(r0, r1).AsUInt64(), hi01 = ZipHigh(r0, r1).AsUInt64();
        Vector128<ulong> lo23 = ZipLow(r2, r3).AsUInt64(), hi23 = ZipHigh(r2, r3).AsUInt64();
        w0 = ZipLow(lo01, lo23).AsUInt32();
        w1 = ZipHigh(lo01, lo23).AsUInt32();
        w2 = ZipLow(hi01, hi23).AsUInt32();
        w3 = ZipHigh(hi01, hi23).AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> ZipLow(Vector128<uint> a, Vector128<uint> b) =>
        Sse2.IsSupported ? Sse2.UnpackLow(a, b) : AdvSimd.Arm64.ZipLow(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> ZipHigh(Vector128<uint> a, Vector128<uint> b) =>
        Sse2.IsSupported ? Sse2.UnpackHigh(a, b) : AdvSimd.Arm64.ZipHigh(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> ZipLow(Vector128<ulong> a, Vector128<ulong> b) =>
        Sse2.IsSupported ? Sse2.UnpackLow(a, b) : AdvSimd.Arm64.ZipLow(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> ZipHigh(Vector128<ulong> a, Vector128<ulong> b) =>
        Sse2.IsSupported ? Sse2.UnpackHigh(a, b) : AdvSimd.Arm64.ZipHigh(a, b);

    private static void Counters(byte* space, ulong counter, ulong step)
    {
        uint* low = (uint*)space;
        for (uint lane = 0; lane < Lanes; lane++, counter += step)
        {
            low[lane] = (uint)counter;
            low[lane + Lanes] = (uint)(counter >> 32);
        }
    }
}
