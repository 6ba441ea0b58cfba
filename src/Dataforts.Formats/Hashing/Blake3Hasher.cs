using System.Runtime.CompilerServices;

namespace Dataforts.Hashing;

/// <summary>BLAKE3 of an input that comes in pieces of any size, at the speed of <see cref="Blake3"/>.</summary>
/// <remarks>
/// Not safe for two threads at a time. Holds about 24 KiB, of which 16 KiB gather small pieces until they can be hashed side by
/// side; a piece is copied only as far as it does not fill such a unit. After it is made it allocates nothing; it may be used over
/// and over with <see cref="Reset"/>, and left to the collector like any other memory.
/// </remarks>
public sealed unsafe class Blake3Hasher
{
    private readonly byte[] _rest = GC.AllocateUninitializedArray<byte>(Blake3Tree.UnitSizeBytes);
    private int _restLength;
    private Blake3Tree _tree;

    /// <summary>A hasher of the plain hash.</summary>
    public Blake3Hasher()
        : this(Blake3Kernels.Best, Blake3Kernels.Iv, 0)
    {
    }

    /// <summary>A hasher on a path that a test may choose.</summary>
    internal Blake3Hasher(Blake3Path path, ReadOnlySpan<uint> key, uint flags) => _tree.Start(key, flags, path);

    /// <summary>A hasher of the keyed hash, which is a MAC. <see cref="Reset"/> keeps the key.</summary>
    /// <param name="key">Exactly <see cref="Blake3.KeySizeBytes"/> bytes, uniformly random.</param>
    /// <exception cref="ArgumentException"><paramref name="key"/> has another length.</exception>
    public static Blake3Hasher CreateKeyed(ReadOnlySpan<byte> key)
    {
        uint* words = stackalloc uint[8];
        Blake3.ReadKey(key, words);
        return new Blake3Hasher(Blake3Kernels.Best, new ReadOnlySpan<uint>(words, 8), Blake3Kernels.KeyedHash);
    }

    /// <summary>A hasher that derives keys: its input is the secret. <see cref="Reset"/> keeps the context.</summary>
    /// <param name="context">A constant of the application, globally unique and never taken from input; hashed as UTF-8.</param>
    public static Blake3Hasher CreateDeriveKey(ReadOnlySpan<char> context)
    {
        uint* words = stackalloc uint[8];
        Blake3.ReadContext(context, words);
        return new Blake3Hasher(Blake3Kernels.Best, new ReadOnlySpan<uint>(words, 8), Blake3Kernels.DeriveKeyMaterial);
    }

    /// <summary>Appends a piece of the input. How the input is cut into pieces makes no difference to the result.</summary>
    /// <param name="source">Any length; read before the call returns, not kept.</param>
    public void Update(ReadOnlySpan<byte> source)
    {
        if (_restLength > 0 || source.Length < Blake3Tree.UnitSizeBytes)
        {
            int size = Math.Min(source.Length, Blake3Tree.UnitSizeBytes - _restLength);
            source[..size].CopyTo(_rest.AsSpan(_restLength));
            _restLength += size;
            if (_restLength < Blake3Tree.UnitSizeBytes) return;
            _tree.Add(_rest);
            _restLength = 0;
            source = source[size..];
        }
        source = source[_tree.Add(source)..];
        source.CopyTo(_rest);
        _restLength = source.Length;
    }

    /// <summary>Fills all of <paramref name="destination"/> with the output for the input so far.</summary>
    /// <remarks>Changes nothing: more input may follow, and the call may be repeated.</remarks>
    /// <param name="destination">Any length, 32 bytes being the usual one. A shorter output is a prefix of a longer one.</param>
    [SkipLocalsInit]
    public void Finalize(Span<byte> destination)
    {
        Unsafe.SkipInit(out Blake3Node root);
        _tree.Finish(_rest.AsSpan(0, _restLength), out root);
        root.Write(destination);
    }

    /// <summary>Forgets the input, keeping key and mode.</summary>
    public void Reset()
    {
        _tree.Restart();
        _restLength = 0;
    }
}
