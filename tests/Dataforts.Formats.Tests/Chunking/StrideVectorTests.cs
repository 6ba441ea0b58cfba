using Dataforts.Chunking;
using Dataforts.Testing;

namespace Dataforts.Formats.Tests.Chunking;

public sealed class StrideVectorTests
{
    [Theory]
    [InlineData(
        "stride:4096,16384,65536", 2, 262_144, "17185,17129,16460,21025,17047,17284,17028,19164,16694,23261,10536,7182,16424,18837,18360,8528")]
    [InlineData(
        "stride", 3, 1_048_576, "69337,84522,60179,70824,85252,90747,41868,70842,70563,70996,34378,75624,68227,75632,69705,9880")]
    [InlineData(
        "stride:1048576,4194304,16777216",
        42,
        67_108_864,
        "3636531,4258802,4443712,4626242,4314364,7104877,4418131,4246254,4591584,5946944,5680189,3818296,2844329,5317228,1861381")]
    public void Pinned(string profile, ulong seed, int length, string cuts) => Check(ChunkingProfile.Parse(profile), SpecRandom.Bytes(seed, length), cuts);

    [Fact]
    public void Zeros_never_fire() => Check(ChunkingProfile.DefaultStrided, new byte[600_000], "262144,262144,75712");

    private static void Check(ChunkingProfile profile, byte[] input, string cuts)
    {
        Chunker chunker = profile.CreateChunker();
        Assert.Equal(cuts, string.Join(',', Feeding.Whole(chunker, input)));
        Assert.Equal(cuts, string.Join(',', Feeding.Piecewise(chunker, input, 65_536)));
        Assert.Equal(cuts, string.Join(',', Feeding.Piecewise(chunker, input, 777, 3001, 70_000)));
    }
}
