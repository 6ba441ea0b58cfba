using Dataforts.Chunking;
using Dataforts.Content;

namespace Dataforts.Formats.Tests.Chunking;

public sealed class FixedChunkerTests
{
    [Fact]
    public void Eight_MiB_and_seventeen_bytes()
    {
        byte[] input = new byte[8_388_625];
        for (int i = 0; i < input.Length; i++) input[i] = (byte)(i % 251);
        Chunker chunker = ChunkingProfile.Fixed4MiB.CreateChunker();
        List<int> cuts = Feeding.Whole(chunker, input);
        Assert.Equal([4_194_304, 4_194_304, 17], cuts);
        Assert.Equal(cuts, Feeding.Piecewise(chunker, input, 4_194_303, 1, 100_001));
        Assert.Equal("4e94e6f582581a0f3855f3ce504b153e951e65036fe9e2f010b7e25473c54f98", BlobHash.Compute(input.AsSpan(0, 4_194_304)).ToHex());
        Assert.Equal("046f90301fa8a38b2bcfc87db934d243f2cbccb1c66021255697277ac6b956b8", BlobHash.Compute(input.AsSpan(4_194_304, 4_194_304)).ToHex());
        Assert.Equal("b8bc431da8853a2b07c39acb47ef998044703c152180dcb471999cb3bcf879ec", BlobHash.Compute(input.AsSpan(8_388_608)).ToHex());
        Assert.Equal("6cbe97538ff151a60c70079b6290b88cf295f77e99fa34f6da49e1b68e29d580", BlobHash.Compute(input).ToHex());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    public void Every_chunk_but_the_last_is_full(int size)
    {
        byte[] input = new byte[300];
        var chunker = new FixedChunker(size);
        int[] expected = [.. input.Chunk(size).Select(chunk => chunk.Length)];
        Assert.Equal(expected, Feeding.Whole(chunker, input));
        Assert.Equal(expected, Feeding.Piecewise(chunker, input, 1));
        Assert.Equal(expected, Feeding.Piecewise(chunker, input, 250, 3));
        Assert.Equal(size, chunker.MaxChunkBytes);
    }

    [Fact]
    public void An_exact_multiple_has_no_empty_chunk_at_the_end()
    {
        Assert.Equal([16, 16], Feeding.Piecewise(new FixedChunker(16), new byte[32], 32));
        Assert.Equal(0, new FixedChunker(16).FindCut([], isFinal: true));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(16_777_217)]
    public void A_size_outside_the_range_is_refused(int size)
    {
        ArgumentOutOfRangeException refused = Assert.Throws<ArgumentOutOfRangeException>(() => new FixedChunker(size));
        Assert.Contains("from 1 to 16777216 bytes", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_largest_size_is_allowed() => Assert.Equal(16_777_216, new FixedChunker(16_777_216).SizeBytes);
}
