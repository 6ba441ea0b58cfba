using System.Globalization;
using Dataforts.Content;

namespace Dataforts.Cli.Arguments;

/// <summary>How an encoding is typed: <c>replicated</c> or <c>rs:K,M</c>.</summary>
internal static class EncodingArgument
{
    /// <exception cref="FormatException">The text is neither, or the format does not allow these K and M.</exception>
    public static BlobEncoding Parse(string text)
    {
        if (text == "replicated") return BlobEncoding.Replicated;
        if (text.StartsWith("rs:", StringComparison.Ordinal))
        {
            string[] numbers = text[3..].Split(',');
            if (numbers.Length == 2 && Number(numbers[0]) is int k && Number(numbers[1]) is int m) return BlobEncoding.ReedSolomon(k, m);
        }
        throw new FormatException($"'{text}' is neither replicated nor rs:K,M, such as rs:10,4.");
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
