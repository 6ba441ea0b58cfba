using Dataforts.Capabilities.Tags;

namespace Dataforts.Tests.Capabilities.Tags;

public sealed class ChainWantTests
{
    [Theory]
    [InlineData("heat:want:00000000000000ab=0.42", 0xAB, 42)]
    [InlineData("heat:want:00000000000000ab=1.00", 0xAB, 100)]
    public void It_is_read_as_it_is_written(string tag, ulong chain, int level)
    {
        Assert.True(ChainWant.TryParse(tag, out ChainWant want));
        Assert.Equal((chain, level), (want.Chain, want.Level));
        Assert.Equal(tag, ChainWant.Format(chain, level));
        Assert.False(ChainHeat.TryParse(tag, out _));
        Assert.False(BlobHeat.TryParse(tag, out _));
    }

    [Theory]
    [InlineData("heat:00000000000000ab=0.42")]
    [InlineData("heat:want:00000000000000AB=0.42")]
    [InlineData("heat:want:0000000000000000=0.42")]
    [InlineData("heat:want:00000000000000ab=0.00")]
    [InlineData("heat:want:00000000000000ab=1.01")]
    [InlineData("heat:want:00000000000000ab")]
    [InlineData("heat:want:ab=0.42")]
    [InlineData("")]
    public void Nothing_else_is_one(string tag) => Assert.False(ChainWant.TryParse(tag, out _));

    [Fact]
    public void Level_zero_and_chain_zero_have_none()
    {
        Assert.Null(ChainWant.Format(1, 0));
        Assert.Null(ChainWant.Format(0, 1));
    }
}
