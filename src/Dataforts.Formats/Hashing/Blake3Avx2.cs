using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dataforts.Hashing;

/// <summary>Eight inputs side by side: word i of the state of all of them is one 256-bit vector.</summary>
internal static unsafe class Blake3Avx2
{
    public const int Lanes = 8;

    /// <summary>The chaining values of eight inputs of <paramref name="blocks"/> blocks each.</summary>
    /// <param name="lanes">Eight addresses; one may stand there more than once.</param>
    /// <param name="blocks">Blocks in every input, at least 1.</param>
    /// <param name="key">Eight words.</param>
    /// <param name="counter">Of the first lane.</param>
    /// <param name="counterStep">What each further lane adds to it: 1 for chunks, 0 for parents.</param>
    /// <param name="flags">Of every block.</param>
    /// <param name="edgeFlags">Added on the first block (low half) and on the last one (high half).</param>
    /// <param name="ahead">How far ahead of what it hashes it prefetches, in bytes.</param>
    /// <param name="cvs">Takes 8 x 32 bytes.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Hash(
        byte** lanes, int blocks, uint* key, ulong counter, ulong counterStep, uint flags, uint edgeFlags, nuint ahead, byte* cvs)
    {
        byte* space = stackalloc byte[(18 * 32) + 32];
        byte* m = (byte*)(((nuint)space + 31) & ~(nuint)31);
        Counters(m + 512, counter, counterStep);

        Vector256<uint> v0 = Vector256.Create(key[0]), v1 = Vector256.Create(key[1]);
        Vector256<uint> v2 = Vector256.Create(key[2]), v3 = Vector256.Create(key[3]);
        Vector256<uint> v4 = Vector256.Create(key[4]), v5 = Vector256.Create(key[5]);
        Vector256<uint> v6 = Vector256.Create(key[6]), v7 = Vector256.Create(key[7]);
        uint blockFlags = flags | (edgeFlags & 0xFFFF);
        for (nuint offset = 0; ; offset += 64)
        {
            bool last = --blocks == 0;
            if (last) blockFlags |= edgeFlags >> 16;
            Prefetch(lanes, offset + ahead);
            Transpose(lanes, offset, m);
            Transpose(lanes, offset + 16, m + 128);
            Transpose(lanes, offset + 32, m + 256);
            Transpose(lanes, offset + 48, m + 384);
            Vector256<uint> v8 = Vector256.Create(Blake3Kernels.Iv0), v9 = Vector256.Create(Blake3Kernels.Iv1);
            Vector256<uint> v10 = Vector256.Create(Blake3Kernels.Iv2), v11 = Vector256.Create(Blake3Kernels.Iv3);
            Vector256<uint> v12 = *(Vector256<uint>*)(m + 512), v13 = *(Vector256<uint>*)(m + 544);
            Vector256<uint> v14 = Vector256.Create(64u), v15 = Vector256.Create(blockFlags);
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
        Transpose(v0, v1, v2, v3, cvs);
        Transpose(v4, v5, v6, v7, cvs + 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Feed(
        ref Vector256<uint> v0, ref Vector256<uint> v1, ref Vector256<uint> v2, ref Vector256<uint> v3,
        Vector256<uint> v8, Vector256<uint> v9, Vector256<uint> v10, Vector256<uint> v11)
    {
        v0 = Avx2.Xor(v0, v8);
        v1 = Avx2.Xor(v1, v9);
        v2 = Avx2.Xor(v2, v10);
        v3 = Avx2.Xor(v3, v11);
    }

    /// <summary>A round: the four columns, then the four diagonals.</summary>
    /// <remarks>
    /// The numbers of the sixteen message words are packed, four bits each with the first lowest, since the inliner takes at most 32
    /// parameters; constants that they are, they leave no trace in the code.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(
        ref Vector256<uint> v0, ref Vector256<uint> v1, ref Vector256<uint> v2, ref Vector256<uint> v3,
        ref Vector256<uint> v4, ref Vector256<uint> v5, ref Vector256<uint> v6, ref Vector256<uint> v7,
        ref Vector256<uint> v8, ref Vector256<uint> v9, ref Vector256<uint> v10, ref Vector256<uint> v11,
        ref Vector256<uint> v12, ref Vector256<uint> v13, ref Vector256<uint> v14, ref Vector256<uint> v15,
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
        ref Vector256<uint> a0, ref Vector256<uint> a1, ref Vector256<uint> a2, ref Vector256<uint> a3,
        ref Vector256<uint> b0, ref Vector256<uint> b1, ref Vector256<uint> b2, ref Vector256<uint> b3,
        ref Vector256<uint> c0, ref Vector256<uint> c1, ref Vector256<uint> c2, ref Vector256<uint> c3,
        ref Vector256<uint> d0, ref Vector256<uint> d1, ref Vector256<uint> d2, ref Vector256<uint> d3,
        byte* m, uint words)
    {
        a0 = Avx2.Add(a0, *(Vector256<uint>*)(m + (32 * (words & 15))));
        a1 = Avx2.Add(a1, *(Vector256<uint>*)(m + (32 * ((words >> 8) & 15))));
        a2 = Avx2.Add(a2, *(Vector256<uint>*)(m + (32 * ((words >> 16) & 15))));
        a3 = Avx2.Add(a3, *(Vector256<uint>*)(m + (32 * ((words >> 24) & 15))));
        a0 = Avx2.Add(a0, b0);
        a1 = Avx2.Add(a1, b1);
        a2 = Avx2.Add(a2, b2);
        a3 = Avx2.Add(a3, b3);
        d0 = Avx2.Xor(d0, a0);
        d1 = Avx2.Xor(d1, a1);
        d2 = Avx2.Xor(d2, a2);
        d3 = Avx2.Xor(d3, a3);
        Rotate16(ref d0, ref d1, ref d2, ref d3);
        c0 = Avx2.Add(c0, d0);
        c1 = Avx2.Add(c1, d1);
        c2 = Avx2.Add(c2, d2);
        c3 = Avx2.Add(c3, d3);
        b0 = Avx2.Xor(b0, c0);
        b1 = Avx2.Xor(b1, c1);
        b2 = Avx2.Xor(b2, c2);
        b3 = Avx2.Xor(b3, c3);
        Rotate12(ref b0, ref b1, ref b2, ref b3);
        a0 = Avx2.Add(a0, *(Vector256<uint>*)(m + (32 * ((words >> 4) & 15))));
        a1 = Avx2.Add(a1, *(Vector256<uint>*)(m + (32 * ((words >> 12) & 15))));
        a2 = Avx2.Add(a2, *(Vector256<uint>*)(m + (32 * ((words >> 20) & 15))));
        a3 = Avx2.Add(a3, *(Vector256<uint>*)(m + (32 * ((words >> 28) & 15))));
        a0 = Avx2.Add(a0, b0);
        a1 = Avx2.Add(a1, b1);
        a2 = Avx2.Add(a2, b2);
        a3 = Avx2.Add(a3, b3);
        d0 = Avx2.Xor(d0, a0);
        d1 = Avx2.Xor(d1, a1);
        d2 = Avx2.Xor(d2, a2);
        d3 = Avx2.Xor(d3, a3);
        Rotate8(ref d0, ref d1, ref d2, ref d3);
        c0 = Avx2.Add(c0, d0);
        c1 = Avx2.Add(c1, d1);
        c2 = Avx2.Add(c2, d2);
        c3 = Avx2.Add(c3, d3);
        b0 = Avx2.Xor(b0, c0);
        b1 = Avx2.Xor(b1, c1);
        b2 = Avx2.Xor(b2, c2);
        b3 = Avx2.Xor(b3, c3);
        Rotate7(ref b0, ref b1, ref b2, ref b3);
    }

    // The rotations work in place and on four at a time: every value passed or returned costs the inliner one of its 512 locals,
    // and past that it leaves calls and spills in the rounds.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Rotate16(ref Vector256<uint> v0, ref Vector256<uint> v1, ref Vector256<uint> v2, ref Vector256<uint> v3)
    {
        if (Avx512F.VL.IsSupported)
        {
            v0 = Avx512F.VL.RotateRight(v0, 16);
            v1 = Avx512F.VL.RotateRight(v1, 16);
            v2 = Avx512F.VL.RotateRight(v2, 16);
            v3 = Avx512F.VL.RotateRight(v3, 16);
        }
        else
        {
            Vector256<byte> turn = Vector256.Create(
                (byte)2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13,
                2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
            v0 = Avx2.Shuffle(v0.AsByte(), turn).AsUInt32();
            v1 = Avx2.Shuffle(v1.AsByte(), turn).AsUInt32();
            v2 = Avx2.Shuffle(v2.AsByte(), turn).AsUInt32();
            v3 = Avx2.Shuffle(v3.AsByte(), turn).AsUInt32();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Rotate12(ref Vector256<uint> v0, ref Vector256<uint> v1, ref Vector256<uint> v2, ref Vector256<uint> v3)
    {
        if (Avx512F.VL.IsSupported)
        {
            v0 = Avx512F.VL.RotateRight(v0, 12);
            v1 = Avx512F.VL.RotateRight(v1, 12);
            v2 = Avx512F.VL.RotateRight(v2, 12);
            v3 = Avx512F.VL.RotateRight(v3, 12);
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
    private static void Rotate8(ref Vector256<uint> v0, ref Vector256<uint> v1, ref Vector256<uint> v2, ref Vector256<uint> v3)
    {
        if (Avx512F.VL.IsSupported)
        {
            v0 = Avx512F.VL.RotateRight(v0, 8);
            v1 = Avx512F.VL.RotateRight(v1, 8);
            v2 = Avx512F.VL.RotateRight(v2, 8);
            v3 = Avx512F.VL.RotateRight(v3, 8);
        }
        else
        {
            Vector256<byte> turn = Vector256.Create(
                (byte)1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12,
                1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12);
            v0 = Avx2.Shuffle(v0.AsByte(), turn).AsUInt32();
            v1 = Avx2.Shuffle(v1.AsByte(), turn).AsUInt32();
            v2 = Avx2.Shuffle(v2.AsByte(), turn).AsUInt32();
            v3 = Avx2.Shuffle(v3.AsByte(), turn).AsUInt32();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Rotate7(ref Vector256<uint> v0, ref Vector256<uint> v1, ref Vector256<uint> v2, ref Vector256<uint> v3)
    {
        if (Avx512F.VL.IsSupported)
        {
            v0 = Avx512F.VL.RotateRight(v0, 7);
            v1 = Avx512F.VL.RotateRight(v1, 7);
            v2 = Avx512F.VL.RotateRight(v2, 7);
            v3 = Avx512F.VL.RotateRight(v3, 7);
        }
        else
        {
            v0 = (v0 >>> 7) | (v0 << 25);
            v1 = (v1 >>> 7) | (v1 << 25);
            v2 = (v2 >>> 7) | (v2 << 25);
            v3 = (v3 >>> 7) | (v3 << 25);
        }
    }

    /// <summary>Asks for a line of each lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(byte** lanes, nuint offset)
    {
        Sse.Prefetch0(lanes[0] + offset);
        Sse.Prefetch0(lanes[1] + offset);
        Sse.Prefetch0(lanes[2] + offset);
        Sse.Prefetch0(lanes[3] + offset);
        Sse.Prefetch0(lanes[4] + offset);
        Sse.Prefetch0(lanes[5] + offset);
        Sse.Prefetch0(lanes[6] + offset);
        Sse.Prefetch0(lanes[7] + offset);
    }

    /// <summary>Turns 16 bytes of each of the eight lanes into four vectors, one a message word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(byte** lanes, nuint offset, byte* m)
    {
        Vector256<uint> r0 = Pair(lanes[0] + offset, lanes[4] + offset), r1 = Pair(lanes[1] + offset, lanes[5] + offset);
        Vector256<uint> r2 = Pair(lanes[2] + offset, lanes[6] + offset), r3 = Pair(lanes[3] + offset, lanes[7] + offset);
        Vector256<ulong> lo01 = Avx2.UnpackLow(r0, r1).AsUInt64(), hi01 = Avx2.UnpackHigh(r0, r1).AsUInt64();
        Vector256<ulong> lo23 = Avx2.UnpackLow(r2, r3).AsUInt64(), hi23 = Avx2.UnpackHigh(r2, r3).AsUInt64();
        Avx2.UnpackLow(lo01, lo23).Store((ulong*)m);
        Avx2.UnpackHigh(lo01, lo23).Store((ulong*)(m + 32));
        Avx2.UnpackLow(hi01, hi23).Store((ulong*)(m + 64));
        Avx2.UnpackHigh(hi01, hi23).Store((ulong*)(m + 96));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Pair(byte* low, byte* high) =>
        Avx2.InsertVector128((*(Vector128<uint>*)low).ToVector256Unsafe(), *(Vector128<uint>*)high, 1);

    /// <summary>Writes four words of each of the eight chaining values, which are 32 bytes apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(Vector256<uint> v0, Vector256<uint> v1, Vector256<uint> v2, Vector256<uint> v3, byte* cvs)
    {
        Vector256<ulong> lo01 = Avx2.UnpackLow(v0, v1).AsUInt64(), hi01 = Avx2.UnpackHigh(v0, v1).AsUInt64();
        Vector256<ulong> lo23 = Avx2.UnpackLow(v2, v3).AsUInt64(), hi23 = Avx2.UnpackHigh(v2, v3).AsUInt64();
        StoreHalves(Avx2.UnpackLow(lo01, lo23), cvs);
        StoreHalves(Avx2.UnpackHigh(lo01, lo23), cvs + 32);
        StoreHalves(Avx2.UnpackLow(hi01, hi23), cvs + 64);
        StoreHalves(Avx2.UnpackHigh(hi01, hi23), cvs + 96);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreHalves(Vector256<ulong> v, byte* cvs)
    {
        v.GetLower().Store((ulong*)cvs);
        v.GetUpper().Store((ulong*)(cvs + 128));
    }

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
