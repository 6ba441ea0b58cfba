using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dataforts.Hashing;

/// <summary>Sixteen inputs side by side: word i of the state of all of them is one 512-bit vector.</summary>
internal static unsafe class Blake3Avx512
{
    public const int Lanes = 16;

    /// <summary>The chaining values of sixteen inputs of <paramref name="blocks"/> blocks each.</summary>
    /// <param name="lanes">Sixteen addresses; one may stand there more than once.</param>
    /// <param name="blocks">Blocks in every input, at least 1.</param>
    /// <param name="key">Eight words.</param>
    /// <param name="counter">Of the first lane.</param>
    /// <param name="counterStep">What each further lane adds to it: 1 for chunks, 0 for parents.</param>
    /// <param name="flags">Of every block.</param>
    /// <param name="edgeFlags">Added on the first block (low half) and on the last one (high half).</param>
    /// <param name="ahead">How far ahead of what it hashes it prefetches, in bytes.</param>
    /// <param name="cvs">Takes 16 x 32 bytes.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Hash(
        byte** lanes, int blocks, uint* key, ulong counter, uint counterStep, uint flags, uint edgeFlags, nuint ahead, byte* cvs)
    {
        // Two blocks' words: while one is hashed, the next one is transposed.
        byte* space = stackalloc byte[(2 * 16 * 64) + 64];
        byte* m = (byte*)(((nuint)space + 63) & ~(nuint)63), next = m + (16 * 64);
        Vector512<uint> low = Avx512F.MultiplyLow(Vector512.Create(0u, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), Vector512.Create(counterStep));
        low = Avx512F.Add(low, Vector512.Create((uint)counter));
        // Where the low word has wrapped around, the comparison gives -1: one more in the high word.
        Vector512<uint> high = Avx512F.Subtract(
            Vector512.Create((uint)(counter >> 32)), Avx512F.CompareLessThan(low, Vector512.Create((uint)counter)));

        Vector512<uint> v0 = Vector512.Create(key[0]), v1 = Vector512.Create(key[1]);
        Vector512<uint> v2 = Vector512.Create(key[2]), v3 = Vector512.Create(key[3]);
        Vector512<uint> v4 = Vector512.Create(key[4]), v5 = Vector512.Create(key[5]);
        Vector512<uint> v6 = Vector512.Create(key[6]), v7 = Vector512.Create(key[7]);
        Transpose(lanes, 0, m);
        Transpose(lanes, 32, m + 512);
        uint blockFlags = flags | (edgeFlags & 0xFFFF);
        for (nuint offset = 0; ; offset += 64)
        {
            bool last = --blocks == 0;
            if (last) blockFlags |= edgeFlags >> 16;
            Prefetch(lanes, offset + ahead);
            Vector512<uint> v8 = Vector512.Create(Blake3Kernels.Iv0), v9 = Vector512.Create(Blake3Kernels.Iv1);
            Vector512<uint> v10 = Vector512.Create(Blake3Kernels.Iv2), v11 = Vector512.Create(Blake3Kernels.Iv3);
            Vector512<uint> v12 = low, v13 = high;
            Vector512<uint> v14 = Vector512.Create(64u), v15 = Vector512.Create(blockFlags);
            Round(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7, ref v8, ref v9, ref v10, ref v11, ref v12, ref v13,
                ref v14, ref v15, m, 0xFEDCBA9876543210);
            Round(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7, ref v8, ref v9, ref v10, ref v11, ref v12, ref v13,
                ref v14, ref v15, m, 0x8FE95CB1D407A362);
            if (!last) Transpose(lanes, offset + 64, next);
            Round(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7, ref v8, ref v9, ref v10, ref v11, ref v12, ref v13,
                ref v14, ref v15, m, 0x18FB0956E72DCA43);
            Round(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7, ref v8, ref v9, ref v10, ref v11, ref v12, ref v13,
                ref v14, ref v15, m, 0x61852B04FD3E9C7A);
            Round(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7, ref v8, ref v9, ref v10, ref v11, ref v12, ref v13,
                ref v14, ref v15, m, 0x461035278EAFB9DC);
            if (!last) Transpose(lanes, offset + 96, next + 512);
            Round(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7, ref v8, ref v9, ref v10, ref v11, ref v12, ref v13,
                ref v14, ref v15, m, 0x7462A03D1FC85BE9);
            Round(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7, ref v8, ref v9, ref v10, ref v11, ref v12, ref v13,
                ref v14, ref v15, m, 0xD743C2AE689105FB);
            Feed(ref v0, ref v1, ref v2, ref v3, v8, v9, v10, v11);
            Feed(ref v4, ref v5, ref v6, ref v7, v12, v13, v14, v15);
            if (last) break;
            blockFlags = flags;
            byte* swap = m;
            m = next;
            next = swap;
        }
        Store(v0, v1, v2, v3, v4, v5, v6, v7, cvs);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Feed(
        ref Vector512<uint> v0, ref Vector512<uint> v1, ref Vector512<uint> v2, ref Vector512<uint> v3,
        Vector512<uint> v8, Vector512<uint> v9, Vector512<uint> v10, Vector512<uint> v11)
    {
        v0 = Avx512F.Xor(v0, v8);
        v1 = Avx512F.Xor(v1, v9);
        v2 = Avx512F.Xor(v2, v10);
        v3 = Avx512F.Xor(v3, v11);
    }

    /// <summary>A round: the four columns, then the four diagonals.</summary>
    /// <remarks>
    /// The numbers of the sixteen message words are packed, four bits each with the first lowest, since the inliner takes at most 32
    /// parameters; constants that they are, they leave no trace in the code.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(
        ref Vector512<uint> v0, ref Vector512<uint> v1, ref Vector512<uint> v2, ref Vector512<uint> v3,
        ref Vector512<uint> v4, ref Vector512<uint> v5, ref Vector512<uint> v6, ref Vector512<uint> v7,
        ref Vector512<uint> v8, ref Vector512<uint> v9, ref Vector512<uint> v10, ref Vector512<uint> v11,
        ref Vector512<uint> v12, ref Vector512<uint> v13, ref Vector512<uint> v14, ref Vector512<uint> v15,
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
        ref Vector512<uint> a0, ref Vector512<uint> a1, ref Vector512<uint> a2, ref Vector512<uint> a3,
        ref Vector512<uint> b0, ref Vector512<uint> b1, ref Vector512<uint> b2, ref Vector512<uint> b3,
        ref Vector512<uint> c0, ref Vector512<uint> c1, ref Vector512<uint> c2, ref Vector512<uint> c3,
        ref Vector512<uint> d0, ref Vector512<uint> d1, ref Vector512<uint> d2, ref Vector512<uint> d3,
        byte* m, uint words)
    {
        a0 = Avx512F.Add(a0, *(Vector512<uint>*)(m + (64 * (words & 15))));
        a1 = Avx512F.Add(a1, *(Vector512<uint>*)(m + (64 * ((words >> 8) & 15))));
        a2 = Avx512F.Add(a2, *(Vector512<uint>*)(m + (64 * ((words >> 16) & 15))));
        a3 = Avx512F.Add(a3, *(Vector512<uint>*)(m + (64 * ((words >> 24) & 15))));
        a0 = Avx512F.Add(a0, b0);
        a1 = Avx512F.Add(a1, b1);
        a2 = Avx512F.Add(a2, b2);
        a3 = Avx512F.Add(a3, b3);
        d0 = Avx512F.RotateRight(Avx512F.Xor(d0, a0), 16);
        d1 = Avx512F.RotateRight(Avx512F.Xor(d1, a1), 16);
        d2 = Avx512F.RotateRight(Avx512F.Xor(d2, a2), 16);
        d3 = Avx512F.RotateRight(Avx512F.Xor(d3, a3), 16);
        c0 = Avx512F.Add(c0, d0);
        c1 = Avx512F.Add(c1, d1);
        c2 = Avx512F.Add(c2, d2);
        c3 = Avx512F.Add(c3, d3);
        b0 = Avx512F.RotateRight(Avx512F.Xor(b0, c0), 12);
        b1 = Avx512F.RotateRight(Avx512F.Xor(b1, c1), 12);
        b2 = Avx512F.RotateRight(Avx512F.Xor(b2, c2), 12);
        b3 = Avx512F.RotateRight(Avx512F.Xor(b3, c3), 12);
        a0 = Avx512F.Add(a0, *(Vector512<uint>*)(m + (64 * ((words >> 4) & 15))));
        a1 = Avx512F.Add(a1, *(Vector512<uint>*)(m + (64 * ((words >> 12) & 15))));
        a2 = Avx512F.Add(a2, *(Vector512<uint>*)(m + (64 * ((words >> 20) & 15))));
        a3 = Avx512F.Add(a3, *(Vector512<uint>*)(m + (64 * ((words >> 28) & 15))));
        a0 = Avx512F.Add(a0, b0);
        a1 = Avx512F.Add(a1, b1);
        a2 = Avx512F.Add(a2, b2);
        a3 = Avx512F.Add(a3, b3);
        d0 = Avx512F.RotateRight(Avx512F.Xor(d0, a0), 8);
        d1 = Avx512F.RotateRight(Avx512F.Xor(d1, a1), 8);
        d2 = Avx512F.RotateRight(Avx512F.Xor(d2, a2), 8);
        d3 = Avx512F.RotateRight(Avx512F.Xor(d3, a3), 8);
        c0 = Avx512F.Add(c0, d0);
        c1 = Avx512F.Add(c1, d1);
        c2 = Avx512F.Add(c2, d2);
        c3 = Avx512F.Add(c3, d3);
        b0 = Avx512F.RotateRight(Avx512F.Xor(b0, c0), 7);
        b1 = Avx512F.RotateRight(Avx512F.Xor(b1, c1), 7);
        b2 = Avx512F.RotateRight(Avx512F.Xor(b2, c2), 7);
        b3 = Avx512F.RotateRight(Avx512F.Xor(b3, c3), 7);
    }

    /// <summary>Asks for a line of each lane: sixteen streams are more than the processor follows by itself.</summary>
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
        Sse.Prefetch0(lanes[8] + offset);
        Sse.Prefetch0(lanes[9] + offset);
        Sse.Prefetch0(lanes[10] + offset);
        Sse.Prefetch0(lanes[11] + offset);
        Sse.Prefetch0(lanes[12] + offset);
        Sse.Prefetch0(lanes[13] + offset);
        Sse.Prefetch0(lanes[14] + offset);
        Sse.Prefetch0(lanes[15] + offset);
    }

    /// <summary>Turns 32 bytes of each of the sixteen lanes into eight vectors, one a message word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(byte** lanes, nuint offset, byte* m)
    {
        // Four rows of (lane i | lane i + 4), then four of (lane i + 8 | lane i + 12): after two unpacks inside the
        // 128-bit quarters, one shuffle of quarters puts the lanes in order.
        Quads(lanes, offset, out Vector512<uint> p0, out Vector512<uint> p1, out Vector512<uint> p2, out Vector512<uint> p3);
        Quads(lanes + 8, offset, out Vector512<uint> q0, out Vector512<uint> q1, out Vector512<uint> q2, out Vector512<uint> q3);
        Avx512F.Shuffle4x128(p0, q0, 0x88).Store((uint*)m);
        Avx512F.Shuffle4x128(p1, q1, 0x88).Store((uint*)(m + 64));
        Avx512F.Shuffle4x128(p2, q2, 0x88).Store((uint*)(m + 128));
        Avx512F.Shuffle4x128(p3, q3, 0x88).Store((uint*)(m + 192));
        Avx512F.Shuffle4x128(p0, q0, 0xDD).Store((uint*)(m + 256));
        Avx512F.Shuffle4x128(p1, q1, 0xDD).Store((uint*)(m + 320));
        Avx512F.Shuffle4x128(p2, q2, 0xDD).Store((uint*)(m + 384));
        Avx512F.Shuffle4x128(p3, q3, 0xDD).Store((uint*)(m + 448));
    }

    /// <summary>Words 0..3 (and in the odd quarters 4..7) of eight lanes, one word a vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quads(
        byte** lanes, nuint offset, out Vector512<uint> w0, out Vector512<uint> w1, out Vector512<uint> w2, out Vector512<uint> w3)
    {
        Vector512<uint> r0 = Pair(lanes[0] + offset, lanes[4] + offset);
        Vector512<uint> r1 = Pair(lanes[1] + offset, lanes[5] + offset);
        Vector512<uint> r2 = Pair(lanes[2] + offset, lanes[6] + offset);
        Vector512<uint> r3 = Pair(lanes[3] + offset, lanes[7] + offset);
        Vector512<ulong> lo01 = Avx512F.UnpackLow(r0, r1).AsUInt64(), hi01 = Avx512F.UnpackHigh(r0, r1).AsUInt64();
        Vector512<ulong> lo23 = Avx512F.UnpackLow(r2, r3).AsUInt64(), hi23 = Avx512F.UnpackHigh(r2, r3).AsUInt64();
        w0 = Avx512F.UnpackLow(lo01, lo23).AsUInt32();
        w1 = Avx512F.UnpackHigh(lo01, lo23).AsUInt32();
        w2 = Avx512F.UnpackLow(hi01, hi23).AsUInt32();
        w3 = Avx512F.UnpackHigh(hi01, hi23).AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Pair(byte* low, byte* high) =>
        Avx512F.InsertVector256((*(Vector256<uint>*)low).ToVector512Unsafe(), *(Vector256<uint>*)high, 1);

    /// <summary>Writes the sixteen chaining values, lane after lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(
        Vector512<uint> v0, Vector512<uint> v1, Vector512<uint> v2, Vector512<uint> v3,
        Vector512<uint> v4, Vector512<uint> v5, Vector512<uint> v6, Vector512<uint> v7, byte* cvs)
    {
        Vector512<ulong> a0 = Avx512F.UnpackLow(v0, v1).AsUInt64(), a1 = Avx512F.UnpackHigh(v0, v1).AsUInt64();
        Vector512<ulong> a2 = Avx512F.UnpackLow(v2, v3).AsUInt64(), a3 = Avx512F.UnpackHigh(v2, v3).AsUInt64();
        Vector512<ulong> a4 = Avx512F.UnpackLow(v4, v5).AsUInt64(), a5 = Avx512F.UnpackHigh(v4, v5).AsUInt64();
        Vector512<ulong> a6 = Avx512F.UnpackLow(v6, v7).AsUInt64(), a7 = Avx512F.UnpackHigh(v6, v7).AsUInt64();
        // Quarter q of each: words 0..3, then words 4..7, of lane 4q + 0, 1, 2 or 3.
        StoreQuarters(Avx512F.UnpackLow(a0, a2), Avx512F.UnpackLow(a4, a6), cvs);
        StoreQuarters(Avx512F.UnpackHigh(a0, a2), Avx512F.UnpackHigh(a4, a6), cvs + 32);
        StoreQuarters(Avx512F.UnpackLow(a1, a3), Avx512F.UnpackLow(a5, a7), cvs + 64);
        StoreQuarters(Avx512F.UnpackHigh(a1, a3), Avx512F.UnpackHigh(a5, a7), cvs + 96);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreQuarters(Vector512<ulong> low, Vector512<ulong> high, byte* cvs)
    {
        Vector512<ulong> even = Avx512F.PermuteVar8x64x2(low, Vector512.Create(0ul, 1, 8, 9, 2, 3, 10, 11), high);
        Vector512<ulong> odd = Avx512F.PermuteVar8x64x2(low, Vector512.Create(4ul, 5, 12, 13, 6, 7, 14, 15), high);
        even.GetLower().Store((ulong*)cvs);
        even.GetUpper().Store((ulong*)(cvs + 128));
        odd.GetLower().Store((ulong*)(cvs + 256));
        odd.GetUpper().Store((ulong*)(cvs + 384));
    }
}
