using Dataforts.Chunking;

namespace Dataforts.Formats.Tests.Chunking;

/// <summary>Runs a chunker over an input that arrives piece by piece.</summary>
internal static class Feeding
{
    /// <summary>Everything at hand from the start.</summary>
    public static List<int> Whole(Chunker chunker, ReadOnlySpan<byte> input)
    {
        List<int> cuts = [];
        while (!input.IsEmpty)
        {
            int cut = chunker.FindCut(input, isFinal: true);
            cuts.Add(cut);
            input = input[cut..];
        }
        return cuts;
    }

    /// <summary>Pieces of the given sizes, over and over; the end is known only after the last piece.</summary>
    public static List<int> Piecewise(Chunker chunker, ReadOnlySpan<byte> input, params ReadOnlySpan<int> pieces)
    {
        List<int> cuts = [];
        int start = 0;
        for (int fed = 0, piece = 0; fed < input.Length; piece++)
        {
            fed = Math.Min(input.Length, fed + pieces[piece % pieces.Length]);
            while (chunker.FindCut(input[start..fed], isFinal: false) is var cut and > 0)
            {
                cuts.Add(cut);
                start += cut;
            }
        }
        cuts.AddRange(Whole(chunker, input[start..]));
        return cuts;
    }
}
