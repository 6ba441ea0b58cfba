using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Dataforts.Hashing;

/// <summary>BLAKE3's little-endian words as bytes, on any processor.</summary>
internal static unsafe class Blake3Words
{
    /// <summary>Writes as many words as <paramref name="destination"/> holds.</summary>
    public static void Write(uint* words, Span<byte> destination)
    {
        Span<uint> target = MemoryMarshal.Cast<byte, uint>(destination);
        var source = new ReadOnlySpan<uint>(words, target.Length);
        if (BitConverter.IsLittleEndian) source.CopyTo(target);
        else BinaryPrimitives.ReverseEndianness(source, target);
    }

    /// <summary>Reads as many words as <paramref name="source"/> holds.</summary>
    public static void Read(ReadOnlySpan<byte> source, uint* words)
    {
        ReadOnlySpan<uint> from = MemoryMarshal.Cast<byte, uint>(source);
        var target = new Span<uint>(words, from.Length);
        if (BitConverter.IsLittleEndian) from.CopyTo(target);
        else BinaryPrimitives.ReverseEndianness(from, target);
    }
}
