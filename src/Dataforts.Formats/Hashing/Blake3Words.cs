using System.Buffers.Binary;

namespace Dataforts.Hashing;

/// <summary>BLAKE3's little-endian words as bytes, on any processor.</summary>
internal static unsafe class Blake3Words
{
    /// <summary>Writes the first bytes of sixteen words at most: as many as <paramref name="destination"/> holds.</summary>
    public static void Write(uint* words, Span<byte> destination)
    {
        if (BitConverter.IsLittleEndian)
        {
            new ReadOnlySpan<byte>(words, destination.Length).CopyTo(destination);
            return;
        }
        for (int i = 0; i < destination.Length; i++) destination[i] = (byte)(words[i / 4] >> (i % 4 * 8));
    }

    /// <summary>Reads as many words as <paramref name="source"/> holds.</summary>
    public static void Read(ReadOnlySpan<byte> source, uint* words)
    {
        for (int i = 0; i < source.Length / 4; i++) words[i] = BinaryPrimitives.ReadUInt32LittleEndian(source[(i * 4)..]);
    }
}
