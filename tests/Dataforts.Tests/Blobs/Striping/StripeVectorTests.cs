using Dataforts.Blobs;
using Dataforts.Chunking;
using Dataforts.Content;
using Dataforts.Testing;
using Dataforts.Tests.Store;

namespace Dataforts.Tests.Blobs.Striping;

/// <summary>With a tail without parity, trees of stripes are those of the published vectors.</summary>
public sealed class StripeVectorTests
{
    [Theory]
    [InlineData(0xC9UL, 12, "fixed:1024", "4862646f030f4273d56727cb84214e140fa8e8d3aae33e6c3d94e77a0478d881", 2)]
    [InlineData(0xCAUL, 9, "fixed:1024", "9bdf0bebbc046bc2a3cae2dc2e27a44cfbc76cbc5e59ce25f9a5eeb6caaab36d", 2)]
    [InlineData(0xCCUL, 9, "fixed:1024", "419e62d0a8e14b59b5d856bdbdc9705124948d51f0bd87db25f6517736ffc02e", 2)]
    [InlineData(0xCBUL, 3, "fixed:1024", "21ad5eed17d2fadc2b5b4dae9c90800dc2f7f7f48063229ba011f8913b335339", 1)]
    [InlineData(0xE0UL, 24, "cdc:256,1024,4096", "30929567f8ce27198718b7a2da98102c3f66825df7c569fc36bcafbee33d07b3", 2)]
    [InlineData(0xE1UL, 24, "cdc:256,1024,4096", "e88120bb515206f8112d11d2aeeffc0099808a3fdad8a6f04ee41fde347d7691", 2)]
    [InlineData(0xE2UL, 16, "cdc:256,1024,4096", "c54649aac93e88fddd7b5565a9e40b9e6ce3c28fd2a857b3067b0bd75f10bfd0", 2)]
    public async Task Trees_of_stripes_have_the_published_roots(ulong seed, int kibibytes, string profile, string root, int depth)
    {
        byte[] content = SpecRandom.Bytes(seed, kibibytes << 10);
        var code = BlobEncoding.ReedSolomon(3, 2);
        var outline = new BlobOutline(ChunkingProfile.Parse(profile), code, replicateTail: true);
        await foreach (CutChunk chunk in outline.RunAsync(new MemoryStream(content))) _ = chunk;
        Assert.Equal(root, outline.Root!.RootHash.ToString());
        Assert.Equal(depth, outline.Root.Depth);

        using var folder = new ScratchFolder();
        await using BlobStore store = await StripedStore.OpenAsync(folder);
        PutResult put = await store.PutAsync(new MemoryStream(content), new PutOptions
        {
            Profile = ChunkingProfile.Parse(profile),
            Encoding = code,
            ReplicateTail = true,
        });
        var tree = Assert.IsType<TreeRef>(put.Ref);
        Assert.Equal(root, tree.RootHash.ToString());
        Assert.Equal(code, tree.Encoding);
        Assert.Equal(content, await store.ReadBytesAsync(tree));
    }

    // Nothing is left over here, so there is nothing to protect another way.
    [Theory]
    [InlineData(0xC9UL, 12, "4862646f030f4273d56727cb84214e140fa8e8d3aae33e6c3d94e77a0478d881")]
    [InlineData(0xCBUL, 3, "21ad5eed17d2fadc2b5b4dae9c90800dc2f7f7f48063229ba011f8913b335339")]
    public async Task Where_stripes_are_full_a_protected_tail_changes_nothing(ulong seed, int kibibytes, string root)
    {
        var outline = new BlobOutline(ChunkingProfile.Fixed(1024), BlobEncoding.ReedSolomon(3, 2));
        await foreach (CutChunk chunk in outline.RunAsync(new MemoryStream(SpecRandom.Bytes(seed, kibibytes << 10)))) _ = chunk;
        Assert.Equal(root, outline.Root!.RootHash.ToString());
    }

    [Fact]
    public async Task The_first_leaf_of_the_vector_is_stored_with_its_parity()
    {
        using var folder = new ScratchFolder();
        await using BlobStore store = await StripedStore.OpenAsync(folder);
        await store.PutAsync(new MemoryStream(SpecRandom.Bytes(0xC9, 12 << 10)), new PutOptions
        {
            Profile = ChunkingProfile.Fixed(1024),
            Encoding = BlobEncoding.ReedSolomon(3, 2),
        });
        using var leaf = store.Chunks.Read(BlobHash.Parse("42e2a8dfa69607ba907abbe64d2b61a031de2a82e14696549476aa463b1d99f2"));
        Assert.Equal(183, leaf!.Length);
        Assert.True(store.Chunks.Contains(BlobHash.Parse("16fd8a28355a2f517005ebbf4001d5776dc0c6f944ce14a8192078c480d180aa")));
        Assert.True(store.Chunks.Contains(BlobHash.Parse("55db13ae5adaf6d42db63cff43ba862721ded2278b776c763b09aefd11c83922")));
    }
}
