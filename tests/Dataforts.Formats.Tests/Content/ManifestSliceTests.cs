using Dataforts.Content;

namespace Dataforts.Formats.Tests.Content;

public sealed class ManifestSliceTests
{
    private static readonly ManifestRef FiveFull = new("", default, Vectors.Chunks(5));

    [Fact]
    public void A_range_inside_one_chunk()
    {
        Assert.Equal([new ChunkSlice(0, 0, 4_194_304)], FiveFull.Slice(0, 4_194_304));
        Assert.Equal([new ChunkSlice(0, 100, 200)], FiveFull.Slice(100, 200));
        Assert.Equal([new ChunkSlice(1, 0, 1)], FiveFull.Slice(4_194_304, 4_194_305));
    }

    [Fact]
    public void A_range_over_an_edge() =>
        Assert.Equal([new ChunkSlice(0, 4_193_280, 4_194_304), new ChunkSlice(1, 0, 1024)], FiveFull.Slice(4_193_280, 4_195_328));

    [Fact]
    public void The_whole_blob() =>
        Assert.Equal(Enumerable.Range(0, 5).Select(i => new ChunkSlice(i, 0, 4_194_304)), FiveFull.Slice(0, 20_971_520));

    [Theory]
    [InlineData(100, 100)]
    [InlineData(20_971_520, 20_971_520)]
    [InlineData(0, 0)]
    public void An_empty_range_needs_nothing(ulong start, ulong end) => Assert.Empty(FiveFull.Slice(start, end));

    [Theory]
    [InlineData(0, 20_971_521)]
    [InlineData(200, 100)]
    [InlineData(20_971_521, 20_971_521)]
    [InlineData(0, ulong.MaxValue)]
    public void A_range_outside_the_blob_is_refused(ulong start, ulong end) =>
        Assert.Equal(DecodeError.RangeOutOfBounds, Vectors.Reason(() => FiveFull.Slice(start, end)));

    [Fact]
    public void The_last_chunk_may_be_short()
    {
        var manifest = new ManifestRef("", default, Vectors.Chunks(2, 17));
        Assert.Equal([new ChunkSlice(0, 4_194_303, 4_194_304), new ChunkSlice(1, 0, 17)], manifest.Slice(4_194_303, manifest.SizeBytes));
        Assert.Equal(17u, manifest.Slice(4_194_304, manifest.SizeBytes)[0].LengthBytes);
    }

    [Fact]
    public void Slices_laid_end_to_end_are_the_range()
    {
        var manifest = new ManifestRef("", default, Vectors.Chunks(3, 5));
        ulong[] points = [0, 1, 4_194_303, 4_194_304, 4_194_305, 8_388_607, 8_388_608, 8_388_609, 8_388_613];
        foreach (ulong start in points)
        {
            foreach (ulong end in points.Where(end => end >= start))
            {
                ulong at = start;
                foreach (ChunkSlice slice in manifest.Slice(start, end))
                {
                    Assert.Equal(at, ((ulong)slice.Index * Vectors.FullChunk) + slice.Offset);
                    Assert.InRange(slice.EndOffset, slice.Offset + 1, manifest.Chunks[slice.Index].SizeBytes);
                    at += slice.LengthBytes;
                }
                Assert.Equal(end, at);
            }
        }
    }

    [Fact]
    public void The_stride_of_a_payload()
    {
        Assert.True(ManifestLayout.IsSmall(0));
        Assert.True(ManifestLayout.IsSmall(4_194_304));
        Assert.False(ManifestLayout.IsSmall(4_194_305));
        Assert.Equal(0, ManifestLayout.ChunkCount(0));
        Assert.Equal(1, ManifestLayout.ChunkCount(4_194_304));
        Assert.Equal(2, ManifestLayout.ChunkCount(4_194_305));
        Assert.Equal(4096, ManifestLayout.ChunkCount(16UL << 30));
        Assert.Equal(1u, ManifestLayout.ChunkSizeBytes(4_194_305, 1));
        Assert.Equal(4_194_304u, ManifestLayout.ChunkSizeBytes(16UL << 30, 4095));
        Assert.Equal(DecodeError.SizeOutOfRange, Vectors.Reason(() => ManifestLayout.ChunkCount((16UL << 30) + 1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => ManifestLayout.ChunkSizeBytes(4_194_305, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => ManifestLayout.ChunkSizeBytes(0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ManifestLayout.ChunkSizeBytes(1, -1));
    }

    [Fact]
    public void The_address_of_nothing() =>
        Assert.Equal("af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262", BlobHash.Compute([]).ToHex());
}
