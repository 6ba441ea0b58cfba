using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Dataforts.Erasure;

/// <summary>16 bytes by look-ups: a product is the sum of the products of a byte's halves, and a shuffle looks 16 of them up in each lane.</summary>
/// <remarks>J. S. Plank, K. M. Greenan, E. L. Miller: Screaming Fast Galois Field Arithmetic Using Intel SIMD Instructions (FAST '13).</remarks>
internal readonly unsafe struct NibbleLanes128 : IGaloisLanes<NibbleLanes128.Pair, NibbleLanes128.Pair, Vector128<byte>>
{
    public static bool IsSupported => Ssse3.IsSupported || AdvSimd.Arm64.IsSupported;

    public static int Width => 16;

    public static byte* Table => GaloisField.NibbleProducts;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pair Load(byte* at)
    {
        Vector128<byte> bytes = Vector128.Load(at), mask = Vector128.Create((byte)15);
        return new Pair(bytes & mask, (bytes.AsUInt16() >>> 4).AsByte() & mask);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pair Factor(byte* table, byte factor)
    {
        byte* at = table + ((nuint)factor * GaloisField.NibbleBytes);
        return new Pair(Vector128.Load(at), Vector128.Load(at + 16));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Product(Pair source, Pair factor) => Look(factor.Low, source.Low) ^ Look(factor.High, source.High);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Add(Vector128<byte> sum, Vector128<byte> other) => sum ^ other;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<byte> sum, byte* at) => sum.Store(at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Look(Vector128<byte> table, Vector128<byte> indices) =>
        AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.VectorTableLookup(table, indices) : Ssse3.Shuffle(table, indices);

    /// <summary>The lower and the upper halves of bytes, or the products with them.</summary>
    internal readonly struct Pair(Vector128<byte> low, Vector128<byte> high)
    {
        public readonly Vector128<byte> Low = low;
        public readonly Vector128<byte> High = high;
    }
}
