using Dataforts.Blobs;
using Dataforts.Chunking;
using Dataforts.Content;
using Dataforts.Testing;

namespace Dataforts.Tests.Blobs;

/// <summary>The refs and roots of the published vectors, made by the write path out of payloads, and read back.</summary>
public sealed class PutVectorTests
{
    private const string NineMiBTree =
        "b0b1b2b30301476d6573683a2f2f363933383930643837333761303731613637623338326431353333383530303263376337376334666531393933323031333832323931"
        + "6534623563663236636300693890d8737a071a67b382d153385002c7c77c4fe1993201382291e4b5cf26cc8080c00401";

    private const string NineMiBManifest =
        "b0b1b2b30201476d6573683a2f2f646430363866356265646664633966313663316434306166376537653439633138373237343164633764663238616432333136386130"
        + "3562653230373232303400030b24acc7e42d5345fbb78bdbf8047d90d154172fa8bf84eb2479de1dfeb79cbd8080800286aa4b2a90bc9df4e622411c5c88723a802e2548"
        + "a023f90d7691dd5ee9d2ce5680808002cff001c707e7b290a1b92e617c917d278df623a85048180cb98aba2ebbb2eeeb8080408080c004";

    [Theory]
    [InlineData(BlobShape.Tree, NineMiBTree)]
    [InlineData(BlobShape.Manifest, NineMiBManifest)]
    public async Task Nine_MiB_in_fixed_chunks_make_the_published_ref(BlobShape shape, string encoded)
    {
        byte[] content = SpecRandom.Bytes(1, 9 << 20);
        var chunks = new MemoryChunks();
        PutResult put = await new BlobWriter(chunks, ChunkingProfile.Fixed4MiB).PutAsync(new MemoryStream(content), new PutOptions { Shape = shape });
        Assert.Equal(encoded, Convert.ToHexStringLower(put.Ref.Encode()));
        Assert.Equal(content, await Payload.ReadAllAsync(chunks, put.Ref));
    }

    [Theory]
    [InlineData(0xC0UL, 16 << 20, "fixed:8192", "aeea0ea9a9afef50584638d1558e106cb6dde9558a67c577848a314361941b40", 2)]
    [InlineData(0xC0UL, 4096, "fixed:1024", "8c6b6671805fb2616eeec32c01577bf12c6a29220ef17def0ed875b3a7ca462d", 1)]
    [InlineData(0xCDUL, 262_144, "cdc:1024,4096,16384", "0d559c9fde5aebcc84654671418a18fbc349a573de4f3fa0dd07ad07728c7208", 1)]
    [InlineData(42UL, 64 << 20, "cdc:1048576,4194304,16777216", "2aca5264947403dfe0d3b71002dec7ecd067affcd5d4491810f8e479b3c88bfd", 1)]
    public async Task Payload_trees_have_the_published_roots(ulong seed, int length, string profile, string root, int depth)
    {
        byte[] content = SpecRandom.Bytes(seed, length);
        var chunks = new MemoryChunks();
        PutResult put = await new BlobWriter(chunks).PutAsync(
            new MemoryStream(content), new PutOptions { Shape = BlobShape.Tree, Profile = ChunkingProfile.Parse(profile) });
        Assert.Equal(TreeRef.Create(BlobEncoding.Replicated, BlobHash.Parse(root), (ulong)length, depth), put.Ref);
        Assert.Equal(BlobHash.Compute(content), BlobHash.Compute(await Payload.ReadAllAsync(chunks, put.Ref)));
    }

    [Fact]
    public async Task Edits_share_the_chunks_that_the_specification_counts()
    {
        var writer = new BlobWriter(new MemoryChunks(), ChunkingProfile.Cdc(1024, 4096, 16384));
        byte[] before = SpecRandom.Bytes(0xBE, 262_144), after = [.. before];
        for (int i = 0; i < 16; i++) after[131_072 + i] ^= 0xFF;
        PutResult first = await writer.PutAsync(new MemoryStream(before));
        PutResult second = await writer.PutAsync(new MemoryStream(after));
        Assert.Equal(55, first.Chunks);
        Assert.Equal(55, second.Chunks);
        Assert.InRange(second.DedupedBytes, 262_144 - 16384, 262_143);
    }
}
