namespace Dataforts.Hashing;

/// <summary>BLAKE3-256 of a whole input in one call. Thread-safe; allocates nothing in the span form.</summary>
/// <remarks>Source: "BLAKE3: one function, fast everywhere", O'Connor, Aumasson, Neves, Wilcox-O'Hearn, 2020.</remarks>
public static class Blake3
{
    /// <summary>Bytes in a hash.</summary>
    public const int HashSizeBytes = 32;

    private static ReadOnlySpan<uint> Iv =>
        [0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19];

    /// <summary>Hashes <paramref name="source"/> into the first 32 bytes of <paramref name="destination"/>.</summary>
    /// <param name="source">The input, of any length.</param>
    /// <param name="destination">At least <see cref="HashSizeBytes"/> bytes.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    public static void Hash(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        if (destination.Length < HashSizeBytes)
            throw new ArgumentException("A BLAKE3 hash needs 32 bytes.", nameof(destination));
        Span<uint> cv = stackalloc uint[8];
        Subtree(source, 0, true, cv);
        for (int i = 0; i < 8; i++)
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(destination[(i * 4)..], cv[i]);
    }

    private static void Subtree(ReadOnlySpan<byte> input, ulong counter, bool root, Span<uint> cv)
    {
        if (input.Length <= 1024)
        {
            Iv.CopyTo(cv);
            int blocks = Math.Max(1, (input.Length + 63) / 64);
            Span<byte> block = stackalloc byte[64];
            for (int b = 0; b < blocks; b++)
            {
                ReadOnlySpan<byte> part = input[(b * 64)..Math.Min(input.Length, (b * 64) + 64)];
                block.Clear();
                part.CopyTo(block);
                uint flags = (b == 0 ? 1u : 0) | (b == blocks - 1 ? 2u | (root ? 8u : 0) : 0);
                Compress(cv, block, counter, (uint)part.Length, flags);
            }
            return;
        }
        int left = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)input.Length) / 2;
        if (left < 1024) left = 1024;
        Span<uint> pair = stackalloc uint[16];
        Subtree(input[..left], counter, false, pair[..8]);
        Subtree(input[left..], counter + (ulong)(left / 1024), false, pair[8..]);
        Iv.CopyTo(cv);
        Compress(cv, System.Runtime.InteropServices.MemoryMarshal.AsBytes(pair), 0, 64, 4u | (root ? 8u : 0));
    }

    private static void Compress(Span<uint> cv, ReadOnlySpan<byte> block, ulong counter, uint length, uint flags)
    {
        ReadOnlySpan<byte> order = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8];
        Span<uint> m = stackalloc uint[16];
        Span<uint> next = stackalloc uint[16];
        for (int i = 0; i < 16; i++)
            m[i] = System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(block[(i * 4)..]);
        Span<uint> v = stackalloc uint[16];
        cv.CopyTo(v);
        Iv[..4].CopyTo(v[8..]);
        v[12] = (uint)counter;
        v[13] = (uint)(counter >> 32);
        v[14] = length;
        v[15] = flags;
        for (int round = 0; round < 7; round++)
        {
            G(v, 0, 4, 8, 12, m[0], m[1]);
            G(v, 1, 5, 9, 13, m[2], m[3]);
            G(v, 2, 6, 10, 14, m[4], m[5]);
            G(v, 3, 7, 11, 15, m[6], m[7]);
            G(v, 0, 5, 10, 15, m[8], m[9]);
            G(v, 1, 6, 11, 12, m[10], m[11]);
            G(v, 2, 7, 8, 13, m[12], m[13]);
            G(v, 3, 4, 9, 14, m[14], m[15]);
            for (int i = 0; i < 16; i++) next[i] = m[order[i]];
            next.CopyTo(m);
        }
        for (int i = 0; i < 8; i++) cv[i] = v[i] ^ v[i + 8];
    }

    private static void G(Span<uint> v, int a, int b, int c, int d, uint x, uint y)
    {
        v[a] += v[b] + x;
        v[d] = uint.RotateRight(v[d] ^ v[a], 16);
        v[c] += v[d];
        v[b] = uint.RotateRight(v[b] ^ v[c], 12);
        v[a] += v[b] + y;
        v[d] = uint.RotateRight(v[d] ^ v[a], 8);
        v[c] += v[d];
        v[b] = uint.RotateRight(v[b] ^ v[c], 7);
    }
}
