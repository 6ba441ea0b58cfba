using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Dataforts.Hashing;

/// <summary>One block at a time in plain 32-bit arithmetic: every processor's path, and what the others are checked against.</summary>
internal static unsafe class Blake3Scalar
{
    /// <summary>Compresses one block; <paramref name="output"/> takes all sixteen words of the result.</summary>
    /// <param name="cv">Eight words.</param>
    /// <param name="block">64 bytes, zero past <paramref name="length"/>.</param>
    /// <param name="counter">The chunk's or the output block's number.</param>
    /// <param name="length">Input bytes in the block.</param>
    /// <param name="flags">The block's domain flags.</param>
    /// <param name="output">Sixteen words, the first eight being the next chaining value; may overlap <paramref name="cv"/>.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Compress(uint* cv, byte* block, ulong counter, uint length, uint flags, uint* output)
    {
        uint* m = stackalloc uint[16];
        for (int i = 0; i < 16; i++) m[i] = BinaryPrimitives.ReadUInt32LittleEndian(new ReadOnlySpan<byte>(block + (4 * i), 4));
        uint v0 = cv[0], v1 = cv[1], v2 = cv[2], v3 = cv[3], v4 = cv[4], v5 = cv[5], v6 = cv[6], v7 = cv[7];
        uint v8 = Blake3Kernels.Iv0, v9 = Blake3Kernels.Iv1, v10 = Blake3Kernels.Iv2, v11 = Blake3Kernels.Iv3;
        uint v12 = (uint)counter, v13 = (uint)(counter >> 32), v14 = length, v15 = flags;
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
        uint c0 = cv[0], c1 = cv[1], c2 = cv[2], c3 = cv[3], c4 = cv[4], c5 = cv[5], c6 = cv[6], c7 = cv[7];
        Write(output, v0 ^ v8, v1 ^ v9, v2 ^ v10, v3 ^ v11, v4 ^ v12, v5 ^ v13, v6 ^ v14, v7 ^ v15);
        Write(output + 8, v8 ^ c0, v9 ^ c1, v10 ^ c2, v11 ^ c3, v12 ^ c4, v13 ^ c5, v14 ^ c6, v15 ^ c7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(uint* output, uint w0, uint w1, uint w2, uint w3, uint w4, uint w5, uint w6, uint w7)
    {
        output[0] = w0;
        output[1] = w1;
        output[2] = w2;
        output[3] = w3;
        output[4] = w4;
        output[5] = w5;
        output[6] = w6;
        output[7] = w7;
    }

    /// <summary>A round: the four columns, then the four diagonals.</summary>
    /// <remarks>
    /// The numbers of the sixteen message words are packed, four bits each with the first lowest, since the inliner takes at most 32
    /// parameters; constants that they are, they leave no trace in the code.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(
        ref uint v0, ref uint v1, ref uint v2, ref uint v3,
        ref uint v4, ref uint v5, ref uint v6, ref uint v7,
        ref uint v8, ref uint v9, ref uint v10, ref uint v11,
        ref uint v12, ref uint v13, ref uint v14, ref uint v15,
        uint* m, ulong words)
    {
        Mix(
            ref v0, ref v1, ref v2, ref v3, ref v4, ref v5, ref v6, ref v7,
            ref v8, ref v9, ref v10, ref v11, ref v12, ref v13, ref v14, ref v15, m, (uint)words);
        Mix(
            ref v0, ref v1, ref v2, ref v3, ref v5, ref v6, ref v7, ref v4,
            ref v10, ref v11, ref v8, ref v9, ref v15, ref v12, ref v13, ref v14, m, (uint)(words >> 32));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(
        ref uint a0, ref uint a1, ref uint a2, ref uint a3, ref uint b0, ref uint b1, ref uint b2, ref uint b3,
        ref uint c0, ref uint c1, ref uint c2, ref uint c3, ref uint d0, ref uint d1, ref uint d2, ref uint d3,
        uint* m, uint words)
    {
        Mix(ref a0, ref b0, ref c0, ref d0, m[words & 15], m[(words >> 4) & 15]);
        Mix(ref a1, ref b1, ref c1, ref d1, m[(words >> 8) & 15], m[(words >> 12) & 15]);
        Mix(ref a2, ref b2, ref c2, ref d2, m[(words >> 16) & 15], m[(words >> 20) & 15]);
        Mix(ref a3, ref b3, ref c3, ref d3, m[(words >> 24) & 15], m[(words >> 28) & 15]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(ref uint a, ref uint b, ref uint c, ref uint d, uint x, uint y)
    {
        a = a + b + x;
        d = uint.RotateRight(d ^ a, 16);
        c += d;
        b = uint.RotateRight(b ^ c, 12);
        a = a + b + y;
        d = uint.RotateRight(d ^ a, 8);
        c += d;
        b = uint.RotateRight(b ^ c, 7);
    }
}
