using Dataforts.Chunking;
using Dataforts.Testing;

namespace Dataforts.Formats.Tests.Chunking;

public sealed class StrideChunkerTests
{
    private const int Min = 4096;
    private const int Average = 16_384;
    private const int Max = 65_536;

    [Theory]
    [InlineData(4 << 10, 16 << 10, 64 << 10)]
    [InlineData(16 << 10, 64 << 10, 256 << 10)]
    [InlineData(1 << 20, 4 << 20, 16 << 20)]
    public void Feeding_byte_by_byte_examines_each_position_once(int min, int average, int max)
    {
        byte[] input = SpecRandom.Bytes(7, 2 << 20);
        var chunker = new StrideChunker(min, average, max);
        List<int> cuts = Feeding.Piecewise(chunker, input, 1);
        Assert.Equal(StrideReference.Cuts(input, min, average, max), cuts);
        Assert.InRange(chunker.ExaminedPositions, 0, input.Length);
    }

    [Fact]
    public void An_unchanged_window_costs_nothing()
    {
        byte[] zeros = new byte[Max - 1];
        var chunker = new StrideChunker(Min, Average, Max);
        Assert.Equal(0, chunker.FindCut(zeros, isFinal: false));
        long examined = chunker.ExaminedPositions;
        Assert.Equal(0, chunker.FindCut(zeros, isFinal: false));
        Assert.Equal(examined, chunker.ExaminedPositions);
    }

    [Fact]
    public void A_window_of_the_maximum_is_cut_and_one_byte_less_is_not()
    {
        var chunker = new StrideChunker(Min, Average, Max);
        Assert.Equal(0, chunker.FindCut(new byte[Max - 1], isFinal: false));
        Assert.Equal(Max, chunker.FindCut(new byte[Max], isFinal: false));
        Assert.Equal(Max, chunker.FindCut(new byte[Max + 1], isFinal: false));
        Assert.Equal(Max, chunker.MaxChunkBytes);
    }

    [Fact]
    public void What_is_not_above_the_minimum_waits_and_is_one_chunk_at_the_end()
    {
        byte[] input = SpecRandom.Bytes(2, Min);
        var chunker = new StrideChunker(Min, Average, Max);
        Assert.Equal(0, chunker.FindCut(input, isFinal: false));
        Assert.Equal(0, chunker.ExaminedPositions);
        Assert.Equal(Min, chunker.FindCut(input, isFinal: true));
        Assert.Equal(1, chunker.FindCut(input.AsSpan(0, 1), isFinal: true));
    }

    [Fact]
    public void An_empty_window_has_no_cut()
    {
        var chunker = new StrideChunker(Min, Average, Max);
        Assert.Equal(0, chunker.FindCut([], isFinal: false));
        Assert.Equal(0, chunker.FindCut([], isFinal: true));
    }

    [Fact]
    public void Reset_forgets_the_open_chunk()
    {
        byte[] input = SpecRandom.Bytes(2, 200_000);
        var chunker = new StrideChunker(Min, Average, Max);
        Assert.Equal(0, chunker.FindCut(input.AsSpan(0, 5000), isFinal: false));
        chunker.Reset();
        Assert.Equal(StrideReference.Cuts(input, Min, Average, Max), Feeding.Whole(chunker, input));
    }

    [Fact]
    public void A_window_shorter_than_what_was_scanned_is_refused()
    {
        var chunker = new StrideChunker(Min, Average, Max);
        chunker.FindCut(new byte[Min + 128], isFinal: false);
        Assert.Contains("4223", Assert.Throws<ArgumentException>(() => chunker.FindCut(new byte[Min + 127], isFinal: false)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Finding_cuts_allocates_nothing()
    {
        byte[] input = SpecRandom.Bytes(5, 1 << 20);
        var chunker = new StrideChunker(Min, Average, Max);
        Chunk();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Chunk();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Chunk()
        {
            ReadOnlySpan<byte> rest = input;
            while (!rest.IsEmpty) rest = rest[chunker.FindCut(rest, isFinal: true)..];
        }
    }

    [Fact]
    public void No_run_of_a_byte_value_passes_the_first_hash()
    {
        for (int value = 0; value < 256; value++)
        {
            byte[] run = new byte[1024];
            run.AsSpan().Fill((byte)value);
            Assert.False(StrideReference.FirstHash(run, 1000) is >= 32_752 and < 32_768, $"a run of {value} passes at every position");
        }
    }

    [Fact]
    public void Sizes_are_spread_like_those_of_FastCdc()
    {
        // A thousand chunks: their mean is within a tenth of the other's by six times its spread.
        byte[] input = SpecRandom.Bytes(3, 20 << 20);
        double strided = Feeding.Whole(new StrideChunker(Min, Average, Max), input).Average();
        double fast = Feeding.Whole(new FastCdcChunker(Min, Average, Max), input).Average();
        Assert.InRange(strided / fast, 0.9, 1.1);
    }

    [Fact]
    public void An_edit_moves_no_far_cut()
    {
        byte[] before = SpecRandom.Bytes(0xBE, 2 << 20);
        byte[] after = [.. before[..1_000_000], 1, 2, 3, .. before[1_000_003..1_500_000], 9, .. before[1_500_000..]];
        HashSet<int> ends = [.. Ends(before)];
        int[] moved = [.. Ends(after).Select(end => end > 1_500_000 ? end - 1 : end).Except(ends)];
        Assert.All(moved, end => Assert.True(end is > 1_000_000 and < 1_000_000 + (2 * Max) or > 1_500_000 and < 1_500_000 + (2 * Max)));
        Assert.InRange(moved.Length, 0, 4);
    }

    [Theory]
    [InlineData(1023, 16_384, 32_768, "1024")]
    [InlineData(1_048_577, 4_194_304, 16_777_216, "1048576")]
    [InlineData(1024, 16_383, 32_768, "16384")]
    [InlineData(1024, 4_194_305, 16_777_216, "4194304")]
    [InlineData(1024, 16_384, 32_767, "32768")]
    [InlineData(1024, 16_384, 16_777_217, "16777216")]
    [InlineData(16_384, 16_384, 32_768, "more than the minimum of 16384")]
    [InlineData(1024, 32_768, 32_768, "more than the average of 32768")]
    [InlineData(int.MinValue, int.MinValue, int.MinValue, "1024")]
    public void An_invalid_triple_is_refused_with_the_limit(int min, int average, int max, string limit)
    {
        ArgumentOutOfRangeException refused = Assert.Throws<ArgumentOutOfRangeException>(() => new StrideChunker(min, average, max));
        Assert.Contains(limit, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1024, 16_384, 32_768)]
    [InlineData(1_048_576, 4_194_304, 16_777_216)]
    [InlineData(1_048_575, 1_048_576, 1_048_577)]
    public void The_limits_are_inside(int min, int average, int max) => Assert.Equal(max, new StrideChunker(min, average, max).MaxChunkBytes);

    private static IEnumerable<int> Ends(byte[] input)
    {
        int end = 0;
        foreach (int cut in Feeding.Whole(new StrideChunker(Min, Average, Max), input)) yield return end += cut;
    }
}
