using Dataforts.Chunking;
using Dataforts.Testing;

namespace Dataforts.Formats.Tests.Chunking;

public sealed class FastCdcChunkerTests
{
    private const int Min = 256;
    private const int Average = 1024;
    private const int Max = 4096;

    [Theory]
    [InlineData(1 << 10, 4 << 10, 16 << 10)]
    [InlineData(16 << 10, 64 << 10, 256 << 10)]
    [InlineData(1 << 20, 4 << 20, 16 << 20)]
    public void Feeding_byte_by_byte_hashes_each_byte_once(int min, int average, int max)
    {
        byte[] input = SpecRandom.Bytes(7, 4 << 20);
        var chunker = new FastCdcChunker(min, average, max);
        List<int> cuts = Feeding.Piecewise(chunker, input, 1);
        Assert.Equal(FastCdcReference.Cuts(input, min, average, max), cuts);
        Assert.InRange(chunker.ExaminedPositions, 0, input.Length);
    }

    [Fact]
    public void An_unchanged_window_costs_nothing()
    {
        byte[] zeros = new byte[Max - 1];
        var chunker = new FastCdcChunker(Min, Average, Max);
        Assert.Equal(0, chunker.FindCut(zeros, isFinal: false));
        long hashed = chunker.ExaminedPositions;
        Assert.Equal(0, chunker.FindCut(zeros, isFinal: false));
        Assert.Equal(hashed, chunker.ExaminedPositions);
    }

    [Fact]
    public void A_window_of_the_maximum_is_cut_and_one_byte_less_is_not()
    {
        var chunker = new FastCdcChunker(Min, Average, Max);
        Assert.Equal(0, chunker.FindCut(new byte[Max - 1], isFinal: false));
        Assert.Equal(Max, chunker.FindCut(new byte[Max], isFinal: false));
        Assert.Equal(Max, chunker.FindCut(new byte[Max + 1], isFinal: false));
        Assert.Equal(Max, chunker.MaxChunkBytes);
    }

    [Fact]
    public void What_is_not_above_the_minimum_waits_and_is_one_chunk_at_the_end()
    {
        byte[] input = SpecRandom.Bytes(2, Min);
        var chunker = new FastCdcChunker(Min, Average, Max);
        Assert.Equal(0, chunker.FindCut(input, isFinal: false));
        Assert.Equal(0, chunker.ExaminedPositions);
        Assert.Equal(Min, chunker.FindCut(input, isFinal: true));
        Assert.Equal(1, chunker.FindCut(input.AsSpan(0, 1), isFinal: true));
    }

    [Fact]
    public void An_empty_window_has_no_cut()
    {
        var chunker = new FastCdcChunker(Min, Average, Max);
        Assert.Equal(0, chunker.FindCut([], isFinal: false));
        Assert.Equal(0, chunker.FindCut([], isFinal: true));
    }

    [Fact]
    public void Reset_forgets_the_open_chunk()
    {
        byte[] input = SpecRandom.Bytes(2, 16_384);
        var chunker = new FastCdcChunker(Min, Average, Max);
        Assert.Equal(0, chunker.FindCut(input.AsSpan(0, 1000), isFinal: false));
        chunker.Reset();
        Assert.Equal(FastCdcReference.Cuts(input, Min, Average, Max), Feeding.Whole(chunker, input));
    }

    [Fact]
    public void A_window_shorter_than_what_was_scanned_is_refused()
    {
        var chunker = new FastCdcChunker(Min, Average, Max);
        chunker.FindCut(new byte[2000], isFinal: false);
        Assert.Contains("1999", Assert.Throws<ArgumentException>(() => chunker.FindCut(new byte[1999], isFinal: false)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Finding_cuts_allocates_nothing()
    {
        byte[] input = SpecRandom.Bytes(5, 1 << 20);
        var chunker = new FastCdcChunker(1024, 4096, 16_384);
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
    public void A_long_run_of_any_byte_value_is_cut_like_the_specification_says()
    {
        // A run makes the hash stand still: for some values its low half passes the mask at every position.
        byte[] input = SpecRandom.Bytes(11, 400_000);
        for (int value = 0; value < 256; value++)
        {
            input.AsSpan(100_001, 200_000).Fill((byte)value);
            var chunker = new FastCdcChunker(16_384, 65_536, 262_144);
            Assert.Equal(FastCdcReference.Cuts(input, 16_384, 65_536, 262_144), Feeding.Whole(chunker, input));
            Assert.InRange(chunker.ExaminedPositions, 0, input.Length * 2);
        }
    }

    [Fact]
    public void The_average_is_rounded_to_a_power_of_two_in_the_logarithm()
    {
        // 5792 is just below 2^12.5 and rounds to 12, 5793 is above it and rounds to 13.
        byte[] input = SpecRandom.Bytes(9, 1 << 20);
        foreach (int average in new[] { 5792, 5793 })
        {
            Assert.Equal(
                FastCdcReference.Cuts(input, 512, average, 32_768),
                Feeding.Whole(new FastCdcChunker(512, average, 32_768), input));
        }
    }

    [Theory]
    [InlineData(63, 256, 1024, "64")]
    [InlineData(1_048_577, 4_194_304, 16_777_216, "1048576")]
    [InlineData(64, 255, 1024, "256")]
    [InlineData(64, 4_194_305, 16_777_216, "4194304")]
    [InlineData(64, 256, 1023, "1024")]
    [InlineData(64, 256, 16_777_217, "16777216")]
    [InlineData(256, 256, 1024, "more than the minimum of 256")]
    [InlineData(64, 1024, 1024, "more than the average of 1024")]
    [InlineData(int.MinValue, int.MinValue, int.MinValue, "64")]
    public void An_invalid_triple_is_refused_with_the_limit(int min, int average, int max, string limit)
    {
        ArgumentOutOfRangeException refused = Assert.Throws<ArgumentOutOfRangeException>(() => new FastCdcChunker(min, average, max));
        Assert.Contains(limit, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(64, 256, 1024)]
    [InlineData(1_048_576, 4_194_304, 16_777_216)]
    [InlineData(1_048_575, 1_048_576, 1_048_577)]
    public void The_limits_are_inside(int min, int average, int max) => Assert.Equal(max, new FastCdcChunker(min, average, max).MaxChunkBytes);
}
