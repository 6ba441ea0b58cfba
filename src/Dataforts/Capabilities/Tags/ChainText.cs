using System.Buffers.Binary;
using System.Globalization;
using Dataforts.Content;

namespace Dataforts.Capabilities.Tags;

/// <summary>Reads and writes a chain's origin hash: exactly 16 lower-case hex digits. Reading allocates nothing.</summary>
internal static class ChainText
{
    public const int Digits = 16;

    /// <summary>Reads the digits at the start. 0 is no chain: it stands for an unknown origin.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, out ulong chain)
    {
        chain = 0;
        if (text.Length < Digits) return false;
        ulong read = 0;
        foreach (char digit in text[..Digits])
        {
            if (!char.IsAsciiHexDigitLower(digit)) return false;
            read = (read << 4) | (uint)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
        }
        chain = read;
        return chain != 0;
    }

    /// <summary>The digits of a chain.</summary>
    public static string Of(ulong chain)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, chain);
        return Hex.Format(bytes);
    }

    /// <summary>Reads a place in a chain: decimal digits in the one form that is written.</summary>
    public static bool TryReadPlace(ReadOnlySpan<char> text, out ulong place)
    {
        place = 0;
        return (text.Length == 1 || !text.StartsWith('0')) && ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out place);
    }
}
