using System.Numerics;

namespace Dataforts.Formats.Tests.Chunking;

/// <summary>Cutting by strides word for word after docs/FORMAT.md: over the whole input at once, each position by itself, in whole numbers.</summary>
internal static class StrideReference
{
    public static List<int> Cuts(ReadOnlySpan<byte> input, int min, int average, int max)
    {
        List<int> cuts = [];
        while (!input.IsEmpty)
        {
            int cut = Cut(input, min, average, max);
            cuts.Add(cut);
            input = input[cut..];
        }
        return cuts;
    }

    public static int FirstHash(ReadOnlySpan<byte> chunk, int position)
    {
        int hash = 0;
        for (int k = 7; k >= 0; k--)
        {
            int at = position - (64 * k);
            int outer = (Pair(chunk, at - 2) + Pair(chunk, at - 46)) % 65_536;
            int all = (outer + Pair(chunk, at - 13) + Pair(chunk, at - 27)) % 65_536;
            hash = (4 * hash % 65_536) ^ (int)(outer * 40_503L / 65_536) ^ (int)(all * 46_535L % 65_536);
        }
        return hash;
    }

    private static int Cut(ReadOnlySpan<byte> source, int min, int average, int max)
    {
        if (source.Length <= min) return source.Length;
        int end = Math.Min(source.Length, max);
        for (int i = min; i < end; i++)
        {
            if (FirstHash(source, i) is not (>= 32_752 and <= 32_767)) continue;
            BigInteger below = BigInteger.Pow(2, i < average ? 42 : 46) / average;
            if (SecondHash(source[(i - 64)..i]) < below) return i;
        }
        return end;
    }

    private static BigInteger SecondHash(ReadOnlySpan<byte> window)
    {
        BigInteger word = BigInteger.Pow(2, 64), hash = 0;
        for (int at = 0; at < 64; at += 16)
        {
            var first = new BigInteger(window.Slice(at, 8), isUnsigned: true);
            var second = new BigInteger(window.Slice(at + 8, 8), isUnsigned: true);
            BigInteger product = (first ^ 0x9E3779B97F4A7C15 ^ hash) * (second ^ 0xC2B2AE3D27D4EB4F);
            hash = (product / word) ^ (product % word);
        }
        return hash >> 32;
    }

    private static int Pair(ReadOnlySpan<byte> chunk, int at) => chunk[at] + (256 * chunk[at + 1]);
}
