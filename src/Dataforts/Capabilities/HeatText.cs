using System.Globalization;

namespace Dataforts.Capabilities;

/// <summary>The number in a heat tag: 0.01 to 1.00, two decimals, in hundredths here. Allocates nothing.</summary>
internal static class HeatText
{
    public const int MaxLevel = 100;
    public const int Length = 4;

    // What others may write at most; ours has four characters.
    private const int LongestRate = 32;

    /// <summary>Reads a rate of at least 0.005 and at most 1, in any plain decimal form; less is no heat, and more is no rate.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, out int level)
    {
        // 0.dd is nearly all there is.
        if (text is ['0', '.', >= '0' and <= '9', >= '0' and <= '9'])
        {
            level = ((text[2] - '0') * 10) + (text[3] - '0');
            return level > 0;
        }
        level = 0;
        if (text.Length is 0 or > LongestRate) return false;
        if (!double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double rate)) return false;
        if (rate is not (>= 0 and <= 1)) return false;
        level = (int)Math.Round(rate * MaxLevel, MidpointRounding.AwayFromZero);
        return level > 0;
    }

    /// <summary>The hundredths nearest to a rate: from 0, which is not written, to 100; null for what is no number.</summary>
    public static int? LevelOf(double rate) =>
        double.IsFinite(rate) ? (int)Math.Round(Math.Clamp(rate, 0, 1) * MaxLevel, MidpointRounding.AwayFromZero) : null;

    /// <summary>Writes the four characters of a level.</summary>
    public static void Write(int level, Span<char> destination)
    {
        destination[0] = (char)('0' + (level / MaxLevel));
        destination[1] = '.';
        destination[2] = (char)('0' + (level / 10 % 10));
        destination[3] = (char)('0' + (level % 10));
    }
}
