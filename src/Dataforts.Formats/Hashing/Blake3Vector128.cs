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
            Mix(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7, ref v8, ref v9, ref v10, ref v11, ref v12, ref v13, ref v14, ref v15,
                m, 0, 1, 2, 3, 4, 5, 6, 7);
            Mix(ref v0, ref v1, ref v2, ref v3, ref v5, ref v6, ref v7, ref v4, ref v10, ref v11, ref v8, ref v9, ref v15, ref v12, ref v13, ref v14,
                m, 8, 9, 10, 11, 12, 13, 14, 15);
            Mix(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7, ref v8, ref v9, ref v10, ref v11, ref v12, ref v13, ref v14, ref v15,
                m, 2, 6, 3, 10, 7, 0, 4, 13);
            Mix(ref v0, ref v1, ref v2, ref v3, ref v5, ref v6, ref v7, ref v4, ref v10, ref v11, ref v8, ref v9, ref v15, ref v12, ref v13, ref v14,
                m, 1, 11, 12, 5, 9, 14, 15, 8);
            Mix(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7, ref v8, ref v9, ref v10, ref v11, ref v12, ref v13, ref v14, ref v15,
                m, 3, 4, 10, 12, 13, 2, 7, 14);
            Mix(ref v0, ref v1, ref v2, ref v3, ref v5, ref v6, ref v7, ref v4, ref v10, ref v11, ref v8, ref v9, ref v15, ref v12, ref v13, ref v14,
                m, 6, 5, 9, 0, 11, 15, 8, 1);
            Mix(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7, ref v8, ref v9, ref v10, ref v11, ref v12, ref v13, ref v14, ref v15,
                m, 10, 7, 12, 9, 14, 3, 13, 15);
            Mix(ref v0, ref v1, ref v2, ref v3, ref v5, ref v6, ref v7, ref v4, ref v10, ref v11, ref v8, ref v9, ref v15, ref v12, ref v13, ref v14,
                m, 4, 0, 11, 2, 5, 8, 1, 6);
            Mix(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7, ref v8, ref v9, ref v10, ref v11, ref v12, ref v13, ref v14, ref v15,
                m, 12, 13, 9, 11, 15, 10, 14, 8);
            Mix(ref v0, ref v1, ref v2, ref v3, ref v5, ref v6, ref v7, ref v4, ref v10, ref v11, ref v8, ref v9, ref v15, ref v12, ref v13, ref v14,
                m, 7, 2, 5, 3, 0, 1, 6, 4);
            Mix(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7, ref v8, ref v9, ref v10, ref v11, ref v12, ref v13, ref v14, ref v15,
                m, 9, 14, 11, 5, 8, 12, 15, 1);
            Mix(ref v0, ref v1, ref v2, ref v3, ref v5, ref v6, ref v7, ref v4, ref v10, ref v11, ref v8, ref v9, ref v15, ref v12, ref v13, ref v14,
                m, 13, 3, 0, 10, 2, 6, 4, 7);
            Mix(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7, ref v8, ref v9, ref v10, ref v11, ref v12, ref v13, ref v14, ref v15,
                m, 11, 15, 5, 0, 1, 9, 8, 6);
            Mix(ref v0, ref v1, ref v2, ref v3, ref v5, ref v6, ref v7, ref v4, ref v10, ref v11, ref v8, ref v9, ref v15, ref v12, ref v13, ref v14,
                m, 14, 10, 2, 12, 3, 4, 7, 13);
            v0 = v0 ^ v8;
            v1 = v1 ^ v9;
            v2 = v2 ^ v10;
            v3 = v3 ^ v11;
            v4 = v4 ^ v12;
            v5 = v5 ^ v13;
            v6 = v6 ^ v14;
            v7 = v7 ^ v15;
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

    /// <summary>Half a round: the mixing function on four columns, or on four diagonals.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(
        ref Vector128<uint> a0, ref Vector128<uint> a1, ref Vector128<uint> a2, ref Vector128<uint> a3,
        ref Vector128<uint> b0, ref Vector128<uint> b1, ref Vector128<uint> b2, ref Vector128<uint> b3,
        ref Vector128<uint> c0, ref Vector128<uint> c1, ref Vector128<uint> c2, ref Vector128<uint> c3,
        ref Vector128<uint> d0, ref Vector128<uint> d1, ref Vector128<uint> d2, ref Vector128<uint> d3,
        byte* m, int x0, int y0, int x1, int y1, int x2, int y2, int x3, int y3)
    {
        a0 = a0 + *(Vector128<uint>*)(m + (16 * x0));
        a1 = a1 + *(Vector128<uint>*)(m + (16 * x1));
        a2 = a2 + *(Vector128<uint>*)(m + (16 * x2));
        a3 = a3 + *(Vector128<uint>*)(m + (16 * x3));
        a0 = a0 + b0;
        a1 = a1 + b1;
        a2 = a2 + b2;
        a3 = a3 + b3;
        d0 = d0 ^ a0;
        d1 = d1 ^ a1;
        d2 = d2 ^ a2;
        d3 = d3 ^ a3;
        if (Avx512F.VL.IsSupported)
        {
            d0 = Avx512F.VL.RotateRight(d0, 16);
            d1 = Avx512F.VL.RotateRight(d1, 16);
            d2 = Avx512F.VL.RotateRight(d2, 16);
            d3 = Avx512F.VL.RotateRight(d3, 16);
        }
        else if (AdvSimd.IsSupported)
        {
            d0 = AdvSimd.ReverseElement16(d0);
            d1 = AdvSimd.ReverseElement16(d1);
            d2 = AdvSimd.ReverseElement16(d2);
            d3 = AdvSimd.ReverseElement16(d3);
        }
        else
        {
            d0 = Vector128.Shuffle(d0.AsByte(), Vector128.Create((byte)2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13)).AsUInt32();
            d1 = Vector128.Shuffle(d1.AsByte(), Vector128.Create((byte)2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13)).AsUInt32();
            d2 = Vector128.Shuffle(d2.AsByte(), Vector128.Create((byte)2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13)).AsUInt32();
            d3 = Vector128.Shuffle(d3.AsByte(), Vector128.Create((byte)2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13)).AsUInt32();
        }
        c0 = c0 + d0;
        c1 = c1 + d1;
        c2 = c2 + d2;
        c3 = c3 + d3;
        b0 = b0 ^ c0;
        b1 = b1 ^ c1;
        b2 = b2 ^ c2;
        b3 = b3 ^ c3;
        if (Avx512F.VL.IsSupported)
        {
            b0 = Avx512F.VL.RotateRight(b0, 12);
            b1 = Avx512F.VL.RotateRight(b1, 12);
            b2 = Avx512F.VL.RotateRight(b2, 12);
            b3 = Avx512F.VL.RotateRight(b3, 12);
        }
        else if (AdvSimd.IsSupported)
        {
            b0 = AdvSimd.ShiftRightAndInsert(b0 << 20, b0, 12);
            b1 = AdvSimd.ShiftRightAndInsert(b1 << 20, b1, 12);
            b2 = AdvSimd.ShiftRightAndInsert(b2 << 20, b2, 12);
            b3 = AdvSimd.ShiftRightAndInsert(b3 << 20, b3, 12);
        }
        else
        {
            b0 = (b0 >>> 12) | (b0 << 20);
            b1 = (b1 >>> 12) | (b1 << 20);
            b2 = (b2 >>> 12) | (b2 << 20);
            b3 = (b3 >>> 12) | (b3 << 20);
        }
        a0 = a0 + *(Vector128<uint>*)(m + (16 * y0));
        a1 = a1 + *(Vector128<uint>*)(m + (16 * y1));
        a2 = a2 + *(Vector128<uint>*)(m + (16 * y2));
        a3 = a3 + *(Vector128<uint>*)(m + (16 * y3));
        a0 = a0 + b0;
        a1 = a1 + b1;
        a2 = a2 + b2;
        a3 = a3 + b3;
        d0 = d0 ^ a0;
        d1 = d1 ^ a1;
        d2 = d2 ^ a2;
        d3 = d3 ^ a3;
        if (Avx512F.VL.IsSupported)
        {
            d0 = Avx512F.VL.RotateRight(d0, 8);
            d1 = Avx512F.VL.RotateRight(d1, 8);
            d2 = Avx512F.VL.RotateRight(d2, 8);
            d3 = Avx512F.VL.RotateRight(d3, 8);
        }
        else
        {
            d0 = Vector128.Shuffle(d0.AsByte(), Vector128.Create((byte)1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12)).AsUInt32();
            d1 = Vector128.Shuffle(d1.AsByte(), Vector128.Create((byte)1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12)).AsUInt32();
            d2 = Vector128.Shuffle(d2.AsByte(), Vector128.Create((byte)1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12)).AsUInt32();
            d3 = Vector128.Shuffle(d3.AsByte(), Vector128.Create((byte)1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12)).AsUInt32();
        }
        c0 = c0 + d0;
        c1 = c1 + d1;
        c2 = c2 + d2;
        c3 = c3 + d3;
        b0 = b0 ^ c0;
        b1 = b1 ^ c1;
        b2 = b2 ^ c2;
        b3 = b3 ^ c3;
        if (Avx512F.VL.IsSupported)
        {
            b0 = Avx512F.VL.RotateRight(b0, 7);
            b1 = Avx512F.VL.RotateRight(b1, 7);
            b2 = Avx512F.VL.RotateRight(b2, 7);
            b3 = Avx512F.VL.RotateRight(b3, 7);
        }
        else if (AdvSimd.IsSupported)
        {
            b0 = AdvSimd.ShiftRightAndInsert(b0 << 25, b0, 7);
            b1 = AdvSimd.ShiftRightAndInsert(b1 << 25, b1, 7);
            b2 = AdvSimd.ShiftRightAndInsert(b2 << 25, b2, 7);
            b3 = AdvSimd.ShiftRightAndInsert(b3 << 25, b3, 7);
        }
        else
        {
            b0 = (b0 >>> 7) | (b0 << 25);
            b1 = (b1 >>> 7) | (b1 << 25);
            b2 = (b2 >>> 7) | (b2 << 25);
            b3 = (b3 >>> 7) | (b3 << 25);
        }
    }

    // The rotations work in place: with values passed and returned, the inliner runs out of locals in the unrolled rounds.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Rotate16(ref Vector128<uint> v)
    {
        if (Avx512F.VL.IsSupported) v = Avx512F.VL.RotateRight(v, 16);
        else if (AdvSimd.IsSupported) v = AdvSimd.ReverseElement16(v);
        else v = Vector128.Shuffle(v.AsByte(), Vector128.Create((byte)2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13)).AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Rotate12(ref Vector128<uint> v)
    {
        if (Avx512F.VL.IsSupported) v = Avx512F.VL.RotateRight(v, 12);
        else if (AdvSimd.IsSupported) v = AdvSimd.ShiftRightAndInsert(v << 20, v, 12);
        else v = (v >>> 12) | (v << 20);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Rotate8(ref Vector128<uint> v)
    {
        if (Avx512F.VL.IsSupported) v = Avx512F.VL.RotateRight(v, 8);
        else v = Vector128.Shuffle(v.AsByte(), Vector128.Create((byte)1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12)).AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Rotate7(ref Vector128<uint> v)
    {
        if (Avx512F.VL.IsSupported) v = Avx512F.VL.RotateRight(v, 7);
        else if (AdvSimd.IsSupported) v = AdvSimd.ShiftRightAndInsert(v << 25, v, 7);
        else v = (v >>> 7) | (v << 25);
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
