using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dataforts.Erasure;

/// <summary>64 bytes by look-ups: a product is the sum of the products of a byte's halves, and a shuffle looks 16 of them up in each lane.</summary>
/// <remarks>J. S. Plank, K. M. Greenan, E. L. Miller: Screaming Fast Galois Field Arithmetic Using Intel SIMD Instructions (FAST '13).</remarks>
internal readonly unsafe struct NibbleLanes512 : IGaloisLanes<NibbleLanes512.Pair, NibbleLanes512.Pair, Vector512<byte>>
{
    public static int Width => 64;

    public static byte* Table => GaloisField.NibbleProducts;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pair Load(byte* at)
    {
        Vector512<byte> bytes = Vector512.Load(at), mask = Vector512.Create((byte)15);
        return new Pair(bytes & mask, (bytes.AsUInt16() >>> 4).AsByte() & mask);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pair Factor(byte* table, byte factor)
    {
        byte* at = table + ((nuint)factor * GaloisField.NibbleBytes);
        return new Pair(Avx512F.BroadcastVector128ToVector512((uint*)at).AsByte(), Avx512F.BroadcastVector128ToVector512((uint*)(at + 16)).AsByte());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Product(Pair source, Pair factor) => Avx512BW.Shuffle(factor.Low, source.Low) ^ Avx512BW.Shuffle(factor.High, source.High);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Add(Vector512<byte> sum, Vector512<byte> other) => sum ^ other;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<byte> sum, byte* at) => sum.Store(at);

    /// <summary>The lower and the upper halves of bytes, or the products with them.</summary>
    internal readonly struct Pair(Vector512<byte> low, Vector512<byte> high)
    {
        public readonly Vector512<byte> Low = low;
        public readonly Vector512<byte> High = high;
    }
}
