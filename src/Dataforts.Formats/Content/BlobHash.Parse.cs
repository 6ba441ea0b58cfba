using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Dataforts.Content;

public readonly partial struct BlobHash
{
    private static readonly SearchValues<char> LowerHexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>Reads exactly 64 lower-case hex digits; allocates nothing.</summary>
    /// <returns>Whether <paramref name="hex"/> is a hash.</returns>
    public static bool TryParse(ReadOnlySpan<char> hex, out BlobHash hash)
    {
        if (hex.Length != HexLength)
        {
            hash = default;
            return false;
        }
        // What does not fit a byte saturates to 0 or 255, neither of them a digit.
        ref ushort source = ref Unsafe.As<char, ushort>(ref MemoryMarshal.GetReference(hex));
        return TryParse(
            Vector256.NarrowWithSaturation(Vector256.LoadUnsafe(ref source), Vector256.LoadUnsafe(ref source, 16)),
            Vector256.NarrowWithSaturation(Vector256.LoadUnsafe(ref source, 32), Vector256.LoadUnsafe(ref source, 48)),
            out hash);
    }

    /// <summary>Reads exactly 64 lower-case hex digits in ASCII; allocates nothing.</summary>
    /// <returns>Whether <paramref name="hex"/> is a hash.</returns>
    public static bool TryParse(ReadOnlySpan<byte> hex, out BlobHash hash)
    {
        if (hex.Length != HexLength)
        {
            hash = default;
            return false;
        }
        ref byte source = ref MemoryMarshal.GetReference(hex);
        return TryParse(Vector256.LoadUnsafe(ref source), Vector256.LoadUnsafe(ref source, 32), out hash);
    }

    /// <summary>Reads exactly 64 lower-case hex digits.</summary>
    /// <exception cref="FormatException"><paramref name="hex"/> is anything else; the message says where.</exception>
    public static BlobHash Parse(ReadOnlySpan<char> hex) =>
        TryParse(hex, out BlobHash hash) ? hash : throw NotAHash(hex);

    private static bool TryParse(Vector256<byte> first, Vector256<byte> second, out BlobHash hash)
    {
        Vector256<byte> valid = Vector256<byte>.AllBitsSet;
        Vector256<byte> bytes = Vector256.Narrow(Pairs(first, ref valid), Pairs(second, ref valid));
        bool isHash = valid == Vector256<byte>.AllBitsSet;
        hash = isHash ? Unsafe.BitCast<Vector256<byte>, BlobHash>(bytes) : default;
        return isHash;
    }

    /// <summary>32 digits to 16 bytes, each in a 16-bit lane; clears in <paramref name="valid"/> what is no digit.</summary>
    private static Vector256<ushort> Pairs(Vector256<byte> ascii, ref Vector256<byte> valid)
    {
        Vector256<byte> digit = ascii - Vector256.Create((byte)'0');
        Vector256<byte> letter = ascii - Vector256.Create((byte)'a');
        Vector256<byte> isDigit = Vector256.LessThanOrEqual(digit, Vector256.Create((byte)9));
        valid &= isDigit | Vector256.LessThanOrEqual(letter, Vector256.Create((byte)5));
        Vector256<ushort> pairs = Vector256.ConditionalSelect(isDigit, digit, letter + Vector256.Create((byte)10)).AsUInt16();
        // Little-endian lanes: the first digit, the high half of the byte, is the low half of the lane.
        return BitConverter.IsLittleEndian
            ? ((pairs << 4) | (pairs >>> 8)) & Vector256.Create((ushort)0xFF)
            : ((pairs >>> 4) | pairs) & Vector256.Create((ushort)0xFF);
    }

    private static FormatException NotAHash(ReadOnlySpan<char> hex)
    {
        if (hex.Length != HexLength)
            return new FormatException($"A hash is {HexLength} lower-case hex digits, not {hex.Length} characters.");
        int at = hex.IndexOfAnyExcept(LowerHexDigits);
        string found = char.IsAsciiLetterOrDigit(hex[at]) || char.IsPunctuation(hex[at]) ? $"'{hex[at]}'" : $"U+{(int)hex[at]:X4}";
        return new FormatException($"A hash is {HexLength} lower-case hex digits; at position {at} stands {found}.");
    }
}
