using Dataforts.Chunking;
using Dataforts.Content;
using Dataforts.Testing;

namespace Dataforts.Formats.Tests.Chunking;

public sealed class FastCdcVectorTests
{
    [Theory]
    [InlineData(2, 16_384, "1177,1868,795,1025,2051,1353,1024,1505,1379,1229,1381,1097,500")]
    [InlineData(
        3,
        32_768,
        "1070,1114,1265,1032,1124,1074,1050,1516,1082,1068,1204,972,1699,1256,1035,1331,375,1115,468,1149,1096,1082,2091,862,1125,1189,1744," +
        "1115,465")]
    public void Small_profile(ulong seed, int length, string cuts) => Check(ChunkingProfile.Cdc(256, 1024, 4096), SpecRandom.Bytes(seed, length), cuts);

    [Fact]
    public void Small_profile_never_fires_on_zeros() =>
        Check(ChunkingProfile.Cdc(256, 1024, 4096), new byte[32_768], "4096,4096,4096,4096,4096,4096,4096,4096");

    [Fact]
    public void Conformance_stream() => Check(
        ChunkingProfile.Cdc(1024, 4096, 16_384),
        SpecRandom.Bytes(0xCD, 262_144),
        "4272,4578,4314,5173,2148,4738,2076,4273,4342,1763,1939,4785,5822,4176,2939,6125,6507,3592,6585,4378,4606,5345,4240,6300,3209,4096,4611,4115," +
        "4174,5328,4437,4221,4147,4603,4468,1568,2909,6164,7545,4508,4969,4876,5342,4336,6062,4908,7011,6026,4643,1865,4964,2874,4623,4574,1206,4217," +
        "7451,4923,2155");

    [Fact]
    public void Production_profile_on_64_MiB()
    {
        byte[] input = SpecRandom.Bytes(42, 67_108_864);
        Check(
            ChunkingProfile.Production,
            input,
            "6704013,6000959,4885842,2745016,4725610,2500543,6412627,4221931,4739949,6256715,4920228,4250499,7184141,1560791");
        Assert.Equal(
            "27a5baf2b31fa3ce47ef5c8ad5e8b964fd5358077a7f44397d74252c5c7943c7",
            BlobHash.Compute(input.AsSpan(0, 6_704_013)).ToHex());
    }

    [Fact]
    public void Production_profile_never_fires_on_zeros() =>
        Check(ChunkingProfile.Production, new byte[41_943_040], "16777216,16777216,8388608");

    [Fact]
    public void Production_profile_keeps_what_is_below_its_minimum_whole() =>
        Check(ChunkingProfile.Production, SpecRandom.Bytes(42, 262_144), "262144");

    [Theory]
    [InlineData(0xE0, 24_576, 22)]
    [InlineData(0xE1, 24_576, 24)]
    [InlineData(0xE2, 16_384, 13)]
    public void Chunk_counts_under_erasure_trees(ulong seed, int length, int count) =>
        Assert.Equal(count, Feeding.Whole(new FastCdcChunker(256, 1024, 4096), SpecRandom.Bytes(seed, length)).Count);

    [Fact]
    public void An_edit_in_place_moves_no_far_cut()
    {
        byte[] before = SpecRandom.Bytes(0xBE, 262_144);
        byte[] after = [.. before];
        foreach (ref byte b in after.AsSpan(131_072, 16)) b ^= 0xFF;
        Assert.Equal((55, 55, 54), Shared(before, after));
    }

    [Fact]
    public void An_insertion_moves_no_far_cut()
    {
        byte[] before = SpecRandom.Bytes(0xAA, 262_144);
        byte[] after = [.. before[..131_072], .. new byte[16], .. before[131_072..]];
        Assert.Equal((59, 59, 58), Shared(before, after));
    }

    private static (int Before, int After, int Both) Shared(byte[] before, byte[] after)
    {
        HashSet<BlobHash> left = Hashes(before);
        HashSet<BlobHash> right = Hashes(after);
        return (left.Count, right.Count, left.Intersect(right).Count());
    }

    private static HashSet<BlobHash> Hashes(byte[] input)
    {
        HashSet<BlobHash> hashes = [];
        int start = 0;
        foreach (int cut in Feeding.Whole(new FastCdcChunker(1024, 4096, 16_384), input))
        {
            hashes.Add(BlobHash.Compute(input.AsSpan(start, cut)));
            start += cut;
        }
        return hashes;
    }

    private static void Check(ChunkingProfile profile, byte[] input, string cuts)
    {
        Chunker chunker = profile.CreateChunker();
        Assert.Equal(cuts, string.Join(',', Feeding.Whole(chunker, input)));
        Assert.Equal(cuts, string.Join(',', Feeding.Piecewise(chunker, input, 65_536)));
        Assert.Equal(cuts, string.Join(',', Feeding.Piecewise(chunker, input, 1, 3001, 70_000)));
    }
}
