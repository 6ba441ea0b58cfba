using System.Globalization;

namespace Dataforts.Capabilities;

/// <summary>Reads and writes a chain's origin hash: exactly 16 lower-case hex digits. Allocates nothing.</summary>
internal static class ChainText
{
    public const int Digits = 16;

    /// <summary>Reads the digits at the start. 0 is no chain: it stands for an unknown origin.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, out ulong chain)
    {
        chain = 0;
        if (text.Length < Digits) return false;
        ReadOnlySpan<char> digits = text[..Digits];
        foreach (char digit in digits)
        {
            if (!char.IsAsciiHexDigitLower(digit)) return false;
        }
        return ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out chain) && chain != 0;
    }

    /// <summary>Reads a place in a chain: decimal digits in the one form that is written.</summary>
    public static bool TryReadPlace(ReadOnlySpan<char> text, out ulong place)
    {
        place = 0;
        return (text.Length == 1 || !text.StartsWith('0')) && ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out place);
    }
}
