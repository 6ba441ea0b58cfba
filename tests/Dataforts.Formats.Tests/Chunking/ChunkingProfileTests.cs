using CsCheck;
using Dataforts.Chunking;

namespace Dataforts.Formats.Tests.Chunking;

public sealed class ChunkingProfileTests
{
    [Theory]
    [InlineData("fixed", "fixed:4194304")]
    [InlineData("fixed:1", "fixed:1")]
    [InlineData("fixed:16777216", "fixed:16777216")]
    [InlineData("cdc", "cdc:16384,65536,262144")]
    [InlineData("cdc:64,256,1024", "cdc:64,256,1024")]
    [InlineData("cdc:1048576,4194304,16777216", "cdc:1048576,4194304,16777216")]
    [InlineData("stride", "stride:16384,65536,262144")]
    [InlineData("stride:1024,16384,32768", "stride:1024,16384,32768")]
    public void The_command_line_form_is_read_and_written(string text, string written)
    {
        var profile = ChunkingProfile.Parse(text);
        Assert.Equal(written, profile.ToString());
        Assert.True(ChunkingProfile.TryParse(written, out ChunkingProfile? again));
        Assert.Equal(profile, again);
    }

    [Theory]
    [InlineData("", "fixed:SIZE")]
    [InlineData("Fixed", "fixed:SIZE")]
    [InlineData(" cdc", "fixed:SIZE")]
    [InlineData("auto", "fixed:SIZE")]
    [InlineData(":", "fixed:SIZE")]
    [InlineData("fixed:", "decimal digits")]
    [InlineData("fixed:+1", "decimal digits")]
    [InlineData("fixed: 1", "decimal digits")]
    [InlineData("fixed:1,2", "decimal digits")]
    [InlineData("fixed:4MiB", "decimal digits")]
    [InlineData("fixed:0", "from 1 to 16777216")]
    [InlineData("fixed:16777217", "from 1 to 16777216")]
    [InlineData("fixed:99999999999999999999", "from 1 to 16777216")]
    [InlineData("cdc:", "minimum, average and maximum")]
    [InlineData("cdc:64,256", "minimum, average and maximum")]
    [InlineData("cdc:64,256,1024,", "minimum, average and maximum")]
    [InlineData("cdc:64,256,1024,2048", "minimum, average and maximum")]
    [InlineData("cdc:-64,256,1024", "minimum, average and maximum")]
    [InlineData("cdc:63,256,1024", "minimum of a chunk must be from 64 to 1048576")]
    [InlineData("cdc:64,255,1024", "average of a chunk must be from 256 to 4194304")]
    [InlineData("cdc:64,256,99999999999", "maximum of a chunk must be from 1024 to 16777216")]
    [InlineData("cdc:256,256,1024", "more than the minimum of 256")]
    [InlineData("stride:", "After stride: stand minimum, average and maximum")]
    [InlineData("stride:64,256,1024", "minimum of a chunk must be from 1024 to 1048576")]
    [InlineData("stride:1024,16383,32768", "average of a chunk must be from 16384 to 4194304")]
    [InlineData("cdc:64,2048,2048", "more than the average of 2048")]
    public void Anything_else_is_refused_with_the_limit(string text, string reason)
    {
        Assert.Contains(reason, Assert.Throws<FormatException>(() => ChunkingProfile.Parse(text)).Message, StringComparison.Ordinal);
        Assert.False(ChunkingProfile.TryParse(text, out ChunkingProfile? profile));
        Assert.Null(profile);
    }

    [Fact]
    public void The_profile_makes_the_chunker_it_names()
    {
        Assert.Equal(5, Assert.IsType<FixedChunker>(ChunkingProfile.Fixed(5).CreateChunker()).SizeBytes);
        Assert.Equal(262_144, Assert.IsType<FastCdcChunker>(ChunkingProfile.Default.CreateChunker()).MaxChunkBytes);
        Assert.Equal(262_144, Assert.IsType<StrideChunker>(ChunkingProfile.DefaultStrided.CreateChunker()).MaxChunkBytes);
        Assert.Equal((1 << 20, 4 << 20, 16 << 20), Sizes(ChunkingProfile.Production));
        Assert.Equal((4 << 20, 4 << 20, 4 << 20), Sizes(ChunkingProfile.Fixed4MiB));
        Assert.True(ChunkingProfile.Default.IsContentDefined);
        Assert.False(ChunkingProfile.Fixed4MiB.IsContentDefined);
    }

    [Fact]
    public void Profiles_that_cut_alike_are_equal()
    {
        Assert.Equal(ChunkingProfile.Cdc(1 << 20, 4 << 20, 16 << 20), ChunkingProfile.Production);
        Assert.NotEqual(ChunkingProfile.Fixed(65_536), ChunkingProfile.Default);
        Assert.NotEqual(ChunkingProfile.DefaultStrided, ChunkingProfile.Default);
    }

    [Fact]
    public void Any_text_is_read_or_refused() =>
        Gen.String[Gen.Char["fixedcdcstride:,0123456789 -"], 0, 30].Sample(
            text => !ChunkingProfile.TryParse(text, out ChunkingProfile? profile) || ChunkingProfile.Parse(profile.ToString()) == profile);

    [Fact]
    public void Illegal_profiles_are_refused_like_illegal_chunkers()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ChunkingProfile.Fixed(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ChunkingProfile.Cdc(64, 64, 1024));
        Assert.Throws<ArgumentOutOfRangeException>(() => ChunkingProfile.Strided(64, 256, 1024));
    }

    private static (int Min, int Average, int Max) Sizes(ChunkingProfile profile) =>
        (profile.MinChunkBytes, profile.AverageChunkBytes, profile.MaxChunkBytes);
}
