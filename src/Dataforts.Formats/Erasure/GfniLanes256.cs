using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dataforts.Erasure;

/// <summary>32 bytes by bit matrices: multiplying by a constant is linear over the bits, and one GF2P8AFFINEQB does it, whatever the polynomial.</summary>
internal readonly unsafe struct GfniLanes256 : IGaloisLanes<Vector256<byte>, Vector256<byte>, Vector256<byte>>
{
    public static int Width => 32;

    public static byte* Table => (byte*)GaloisField.BitMatrices;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Load(byte* at) => Vector256.Load(at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Factor(byte* table, byte factor) => Vector256.Create(((ulong*)table)[factor]).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Product(Vector256<byte> source, Vector256<byte> factor) => Gfni.V256.GaloisFieldAffineTransform(source, factor, 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Add(Vector256<byte> sum, Vector256<byte> other) => sum ^ other;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<byte> sum, byte* at) => sum.Store(at);
}
