using System.Runtime.CompilerServices;
using System.Text;

namespace Dataforts.Hashing;

/// <summary>BLAKE3 of a whole input in one call: the hash, the keyed hash and the derived key, each of any output length.</summary>
/// <remarks>
/// Thread-safe; the span forms allocate nothing. The result is the same on every processor, which decides only about the speed:
/// 16 chunks of 1 KiB side by side with AVX-512, 8 with AVX2, 4 with SSE4.1 or NEON, else one. For input that comes in pieces
/// there is <see cref="Blake3Hasher"/>, at the same speed.
/// Source: "BLAKE3: one function, fast everywhere", O'Connor, Aumasson, Neves, Wilcox-O'Hearn, 2020.
/// </remarks>
public static class Blake3
{
    /// <summary>Bytes in a hash of the usual length.</summary>
    public const int HashSizeBytes = 32;

    /// <summary>Bytes in the key of a keyed hash.</summary>
    public const int KeySizeBytes = 32;

    /// <summary>Hashes <paramref name="source"/> into the first 32 bytes of <paramref name="destination"/>.</summary>
    /// <param name="source">The input, of any length.</param>
    /// <param name="destination">At least <see cref="HashSizeBytes"/> bytes; may overlap <paramref name="source"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    public static void Hash(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        if (destination.Length < HashSizeBytes)
            throw new ArgumentException($"A BLAKE3 hash needs {HashSizeBytes} bytes, not {destination.Length}.", nameof(destination));
        Compute(Blake3Kernels.Best, Blake3Kernels.Iv, 0, source, destination[..HashSizeBytes]);
    }

    /// <summary>The 32-byte hash of <paramref name="source"/>.</summary>
    /// <param name="source">The input, of any length.</param>
    public static byte[] Hash(ReadOnlySpan<byte> source)
    {
        var hash = new byte[HashSizeBytes];
        Hash(source, hash);
        return hash;
    }

    /// <summary>Fills all of <paramref name="destination"/> with the extended output of <paramref name="source"/>'s hash.</summary>
    /// <param name="source">The input, of any length.</param>
    /// <param name="destination">Any length. A shorter output is a prefix of a longer one; under 32 bytes it is weaker than a hash.</param>
    public static void Expand(ReadOnlySpan<byte> source, Span<byte> destination) =>
        Compute(Blake3Kernels.Best, Blake3Kernels.Iv, 0, source, destination);

    /// <summary>Fills all of <paramref name="destination"/> with the keyed hash (a MAC) of <paramref name="source"/>.</summary>
    /// <param name="key">Exactly <see cref="KeySizeBytes"/> bytes, uniformly random.</param>
    /// <param name="source">The input, of any length.</param>
    /// <param name="destination">Any length, 32 bytes being the usual one.</param>
    /// <exception cref="ArgumentException"><paramref name="key"/> has another length.</exception>
    [SkipLocalsInit]
    public static unsafe void KeyedHash(ReadOnlySpan<byte> key, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        uint* words = stackalloc uint[8];
        ReadKey(key, words);
        Compute(Blake3Kernels.Best, new ReadOnlySpan<uint>(words, 8), Blake3Kernels.KeyedHash, source, destination);
    }

    /// <summary>Fills all of <paramref name="destination"/> with a key derived from <paramref name="material"/>.</summary>
    /// <param name="context">A constant of the application, globally unique and never taken from input; hashed as UTF-8.</param>
    /// <param name="material">The secret, of any length and form; not a password.</param>
    /// <param name="destination">Any length, 32 bytes being the usual one.</param>
    [SkipLocalsInit]
    public static unsafe void DeriveKey(ReadOnlySpan<char> context, ReadOnlySpan<byte> material, Span<byte> destination)
    {
        uint* words = stackalloc uint[8];
        ReadContext(context, words);
        Compute(Blake3Kernels.Best, new ReadOnlySpan<uint>(words, 8), Blake3Kernels.DeriveKeyMaterial, material, destination);
    }

    /// <summary>All of the above, on a path that a test may choose.</summary>
    [SkipLocalsInit]
    internal static unsafe void Compute(
        Blake3Path path, ReadOnlySpan<uint> key, uint flags, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        Unsafe.SkipInit(out Blake3Node root);
        fixed (uint* words = key)
        fixed (byte* input = source)
        {
            if (source.Length <= Blake3Kernels.ChunkSizeBytes) root.Chunk(path, words, flags, input, source.Length, 0);
            else Root(path, key, flags, source, out root);
        }
        root.Write(destination);
    }

    /// <summary>Apart, so that a short input does not pay for the room that the tree takes on the stack.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static unsafe void Root(Blake3Path path, ReadOnlySpan<uint> key, uint flags, ReadOnlySpan<byte> source, out Blake3Node root)
    {
        Unsafe.SkipInit(out Blake3Tree tree);
        tree.Start(key, flags, path);
        tree.Finish(source[tree.Add(source)..], out root);
    }

    /// <summary>Reads the words of a key.</summary>
    internal static unsafe void ReadKey(ReadOnlySpan<byte> key, uint* words)
    {
        if (key.Length != KeySizeBytes)
            throw new ArgumentException($"A BLAKE3 key has {KeySizeBytes} bytes, not {key.Length}.", nameof(key));
        Blake3Words.Read(key, words);
    }

    /// <summary>Hashes a context to the key that the material is hashed with.</summary>
    [SkipLocalsInit]
    internal static unsafe void ReadContext(ReadOnlySpan<char> context, uint* words)
    {
        const int StackLimit = 256;
        int size = Encoding.UTF8.GetMaxByteCount(context.Length);
        Span<byte> utf8 = size <= StackLimit ? stackalloc byte[StackLimit] : new byte[size];
        utf8 = utf8[..Encoding.UTF8.GetBytes(context, utf8)];
        Span<byte> key = stackalloc byte[KeySizeBytes];
        Compute(Blake3Kernels.Best, Blake3Kernels.Iv, Blake3Kernels.DeriveKeyContext, utf8, key);
        Blake3Words.Read(key, words);
    }
}
