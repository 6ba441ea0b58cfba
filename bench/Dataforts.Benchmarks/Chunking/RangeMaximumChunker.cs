using System.Numerics;
using System.Runtime.InteropServices;
using Dataforts.Chunking;

namespace Dataforts.Benchmarks.Chunking;

/// <summary>A hashless chunker, for comparison: a chunk ends with the first byte behind a window that is at least as large as all bytes in the
/// window. Source: "A New Content-Defined Chunking Algorithm for Data Deduplication in Cloud Storage" (RAM), Widodo et al., 2017; with vector
/// instructions as in "VectorCDC" (arXiv 2508.05797).</summary>
/// <remarks>Whole inputs only: it keeps nothing between calls. Among random bytes the window's maximum is 255, which comes once in 256 bytes.</remarks>
internal sealed class RangeMaximumChunker(int averageBytes, int maxBytes) : Chunker
{
    private readonly int _windowBytes = averageBytes - 256;

    public override int MaxChunkBytes => maxBytes;

    public override int FindCut(ReadOnlySpan<byte> window, bool isFinal)
    {
        ReadOnlySpan<byte> bytes = window[..Math.Min(window.Length, maxBytes)];
        if (bytes.Length <= _windowBytes) return bytes.Length;
        int found = bytes[_windowBytes..].IndexOfAnyInRange(Maximum(bytes[.._windowBytes]), byte.MaxValue);
        return found < 0 ? bytes.Length : _windowBytes + found + 1;
    }

    public override void Reset()
    {
    }

    private static byte Maximum(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<Vector<byte>> vectors = MemoryMarshal.Cast<byte, Vector<byte>>(bytes);
        Vector<byte> a = default, b = default;
        for (int i = 0; i + 1 < vectors.Length; i += 2)
        {
            a = Vector.Max(a, vectors[i]);
            b = Vector.Max(b, vectors[i + 1]);
        }
        a = Vector.Max(a, b);
        byte largest = 0;
        for (int i = 0; i < Vector<byte>.Count; i++) largest = Math.Max(largest, a[i]);
        foreach (byte b1 in bytes[(vectors.Length / 2 * 2 * Vector<byte>.Count)..]) largest = Math.Max(largest, b1);
        return largest;
    }
}
