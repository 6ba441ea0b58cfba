using Dataforts.Chunking;
using Dataforts.Testing;

namespace Dataforts.Formats.Tests.Chunking;

public sealed class StrideVectorTests
{
    [Theory]
    [InlineData(
        "stride:4096,16384,65536", 2, 262_144, "18393,17123,16994,15027,8405,21391,16736,18887,17006,19169,19075,17130,21864,19073,15871")]
    [InlineData(
        "stride", 3, 1_048_576, "82767,83386,45976,130669,70766,66563,89150,66047,70371,34533,96750,70554,71737,69307")]
    [InlineData(
        "stride:1048576,4194304,16777216",
        42,
        67_108_864,
        "5814613,5223240,5726451,2665834,5825048,5551284,5355853,5800329,4893280,2892164,5458384,4557906,4790784,2553694")]
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
