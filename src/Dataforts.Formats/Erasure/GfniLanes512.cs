using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dataforts.Erasure;

/// <summary>64 bytes by bit matrices: multiplying by a constant is linear over the bits, and one GF2P8AFFINEQB does it, whatever the polynomial.</summary>
internal readonly unsafe struct GfniLanes512 : IGaloisLanes<Vector512<byte>, Vector512<byte>, Vector512<byte>>
{
    public static int Width => 64;

    public static byte* Table => (byte*)GaloisField.BitMatrices;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Load(byte* at) => Vector512.Load(at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Factor(byte* table, byte factor) => Vector512.Create(((ulong*)table)[factor]).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Product(Vector512<byte> source, Vector512<byte> factor) => Gfni.V512.GaloisFieldAffineTransform(source, factor, 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Add(Vector512<byte> sum, Vector512<byte> other) => sum ^ other;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<byte> sum, byte* at) => sum.Store(at);
}
