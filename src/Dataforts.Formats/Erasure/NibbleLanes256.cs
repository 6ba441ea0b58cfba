using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dataforts.Erasure;

/// <summary>32 bytes by look-ups: a product is the sum of the products of a byte's halves, and a shuffle looks 16 of them up in each lane.</summary>
/// <remarks>J. S. Plank, K. M. Greenan, E. L. Miller: Screaming Fast Galois Field Arithmetic Using Intel SIMD Instructions (FAST '13).</remarks>
internal readonly unsafe struct NibbleLanes256 : IGaloisLanes<NibbleLanes256.Pair, NibbleLanes256.Pair, Vector256<byte>>
{
    public static int Width => 32;

    public static byte* Table => GaloisField.NibbleProducts;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pair Load(byte* at)
    {
        Vector256<byte> bytes = Vector256.Load(at), mask = Vector256.Create((byte)15);
        return new Pair(bytes & mask, (bytes.AsUInt16() >>> 4).AsByte() & mask);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pair Factor(byte* table, byte factor)
    {
        byte* at = table + ((nuint)factor * GaloisField.NibbleBytes);
        return new Pair(Avx2.BroadcastVector128ToVector256(at), Avx2.BroadcastVector128ToVector256(at + 16));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Product(Pair source, Pair factor) => Avx2.Shuffle(factor.Low, source.Low) ^ Avx2.Shuffle(factor.High, source.High);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Add(Vector256<byte> sum, Vector256<byte> other) => sum ^ other;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<byte> sum, byte* at) => sum.Store(at);

    /// <summary>The lower and the upper halves of bytes, or the products with them.</summary>
    internal readonly struct Pair(Vector256<byte> low, Vector256<byte> high)
    {
        public readonly Vector256<byte> Low = low;
        public readonly Vector256<byte> High = high;
    }
}
