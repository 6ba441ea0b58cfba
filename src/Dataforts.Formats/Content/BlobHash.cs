using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Dataforts.Hashing;

namespace Dataforts.Content;

/// <summary>The BLAKE3-256 address of a byte string: 32 bytes, written as 64 lower-case hex digits.</summary>
/// <remarks>An immutable value. Order is the order of the bytes, so it is also the order of the hex.</remarks>
public readonly partial struct BlobHash : IEquatable<BlobHash>, IComparable<BlobHash>, ISpanFormattable, ISpanParsable<BlobHash>
{
    /// <summary>Bytes in a hash.</summary>
    public const int SizeBytes = Blake3.HashSizeBytes;

    /// <summary>Hex digits in a hash.</summary>
    public const int HexLength = SizeBytes * 2;

    private readonly Bytes32 _bytes;

    /// <summary>Takes the 32 bytes of a hash.</summary>
    /// <exception cref="ArgumentException"><paramref name="bytes"/> is not 32 bytes long.</exception>
    public BlobHash(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != SizeBytes)
            throw new ArgumentException($"A hash has {SizeBytes} bytes, not {bytes.Length}.", nameof(bytes));
        _bytes = MemoryMarshal.Read<Bytes32>(bytes);
    }

    /// <summary>The hash's bytes, in place.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Span => _bytes;

    /// <summary>The address of <paramref name="content"/>.</summary>
    public static BlobHash Compute(ReadOnlySpan<byte> content)
    {
        Unsafe.SkipInit(out Bytes32 bytes);
        Blake3.Hash(content, bytes);
        return new BlobHash(bytes);
    }

    /// <summary>Copies the hash into the first 32 bytes of <paramref name="destination"/>.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    public void CopyTo(Span<byte> destination) => Span.CopyTo(destination);

    /// <summary>Writes 64 hex digits; allocates nothing.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    public void WriteHex(Span<char> destination)
    {
        if (!Hex.TryFormat(Span, destination))
            throw new ArgumentException($"A hash in hex needs {HexLength} characters.", nameof(destination));
    }

    /// <summary>Writes 64 hex digits as ASCII; allocates nothing.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    public void WriteHex(Span<byte> destination)
    {
        if (!Hex.TryFormat(Span, destination))
            throw new ArgumentException($"A hash in hex needs {HexLength} bytes.", nameof(destination));
    }

    /// <summary>The 64 hex digits behind <paramref name="prefix"/> (<c>mesh://</c>, <c>dataforts/blob/</c>), in one allocation.</summary>
    public string ToHex(string prefix = "")
    {
        ArgumentNullException.ThrowIfNull(prefix);
        return string.Create(prefix.Length + HexLength, (prefix, this), static (span, state) =>
        {
            state.prefix.CopyTo(span);
            state.Item2.WriteHex(span[state.prefix.Length..]);
        });
    }

    /// <summary>The 64 hex digits.</summary>
    public override string ToString() => ToHex();

    /// <inheritdoc/>
    public bool Equals(BlobHash other) => Span.SequenceEqual(other.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is BlobHash other && Equals(other);

    /// <summary>Four bytes of the hash: its bytes are already uniformly spread.</summary>
    public override int GetHashCode() => MemoryMarshal.Read<int>(Span);

    /// <inheritdoc/>
    public int CompareTo(BlobHash other) => Span.SequenceCompareTo(other.Span);

    /// <inheritdoc/>
    public static bool operator ==(BlobHash left, BlobHash right) => left.Equals(right);

    /// <inheritdoc/>
    public static bool operator !=(BlobHash left, BlobHash right) => !left.Equals(right);

    /// <inheritdoc/>
    public static bool operator <(BlobHash left, BlobHash right) => left.CompareTo(right) < 0;

    /// <inheritdoc/>
    public static bool operator >(BlobHash left, BlobHash right) => left.CompareTo(right) > 0;

    /// <inheritdoc/>
    public static bool operator <=(BlobHash left, BlobHash right) => left.CompareTo(right) <= 0;

    /// <inheritdoc/>
    public static bool operator >=(BlobHash left, BlobHash right) => left.CompareTo(right) >= 0;

    string IFormattable.ToString(string? format, IFormatProvider? formatProvider) => ToHex();

    bool ISpanFormattable.TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
    {
        bool fits = Hex.TryFormat(Span, destination);
        charsWritten = fits ? HexLength : 0;
        return fits;
    }

    static BlobHash ISpanParsable<BlobHash>.Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s);

    static bool ISpanParsable<BlobHash>.TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out BlobHash result) => TryParse(s, out result);

    static BlobHash IParsable<BlobHash>.Parse(string s, IFormatProvider? provider) => Parse(s);

    static bool IParsable<BlobHash>.TryParse(string? s, IFormatProvider? provider, out BlobHash result) => TryParse(s, out result);

    [InlineArray(SizeBytes)]
    private struct Bytes32
    {
        private byte _first;
    }
}
