using Dataforts.Blobs;
using Dataforts.Chunking;
using Dataforts.Content;
using Dataforts.Testing;

namespace Dataforts.Tests.Blobs;

public sealed class PutUriTests
{
    [Fact]
    public async Task A_URI_that_only_a_Small_can_carry_is_held_against_the_shape_that_comes_of_the_bytes()
    {
        using var folder = new TempFolder();
        await using BlobStore store = await BlobStore.OpenAsync(
            new() { Path = folder["store"], Writable = true, Profile = ChunkingProfile.Default }, TestContext.Current.CancellationToken);
        var options = new PutOptions { Uri = new string('u', 2_000) };
        PutResult small = await store.PutAsync(new MemoryStream(new byte[10]), options, null, TestContext.Current.CancellationToken);
        Assert.Equal(options.Uri, Assert.IsType<SmallRef>(small.Ref).Uri);
        long chunks = store.Chunks.Info.Chunks;
        await Assert.ThrowsAsync<DecodeException>(() =>
            store.PutAsync(new MemoryStream(SpecRandom.Bytes(1, 1_000_000)), options, null, TestContext.Current.CancellationToken));
        Assert.Equal(chunks, store.Chunks.Info.Chunks);
    }
}
