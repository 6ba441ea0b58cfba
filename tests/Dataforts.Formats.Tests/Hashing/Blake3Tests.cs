using System.Text;
using Dataforts.Content;
using Dataforts.Testing;

namespace Dataforts.Formats.Tests.Hashing;

public sealed class Blake3Tests
{
    [Theory]
    [InlineData("hello world", "d74981efa70a0c880b8d8c1985d075dbcbf679b99a5f9914e5aaf96b831a9e24")]
    [InlineData("the lazy dog", "7a29f463de505a59fc1a704cb1748676e1845efeeb7010d555cf4c4c2a3f9ac7")]
    public void Known_texts(string text, string hex) => Assert.Equal(hex, BlobHash.Compute(Encoding.UTF8.GetBytes(text)).ToHex());

    [Fact]
    public void Known_stream() =>
        Assert.Equal(
            "e8cfc5b773d99b249c17b22ccaefbd7488f5cc9344b6590b5b6ee78f98bcda61",
            BlobHash.Compute(SpecRandom.Bytes(42, 262_144)).ToHex());
}
