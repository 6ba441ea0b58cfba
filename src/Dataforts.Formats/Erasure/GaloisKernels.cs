using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dataforts.Erasure;

/// <summary>The choice of the instructions that multiply a matrix with byte vectors, and the cutting of the work to their measure.</summary>
internal static unsafe class GaloisKernels
{
    /// <summary>Every length is a multiple of this.</summary>
    public const int BlockBytes = 64;

    // With more than four outputs the inputs are read again for each four: in stretches that stay in the second-level cache.
    private const int StretchBytes = 4096;

    /// <summary>The best path of this processor; a constant once the JIT has seen it.</summary>
    public static GaloisPath Best
    {
        get
        {
            if (IsSupported(GaloisPath.Gfni512)) return GaloisPath.Gfni512;
            if (IsSupported(GaloisPath.Avx512)) return GaloisPath.Avx512;
            if (IsSupported(GaloisPath.Gfni256)) return GaloisPath.Gfni256;
            if (IsSupported(GaloisPath.Avx2)) return GaloisPath.Avx2;
            return IsSupported(GaloisPath.Vector128) ? GaloisPath.Vector128 : GaloisPath.Scalar;
        }
    }

    /// <summary>Whether this processor has a path.</summary>
    public static bool IsSupported(GaloisPath path) => path switch
    {
        GaloisPath.Gfni512 => Gfni.V512.IsSupported && Gfni.V256.IsSupported && Avx512BW.IsSupported,
        GaloisPath.Avx512 => Avx512BW.IsSupported && Avx2.IsSupported,
        GaloisPath.Gfni256 => Gfni.V256.IsSupported && Avx2.IsSupported,
        GaloisPath.Avx2 => Avx2.IsSupported,
        GaloisPath.Vector128 => NibbleLanes128.IsSupported,
        _ => true,
    };

    /// <summary>outputs[r] = sum over i of matrix[r, i] x inputs[i].</summary>
    /// <param name="path">What to multiply with; one that this processor has.</param>
    /// <param name="matrix">Rows of <paramref name="inputCount"/> factors, one behind the other.</param>
    /// <param name="inputs">The inputs; none overlaps an output.</param>
    /// <param name="inputCount">How many, at least 1.</param>
    /// <param name="outputs">The outputs; their content before does not matter. Overwritten after use.</param>
    /// <param name="outputCount">How many, at least 1.</param>
    /// <param name="length">Bytes of each, a multiple of <see cref="BlockBytes"/>.</param>
    public static void Multiply(
        GaloisPath path, byte* matrix, byte** inputs, int inputCount, byte** outputs, int outputCount, nuint length)
    {
        byte** from = stackalloc byte*[inputCount];
        byte** to = stackalloc byte*[4];
        nuint stretch = outputCount <= 4 ? length : StretchBytes;
        for (nuint start = 0; start < length; start += stretch)
        {
            nuint here = nuint.Min(stretch, length - start);
            for (int i = 0; i < inputCount; i++) from[i] = inputs[i] + start;
            for (int first = 0; first < outputCount; first += 4)
            {
                int rows = int.Min(4, outputCount - first);
                for (int i = 0; i < rows; i++) to[i] = outputs[first + i] + start;
                Rows(path, matrix + ((nint)first * inputCount), from, inputCount, to, rows, here);
            }
        }
    }

    private static void Rows(GaloisPath path, byte* matrix, byte** inputs, int count, byte** outputs, int rows, nuint length)
    {
        // 64-byte vectors go in pairs; what is left over is done with half as wide ones.
        nuint wide = path >= GaloisPath.Avx512 ? length / (2 * BlockBytes) * (2 * BlockBytes) : length;
        if (wide > 0) Rows1(path, matrix, inputs, count, outputs, rows, wide);
        if (wide == length) return;
        byte** from = stackalloc byte*[count];
        byte** to = stackalloc byte*[4];
        for (int i = 0; i < count; i++) from[i] = inputs[i] + wide;
        for (int i = 0; i < rows; i++) to[i] = outputs[i] + wide;
        Rows1(path == GaloisPath.Gfni512 ? GaloisPath.Gfni256 : GaloisPath.Avx2, matrix, from, count, to, rows, length - wide);
    }

    private static void Rows1(GaloisPath path, byte* matrix, byte** inputs, int count, byte** outputs, int rows, nuint length)
    {
        if (path == GaloisPath.Gfni512 && Gfni.V512.IsSupported)
            Rows<GfniLanes512, Vector512<byte>, Vector512<byte>, Vector512<byte>>(matrix, inputs, count, outputs, rows, length);
        else if (path == GaloisPath.Avx512 && Avx512BW.IsSupported)
            Rows<NibbleLanes512, NibbleLanes512.Pair, NibbleLanes512.Pair, Vector512<byte>>(matrix, inputs, count, outputs, rows, length);
        else if (path == GaloisPath.Gfni256 && Gfni.V256.IsSupported)
            Rows<GfniLanes256, Vector256<byte>, Vector256<byte>, Vector256<byte>>(matrix, inputs, count, outputs, rows, length);
        else if (path == GaloisPath.Avx2 && Avx2.IsSupported)
            Rows<NibbleLanes256, NibbleLanes256.Pair, NibbleLanes256.Pair, Vector256<byte>>(matrix, inputs, count, outputs, rows, length);
        else if (path == GaloisPath.Vector128 && NibbleLanes128.IsSupported)
            Rows<NibbleLanes128, NibbleLanes128.Pair, NibbleLanes128.Pair, Vector128<byte>>(matrix, inputs, count, outputs, rows, length);
        else
            Scalar(matrix, inputs, count, outputs, rows, length);
    }

    private static void Rows<TLanes, TSource, TFactor, TSum>(byte* matrix, byte** inputs, int count, byte** outputs, int rows, nuint length)
        where TLanes : struct, IGaloisLanes<TSource, TFactor, TSum>
        where TSource : unmanaged
        where TFactor : unmanaged
        where TSum : unmanaged
    {
        var stride = (nuint)count;
        if (rows == 4)
        {
            GaloisKernel<TLanes, TSource, TFactor, TSum>.Four(matrix, stride, inputs, count, outputs, length);
            return;
        }
        if (rows >= 2) GaloisKernel<TLanes, TSource, TFactor, TSum>.Two(matrix, stride, inputs, count, outputs, length);
        if (rows != 2)
            GaloisKernel<TLanes, TSource, TFactor, TSum>.One(matrix + ((nuint)(rows - 1) * stride), inputs, count, outputs[rows - 1], length);
    }

    private static void Scalar(byte* matrix, byte** inputs, int count, byte** outputs, int rows, nuint length)
    {
        for (int row = 0; row < rows; row++)
        {
            byte* output = outputs[row];
            new Span<byte>(output, (int)length).Clear();
            for (int i = 0; i < count; i++)
            {
                byte* products = GaloisField.NibbleProducts + (matrix[(row * count) + i] * GaloisField.NibbleBytes);
                byte* input = inputs[i];
                for (nuint at = 0; at < length; at++)
                {
                    byte value = input[at];
                    output[at] ^= (byte)(products[value & 15] ^ products[16 + (value >> 4)]);
                }
            }
        }
    }
}
