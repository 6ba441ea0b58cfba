using CsCheck;
using Dataforts.Chunking;
using Dataforts.Testing;

namespace Dataforts.Formats.Tests.Chunking;

public sealed class FastCdcPropertyTests
{
    // Odd and even sizes, close together and far apart; small averages fire often, so that every boundary is met.
    private static readonly Gen<(int Min, int Average, int Max)> Triples =
        from min in Gen.Int[64, 1500]
        from average in Gen.Frequency((1, Gen.Int[1, 3]), (3, Gen.Int[4, 3000])).Select(more => Math.Max(256, min + more))
        from max in Gen.Frequency((1, Gen.Int[1, 3]), (3, Gen.Int[4, 6000])).Select(more => Math.Max(1024, average + more))
        select (min, average, max);

    private static readonly Gen<int[]> Pieces = Gen.OneOf(
        Gen.Const(1).Array[1],
        Gen.Int[1, 4].Array[1, 8],
        Gen.Int[1, 3000].Array[1, 8],
        Gen.Int[1, 40_000].Array[1, 3]);

    [Fact]
    public void Cuts_equal_the_specification_for_every_feeding() => Check(3_000);

    [Fact]
    [Slow]
    public void Cuts_equal_the_specification_for_every_feeding_in_a_million_cases() => Check(1_000_000);

    [Fact]
    public void Cuts_of_large_chunks_equal_the_specification() => CheckLarge(40);

    [Fact]
    [Slow]
    public void Cuts_of_large_chunks_equal_the_specification_in_many_cases() => CheckLarge(4_000);

    private static void Check(long cases) =>
        Gen.Select(Triples, CdcInputs.UpTo(20_000), Pieces).Sample(
            (triple, input, pieces) =>
            {
                List<int> expected = FastCdcReference.Cuts(input, triple.Min, triple.Average, triple.Max);
                var chunker = new FastCdcChunker(triple.Min, triple.Average, triple.Max);
                return expected.SequenceEqual(Feeding.Whole(chunker, input))
                    && expected.SequenceEqual(Feeding.Piecewise(chunker, input, pieces));
            },
            iter: cases);

    private static void CheckLarge(long cases) =>
        Gen.Select(Gen.Int[64, 40_000], Gen.Int[1, 120_000], Gen.Int[1, 300_000], CdcInputs.UpTo(1_500_000), Gen.Int[1, 200_000].Array[1, 4]).Sample(
            (min, toAverage, toMax, input, pieces) =>
            {
                int average = Math.Max(256, min + toAverage);
                int max = Math.Max(1024, average + toMax);
                List<int> expected = FastCdcReference.Cuts(input, min, average, max);
                return new[] { true, false }.All(lanes =>
                {
                    var chunker = new FastCdcChunker(min, average, max) { UsesLanes = lanes && FastCdcChunker.LanesAreSupported };
                    return expected.SequenceEqual(Feeding.Whole(chunker, input))
                        && expected.SequenceEqual(Feeding.Piecewise(chunker, input, pieces));
                });
            },
            iter: cases);
}
