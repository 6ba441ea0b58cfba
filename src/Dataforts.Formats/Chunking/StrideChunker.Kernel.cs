using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dataforts.Chunking;

// A step examines 64 positions. Loaded as 16-bit lanes, the bytes from two before the first position on are the near pairs of every second
// position, those from one before it the near pairs of the others; and so for the other pairs. The hashes of a step before are those of
// the positions 64 before: four times these, and the new values. They are kept as 32 of the even positions, then 32 of the odd ones.
//
// Each kernel goes from step to step until a position passes or the end is reached, and says where. What happens then is none of its business:
// a call in the loop would keep its hashes out of the registers.
public sealed partial class StrideChunker
{
    private const int PrefetchBytes = 1536; // Past the input's end it is no access.

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe byte* NextPassing512(byte* step, byte* end, ushort* hashes)
    {
        Vector512<ushort> even = Vector512.Load(hashes), odd = Vector512.Load(hashes + 32);
        Vector512<short> below = Vector512.Create(PassesAbove);
        for (; step < end; step += Stride)
        {
            Sse.Prefetch0(step + PrefetchBytes);
            even = Next512(even, step);
            odd = Next512(odd, step + 1);
            if (Vector512.GreaterThanAny(Vector512.Max(even.AsInt16(), odd.AsInt16()), below)) break;
        }
        even.Store(hashes);
        odd.Store(hashes + 32);
        return step;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector512<ushort> Next512(Vector512<ushort> hash, byte* position)
    {
        Vector512<ushort> outer = Pairs512(position - NearPair) + Pairs512(position - FarPair);
        Vector512<ushort> all = outer + Pairs512(position - SecondPair) + Pairs512(position - ThirdPair);
        return (hash << 2) ^ Avx512BW.MultiplyHigh(outer, Vector512.Create(HighFactor)) ^ (all * Vector512.Create(LowFactor));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector512<ushort> Pairs512(byte* from) => Vector512.Load(from).AsUInt16();

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe byte* NextPassing256(byte* step, byte* end, ushort* hashes)
    {
        Vector256<ushort> even0 = Vector256.Load(hashes), even1 = Vector256.Load(hashes + 16);
        Vector256<ushort> odd0 = Vector256.Load(hashes + 32), odd1 = Vector256.Load(hashes + 48);
        Vector256<short> below = Vector256.Create(PassesAbove);
        for (; step < end; step += Stride)
        {
            Sse.Prefetch0(step + PrefetchBytes);
            even0 = Next256(even0, step);
            odd0 = Next256(odd0, step + 1);
            even1 = Next256(even1, step + 32);
            odd1 = Next256(odd1, step + 33);
            Vector256<short> even = Vector256.Max(even0.AsInt16(), even1.AsInt16()), odd = Vector256.Max(odd0.AsInt16(), odd1.AsInt16());
            if (Vector256.GreaterThanAny(Vector256.Max(even, odd), below)) break;
        }
        even0.Store(hashes);
        even1.Store(hashes + 16);
        odd0.Store(hashes + 32);
        odd1.Store(hashes + 48);
        return step;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector256<ushort> Next256(Vector256<ushort> hash, byte* position)
    {
        Vector256<ushort> outer = Pairs256(position - NearPair) + Pairs256(position - FarPair);
        Vector256<ushort> all = outer + Pairs256(position - SecondPair) + Pairs256(position - ThirdPair);
        return (hash << 2) ^ Avx2.MultiplyHigh(outer, Vector256.Create(HighFactor)) ^ (all * Vector256.Create(LowFactor));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector256<ushort> Pairs256(byte* from) => Vector256.Load(from).AsUInt16();

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe byte* NextPassing128(byte* step, byte* end, ushort* hashes)
    {
        Vector128<ushort> even0 = Vector128.Load(hashes), even1 = Vector128.Load(hashes + 8);
        Vector128<ushort> even2 = Vector128.Load(hashes + 16), even3 = Vector128.Load(hashes + 24);
        Vector128<ushort> odd0 = Vector128.Load(hashes + 32), odd1 = Vector128.Load(hashes + 40);
        Vector128<ushort> odd2 = Vector128.Load(hashes + 48), odd3 = Vector128.Load(hashes + 56);
        Vector128<short> below = Vector128.Create(PassesAbove);
        for (; step < end; step += Stride)
        {
            even0 = Next128(even0, step);
            odd0 = Next128(odd0, step + 1);
            even1 = Next128(even1, step + 16);
            odd1 = Next128(odd1, step + 17);
            even2 = Next128(even2, step + 32);
            odd2 = Next128(odd2, step + 33);
            even3 = Next128(even3, step + 48);
            odd3 = Next128(odd3, step + 49);
            Vector128<short> even = Vector128.Max(Larger(even0, even1), Larger(even2, even3)), odd = Vector128.Max(Larger(odd0, odd1), Larger(odd2, odd3));
            if (Vector128.GreaterThanAny(Vector128.Max(even, odd), below)) break;
        }
        even0.Store(hashes);
        even1.Store(hashes + 8);
        even2.Store(hashes + 16);
        even3.Store(hashes + 24);
        odd0.Store(hashes + 32);
        odd1.Store(hashes + 40);
        odd2.Store(hashes + 48);
        odd3.Store(hashes + 56);
        return step;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector128<ushort> Next128(Vector128<ushort> hash, byte* position)
    {
        Vector128<ushort> outer = Pairs128(position - NearPair) + Pairs128(position - FarPair);
        Vector128<ushort> all = outer + Pairs128(position - SecondPair) + Pairs128(position - ThirdPair);
        return (hash << 2) ^ MultiplyHigh128(outer) ^ (all * Vector128.Create(LowFactor));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector128<ushort> Pairs128(byte* from) => Vector128.Load(from).AsUInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ushort> MultiplyHigh128(Vector128<ushort> values)
    {
        if (Sse2.IsSupported) return Sse2.MultiplyHigh(values, Vector128.Create(HighFactor));
        (Vector128<uint> low, Vector128<uint> high) = Vector128.Widen(values);
        Vector128<uint> factor = Vector128.Create((uint)HighFactor);
        return Vector128.Narrow(low * factor >>> 16, high * factor >>> 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Larger(Vector128<ushort> a, Vector128<ushort> b) => Vector128.Max(a.AsInt16(), b.AsInt16());

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe byte* NextPassing(byte* step, byte* end, ushort* hashes)
    {
        for (; step < end; step += Stride)
        {
            bool passes = false;
            ushort* hash = hashes;
            for (byte* phase = step; phase < step + 2; phase++)
            {
                for (byte* position = phase; position < phase + Stride; position += 2, hash++)
                {
                    *hash = Next(*hash, position);
                    passes |= (short)*hash > PassesAbove;
                }
            }
            if (passes) break;
        }
        return step;
    }

    /// <summary>The hash of a position, of the one 64 positions before and of the bytes before this one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe ushort Next(ushort hash, byte* position)
    {
        ushort outer = (ushort)(Pair(position - NearPair) + Pair(position - FarPair));
        ushort all = (ushort)(outer + Pair(position - SecondPair) + Pair(position - ThirdPair));
        return (ushort)(((uint)hash << 2) ^ ((uint)outer * HighFactor >> 16) ^ ((uint)all * LowFactor));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe int Pair(byte* at) => at[0] | (at[1] << 8);
}
