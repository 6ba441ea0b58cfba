using System.Globalization;
using System.Text;

namespace Dataforts.Cli.Output;

/// <summary>Text that came from elsewhere (names, URIs, paths, messages), made safe to show on a terminal.</summary>
internal static class Display
{
    /// <summary>Control, line-separating and bidirectional characters and lone surrogates as <c>\u{…}</c>; everything else as it is.</summary>
    public static string Escape(string text)
    {
        int clean = 0;
        while (clean < text.Length && !IsUnsafe(text, clean)) clean++;
        if (clean == text.Length) return text;
        var escaped = new StringBuilder(text, 0, clean, text.Length + 16);
        for (int i = clean; i < text.Length; i++)
        {
            if (IsUnsafe(text, i))
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{{{(int)text[i]:x}}}");
            else
                escaped.Append(text[i]);
        }
        return escaped.ToString();
    }

    // Every character in question is within the first plane.
    private static bool IsUnsafe(string text, int index)
    {
        char c = text[index];
        if (char.IsControl(c)) return true;
        if (char.IsHighSurrogate(c)) return index + 1 == text.Length || !char.IsLowSurrogate(text[index + 1]);
        if (char.IsLowSurrogate(c)) return index == 0 || !char.IsHighSurrogate(text[index - 1]);
        return c is '\u061C' or '\u200E' or '\u200F' or '\u2028' or '\u2029'
            or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
    }
}
