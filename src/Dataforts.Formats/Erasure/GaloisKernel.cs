using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Dataforts.Erasure;

/// <summary>Products of a matrix with byte vectors, made of one kind of <see cref="IGaloisLanes{TSource, TFactor, TSum}"/>.</summary>
/// <remarks>Each step loads two vectors of every input and keeps the sums of up to four outputs in registers: inputs are read once for four
/// outputs, and an output is written once. The grouping is that of ISA-L's dot product kernels.</remarks>
internal static unsafe class GaloisKernel<TLanes, TSource, TFactor, TSum>
    where TLanes : struct, IGaloisLanes<TSource, TFactor, TSum>
    where TSource : unmanaged
    where TFactor : unmanaged
    where TSum : unmanaged
{
    // How far ahead of what is multiplied to prefetch each input: the processor's own prefetching stops at the end of a page.
    private const int AheadBytes = 512;

    /// <summary>Four outputs at once.</summary>
    /// <param name="matrix">Four rows of factors, each <paramref name="stride"/> bytes behind the one before.</param>
    /// <param name="stride">Bytes from row to row.</param>
    /// <param name="inputs">The inputs.</param>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="outputs">Four; one may occur more than once if its row does.</param>
    /// <param name="length">Bytes, a multiple of two vectors.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Four(byte* matrix, nuint stride, byte** inputs, int count, byte** outputs, nuint length)
    {
        byte* table = TLanes.Table;
        byte* row1 = matrix + stride, row2 = row1 + stride, row3 = row2 + stride;
        nuint width = (nuint)TLanes.Width;
        for (nuint at = 0; at < length; at += 2 * width)
        {
            TSum a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
            for (nint i = 0; i < count; i++)
            {
                byte* input = inputs[i] + at;
                Prefetch(input);
                TSource a = TLanes.Load(input), b = TLanes.Load(input + width);
                TFactor factor = TLanes.Factor(table, matrix[i]);
                a0 = TLanes.Add(a0, TLanes.Product(a, factor));
                b0 = TLanes.Add(b0, TLanes.Product(b, factor));
                factor = TLanes.Factor(table, row1[i]);
                a1 = TLanes.Add(a1, TLanes.Product(a, factor));
                b1 = TLanes.Add(b1, TLanes.Product(b, factor));
                factor = TLanes.Factor(table, row2[i]);
                a2 = TLanes.Add(a2, TLanes.Product(a, factor));
                b2 = TLanes.Add(b2, TLanes.Product(b, factor));
                factor = TLanes.Factor(table, row3[i]);
                a3 = TLanes.Add(a3, TLanes.Product(a, factor));
                b3 = TLanes.Add(b3, TLanes.Product(b, factor));
            }
            TLanes.Store(a0, outputs[0] + at);
            TLanes.Store(b0, outputs[0] + at + width);
            TLanes.Store(a1, outputs[1] + at);
            TLanes.Store(b1, outputs[1] + at + width);
            TLanes.Store(a2, outputs[2] + at);
            TLanes.Store(b2, outputs[2] + at + width);
            TLanes.Store(a3, outputs[3] + at);
            TLanes.Store(b3, outputs[3] + at + width);
        }
    }

    /// <summary>Two outputs at once; as <see cref="Four"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Two(byte* matrix, nuint stride, byte** inputs, int count, byte** outputs, nuint length)
    {
        byte* table = TLanes.Table;
        byte* row1 = matrix + stride;
        nuint width = (nuint)TLanes.Width;
        for (nuint at = 0; at < length; at += 2 * width)
        {
            TSum a0 = default, a1 = default, b0 = default, b1 = default;
            for (nint i = 0; i < count; i++)
            {
                byte* input = inputs[i] + at;
                Prefetch(input);
                TSource a = TLanes.Load(input), b = TLanes.Load(input + width);
                TFactor factor = TLanes.Factor(table, matrix[i]);
                a0 = TLanes.Add(a0, TLanes.Product(a, factor));
                b0 = TLanes.Add(b0, TLanes.Product(b, factor));
                factor = TLanes.Factor(table, row1[i]);
                a1 = TLanes.Add(a1, TLanes.Product(a, factor));
                b1 = TLanes.Add(b1, TLanes.Product(b, factor));
            }
            TLanes.Store(a0, outputs[0] + at);
            TLanes.Store(b0, outputs[0] + at + width);
            TLanes.Store(a1, outputs[1] + at);
            TLanes.Store(b1, outputs[1] + at + width);
        }
    }

    /// <summary>One output; as <see cref="Four"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void One(byte* matrix, byte** inputs, int count, byte* output, nuint length)
    {
        byte* table = TLanes.Table;
        nuint width = (nuint)TLanes.Width;
        for (nuint at = 0; at < length; at += 2 * width)
        {
            TSum a0 = default, b0 = default;
            for (nint i = 0; i < count; i++)
            {
                byte* input = inputs[i] + at;
                Prefetch(input);
                TFactor factor = TLanes.Factor(table, matrix[i]);
                a0 = TLanes.Add(a0, TLanes.Product(TLanes.Load(input), factor));
                b0 = TLanes.Add(b0, TLanes.Product(TLanes.Load(input + width), factor));
            }
            TLanes.Store(a0, output + at);
            TLanes.Store(b0, output + at + width);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(byte* input)
    {
        if (!Sse.IsSupported) return;
        Sse.Prefetch0(input + AheadBytes);
        if (TLanes.Width == 64) Sse.Prefetch0(input + AheadBytes + 64);
    }
}
