using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dataforts.Chunking;

// A step examines 64 positions. Loaded as 16-bit lanes, the bytes from two before the first position on are the pairs of every second position,
// and those from one before it the pairs of the others. The hashes of the step before are those of the positions 64 before: four times these,
// and the new pair's value. The first seven steps of a scan lie before it and only warm up.
public sealed partial class StrideChunker
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe int Scan512(byte* from, byte* end)
    {
        Vector512<ushort> even = default, odd = default;
        Vector512<short> below = Vector512.Create((short)(PassesFrom - 1));
        for (byte* step = from - WarmUpBytes; step < end; step += Stride)
        {
            even = (even << 2) + Values512(step - 2);
            odd = (odd << 2) + Values512(step - 1);
            if (!Vector512.GreaterThanAny(Vector512.Max(even.AsInt16(), odd.AsInt16()), below) || step < from) continue;
            uint evenHits = (uint)Vector512.GreaterThan(even.AsInt16(), below).ExtractMostSignificantBits();
            uint oddHits = (uint)Vector512.GreaterThan(odd.AsInt16(), below).ExtractMostSignificantBits();
            int cut = FirstCut(from, step, Interleave(evenHits, oddHits));
            if (cut >= 0) return cut;
        }
        return -1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe int Scan256(byte* from, byte* end)
    {
        Vector256<ushort> even0 = default, even1 = default, odd0 = default, odd1 = default;
        Vector256<short> below = Vector256.Create((short)(PassesFrom - 1));
        for (byte* step = from - WarmUpBytes; step < end; step += Stride)
        {
            even0 = (even0 << 2) + Values256(step - 2);
            odd0 = (odd0 << 2) + Values256(step - 1);
            even1 = (even1 << 2) + Values256(step + 30);
            odd1 = (odd1 << 2) + Values256(step + 31);
            Vector256<short> largest = Vector256.Max(
                Vector256.Max(even0.AsInt16(), odd0.AsInt16()), Vector256.Max(even1.AsInt16(), odd1.AsInt16()));
            if (!Vector256.GreaterThanAny(largest, below) || step < from) continue;
            uint evenHits = Hits256(even0, below) | (Hits256(even1, below) << 16);
            uint oddHits = Hits256(odd0, below) | (Hits256(odd1, below) << 16);
            int cut = FirstCut(from, step, Interleave(evenHits, oddHits));
            if (cut >= 0) return cut;
        }
        return -1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe int Scan128(byte* from, byte* end)
    {
        Vector128<ushort> even0 = default, even1 = default, even2 = default, even3 = default;
        Vector128<ushort> odd0 = default, odd1 = default, odd2 = default, odd3 = default;
        Vector128<short> below = Vector128.Create((short)(PassesFrom - 1));
        for (byte* step = from - WarmUpBytes; step < end; step += Stride)
        {
            even0 = (even0 << 2) + Values128(step - 2);
            odd0 = (odd0 << 2) + Values128(step - 1);
            even1 = (even1 << 2) + Values128(step + 14);
            odd1 = (odd1 << 2) + Values128(step + 15);
            even2 = (even2 << 2) + Values128(step + 30);
            odd2 = (odd2 << 2) + Values128(step + 31);
            even3 = (even3 << 2) + Values128(step + 46);
            odd3 = (odd3 << 2) + Values128(step + 47);
            Vector128<short> largest = Vector128.Max(
                Vector128.Max(Larger(even0, odd0), Larger(even1, odd1)), Vector128.Max(Larger(even2, odd2), Larger(even3, odd3)));
            if (!Vector128.GreaterThanAny(largest, below) || step < from) continue;
            uint evenHits = Hits128(even0, below) | (Hits128(even1, below) << 8) | (Hits128(even2, below) << 16) | (Hits128(even3, below) << 24);
            uint oddHits = Hits128(odd0, below) | (Hits128(odd1, below) << 8) | (Hits128(odd2, below) << 16) | (Hits128(odd3, below) << 24);
            int cut = FirstCut(from, step, Interleave(evenHits, oddHits));
            if (cut >= 0) return cut;
        }
        return -1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector512<ushort> Values512(byte* pairs) =>
        Avx512BW.MultiplyHigh(Vector512.Load(pairs).AsUInt16(), Vector512.Create(Factor));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector256<ushort> Values256(byte* pairs) =>
        Avx2.MultiplyHigh(Vector256.Load(pairs).AsUInt16(), Vector256.Create(Factor));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector128<ushort> Values128(byte* pairs)
    {
        Vector128<ushort> loaded = Vector128.Load(pairs).AsUInt16();
        if (Sse2.IsSupported) return Sse2.MultiplyHigh(loaded, Vector128.Create(Factor));
        (Vector128<uint> low, Vector128<uint> high) = Vector128.Widen(loaded);
        Vector128<uint> factor = Vector128.Create((uint)Factor);
        return Vector128.Narrow(low * factor >>> 16, high * factor >>> 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Hits256(Vector256<ushort> hashes, Vector256<short> below) =>
        Vector256.GreaterThan(hashes.AsInt16(), below).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Hits128(Vector128<ushort> hashes, Vector128<short> below) =>
        Vector128.GreaterThan(hashes.AsInt16(), below).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Larger(Vector128<ushort> a, Vector128<ushort> b) => Vector128.Max(a.AsInt16(), b.AsInt16());
}
