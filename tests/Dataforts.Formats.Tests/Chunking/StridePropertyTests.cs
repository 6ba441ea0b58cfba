using CsCheck;
using Dataforts.Chunking;
using Dataforts.Testing;

namespace Dataforts.Formats.Tests.Chunking;

public sealed class StridePropertyTests
{
    private static readonly int[] Widths = [512, 256, 128, 0];

    // Close together and far apart; an average of 16 KiB fires as soon as the first hash passes.
    private static readonly Gen<(int Min, int Average, int Max)> Triples =
        from min in Gen.Int[1024, 20_000]
        from average in Gen.Frequency((1, Gen.Int[1, 3]), (3, Gen.Int[4, 70_000])).Select(more => Math.Max(16_384, min + more))
        from max in Gen.Frequency((1, Gen.Int[1, 3]), (3, Gen.Int[4, 200_000])).Select(more => Math.Max(32_768, average + more))
        select (min, average, max);

    private static readonly Gen<int[]> Pieces = Gen.OneOf(
        Gen.Int[1, 70].Array[1, 8],
        Gen.Int[1, 3000].Array[1, 8],
        Gen.Int[1, 100_000].Array[1, 3]);

    [Fact]
    public void Cuts_equal_the_specification_at_every_width_and_for_every_feeding() => Check(60);

    [Fact]
    [Slow]
    public void Cuts_equal_the_specification_in_many_cases() => Check(2_000);

    private static void Check(long cases) =>
        Gen.Select(Triples, CdcInputs.UpTo(300_000), Pieces).Sample(
            (triple, input, pieces) =>
            {
                List<int> expected = StrideReference.Cuts(input, triple.Min, triple.Average, triple.Max);
                return Widths.Where(bits => bits <= StrideChunker.WidestVectorBits).All(bits =>
                {
                    var chunker = new StrideChunker(triple.Min, triple.Average, triple.Max) { VectorBits = bits };
                    return expected.SequenceEqual(Feeding.Whole(chunker, input))
                        && expected.SequenceEqual(Feeding.Piecewise(chunker, input, pieces));
                });
            },
            iter: cases);
}
