using System.Globalization;

namespace Dataforts.Cli.Arguments;

/// <summary>Durations and byte counts as people type them.</summary>
internal static class QuantityParsers
{
    private const int LongestDays = 36_500;

    /// <summary>A count of bytes: decimal digits, then nothing or <c>KiB</c>, <c>MiB</c>, <c>GiB</c>, <c>TiB</c>.</summary>
    /// <exception cref="FormatException">Anything else, or more than 2^63 - 1.</exception>
    public static long ByteCount(string text)
    {
        int digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        ReadOnlySpan<char> unit = digits < 0 ? [] : text.AsSpan(digits);
        int shift = unit switch { "" => 0, "KiB" => 10, "MiB" => 20, "GiB" => 30, "TiB" => 40, _ => -1 };
        if (shift < 0
            || !long.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long count)
            || count > long.MaxValue >> shift)
        {
            throw new FormatException($"'{text}' is not a number of bytes, such as 4096 or 4MiB.");
        }
        return count << shift;
    }

    /// <summary>A count of things: decimal digits.</summary>
    /// <exception cref="FormatException">Anything else, or more than 2^63 - 1.</exception>
    public static long Count(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long count)
            ? count
            : throw new FormatException($"'{text}' is not a number.");

    /// <summary>A count of bytes of at least one.</summary>
    /// <exception cref="FormatException">Zero, or what <see cref="ByteCount"/> refuses.</exception>
    public static long PositiveByteCount(string text) =>
        ByteCount(text) is > 0 and long count ? count : throw new FormatException("at least one byte is needed.");

    /// <summary>A duration: a number above 0 and <c>s</c>, <c>m</c>, <c>h</c>, <c>d</c> or <c>w</c>; at most 36,500 days.</summary>
    /// <exception cref="FormatException">Anything else.</exception>
    public static TimeSpan Duration(string text)
    {
        int secondsOfUnit = text.Length == 0 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86_400, 'w' => 604_800, _ => 0 };
        if (secondsOfUnit == 0
            || !uint.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out uint count)
            || count == 0)
        {
            throw new FormatException($"'{text}' is not a duration, such as 45s, 90m, 12h, 30d or 2w.");
        }
        long seconds = (long)count * secondsOfUnit;
        return seconds <= LongestDays * 86_400L
            ? TimeSpan.FromSeconds(seconds)
            : throw new FormatException($"'{text}' is longer than the limit of {LongestDays}d.");
    }

    /// <summary>Seconds to wait: 0 or more, also fractions; at most a day.</summary>
    /// <exception cref="FormatException">Anything else.</exception>
    public static TimeSpan WaitSeconds(string text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal seconds) && seconds <= 86_400
            ? TimeSpan.FromSeconds((double)seconds)
            : throw new FormatException($"'{text}' is not a number of seconds from 0 to 86400.");
}
