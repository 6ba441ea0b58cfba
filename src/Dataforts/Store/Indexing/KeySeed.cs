using System.Runtime.InteropServices;
using Dataforts.Content;

namespace Dataforts.Store.Indexing;

/// <summary>Makes 64-bit keys of hashes, in a way of its own for each seed.</summary>
/// <remarks>Chunks are chosen by whoever puts them, and finding two that agree in 64 given bits is a matter of hours. Not knowing the seed nobody
/// can make keys agree. Two multiplications folded, as in Wang Yi's wyhash.</remarks>
internal readonly struct KeySeed(ulong seed)
{
    private readonly ulong _first = Spread(seed + 1);
    private readonly ulong _second = Spread(seed + 2);
    private readonly ulong _third = Spread(seed + 3);
    private readonly ulong _fourth = Spread(seed + 4);

    /// <summary>One that nobody knows.</summary>
    public static KeySeed Secret()
    {
        Span<ulong> seed = stackalloc ulong[1];
        System.Security.Cryptography.RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(seed));
        return new KeySeed(seed[0]);
    }

    public ulong KeyOf(in BlobHash hash)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(hash.Span);
        ulong high = Math.BigMul(words[0] ^ _first, words[1] ^ _second, out ulong low);
        ulong key = high ^ low;
        high = Math.BigMul(words[2] ^ _third, words[3] ^ _fourth, out low);
        return key ^ high ^ low;
    }

    private static ulong Spread(ulong value)
    {
        ulong z = value * 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
