using Dataforts.Blobs;
using Dataforts.Chunking;
using Dataforts.Content;
using Dataforts.Store;
using Dataforts.Testing;

namespace Dataforts.Tests.Blobs;

/// <summary>What is refused is refused before anything is stored, and where the length is known before anything is read.</summary>
public sealed class PutRefusalTests
{
    [Theory]
    [InlineData(BlobShape.Small, (16L << 20) + 1)]
    [InlineData(BlobShape.Manifest, (16L << 30) + 1)]
    [InlineData(BlobShape.Small, long.MaxValue)]
    [InlineData(BlobShape.Manifest, long.MaxValue)]
    [InlineData(BlobShape.Tree, long.MaxValue)]
    [InlineData(BlobShape.Auto, long.MaxValue)]
    public async Task Too_long_for_the_shape(BlobShape shape, long length)
    {
        var chunks = new MemoryChunks();
        var content = new ZeroStream(length, canSeek: true);
        DatafortsException error = await Assert.ThrowsAsync<DatafortsException>(
            () => new BlobWriter(chunks).PutAsync(content, new PutOptions { Shape = shape }));
        Assert.Equal(ErrorKind.LimitExceeded, error.Kind);
        Assert.False(content.WasRead);
        Assert.Equal(0, chunks.Stores);
    }

    [Fact]
    public async Task A_tree_that_cannot_fit_four_levels()
    {
        var chunks = new MemoryChunks();
        const long Most = 128L * 128 * 128 * 128;
        var content = new ZeroStream((Most * 256 << 10) + 1, canSeek: true);
        DatafortsException error = await Assert.ThrowsAsync<DatafortsException>(() => new BlobWriter(chunks).PutAsync(content));
        Assert.Equal(ErrorKind.LimitExceeded, error.Kind);
        Assert.Contains("depth", error.Message, StringComparison.Ordinal);
        Assert.False(content.WasRead);
        Assert.Equal(0, chunks.Stores);
    }

    [Fact]
    public async Task A_small_of_unknown_length_that_turns_out_too_long()
    {
        var chunks = new MemoryChunks();
        DatafortsException error = await Assert.ThrowsAsync<DatafortsException>(
            () => new BlobWriter(chunks).PutAsync(new ZeroStream((16L << 20) + 1, canSeek: false), new PutOptions { Shape = BlobShape.Small }));
        Assert.Equal(ErrorKind.LimitExceeded, error.Kind);
        Assert.Equal(0, chunks.Stores);
    }

    [Fact]
    [Slow]
    public async Task A_manifest_of_unknown_length_ends_at_the_first_chunk_too_many()
    {
        var chunks = new MemoryChunks();
        DatafortsException error = await Assert.ThrowsAsync<DatafortsException>(
            () => new BlobWriter(chunks).PutAsync(new ZeroStream(20L << 30, canSeek: false), new PutOptions { Shape = BlobShape.Manifest }));
        Assert.Equal(ErrorKind.LimitExceeded, error.Kind);
        Assert.InRange(chunks.Stores, 4097, 4097 + BlobLimits.WindowChunks);
        Assert.Equal(0, chunks.Active);
    }

    [Theory]
    [InlineData(BlobShape.Manifest)]
    [InlineData(BlobShape.Tree)]
    public async Task Nothing_at_all_as_a_manifest_or_tree(BlobShape shape)
    {
        var chunks = new MemoryChunks();
        foreach (long? promised in new long?[] { 0, null, 1000 })
        {
            await Assert.ThrowsAsync<ArgumentException>(
                () => new BlobWriter(chunks).PutAsync(new FeedStream(default) { Promised = promised }, new PutOptions { Shape = shape }));
        }
        Assert.Equal(0, chunks.Stores);
    }

    [Theory]
    [InlineData(BlobShape.Tree, 979, 0L)]
    [InlineData(BlobShape.Auto, 2000, 5_000_000L)]
    [InlineData(BlobShape.Manifest, 417_785, 1L)]
    [InlineData(BlobShape.Manifest, 417_780, 100L << 20)]
    [InlineData(BlobShape.Manifest, 300_000, -1L)]
    public async Task A_uri_that_no_ref_can_carry(BlobShape shape, int uriBytes, long length)
    {
        var chunks = new MemoryChunks();
        string uri = "s3://" + new string('k', uriBytes - 5);
        Stream content = length >= 0 ? new ZeroStream(length + 1, canSeek: true) : new ZeroStream(100L << 20, canSeek: false);
        await Assert.ThrowsAnyAsync<BlobFormatException>(
            () => new BlobWriter(chunks).PutAsync(content, new PutOptions { Shape = shape, Uri = uri }));
        Assert.Equal(0, chunks.Stores);
    }

    [Fact]
    public async Task A_uri_that_is_not_text()
    {
        var chunks = new MemoryChunks();
        foreach (BlobShape shape in Enum.GetValues<BlobShape>())
        {
            await Assert.ThrowsAnyAsync<Exception>(
                () => new BlobWriter(chunks).PutAsync(new MemoryStream([1]), new PutOptions { Shape = shape, Uri = "a:\ud800" }));
        }
        Assert.Equal(0, chunks.Stores);
    }

    [Fact]
    public async Task A_uri_of_ones_own_is_kept()
    {
        foreach (BlobShape shape in new[] { BlobShape.Small, BlobShape.Manifest, BlobShape.Tree, BlobShape.Auto })
        {
            PutResult put = await new BlobWriter(new MemoryChunks()).PutAsync(new MemoryStream([1]), new PutOptions { Shape = shape, Uri = "s3://b/k" });
            Assert.Equal("s3://b/k", put.Ref.Uri);
        }
    }

    [Fact]
    public async Task A_manifest_cut_otherwise_than_manifests_are()
    {
        var chunks = new MemoryChunks();
        await Assert.ThrowsAsync<ArgumentException>(() => new BlobWriter(chunks).PutAsync(
            new MemoryStream([1]), new PutOptions { Shape = BlobShape.Manifest, Profile = ChunkingProfile.Default }));
        Assert.Equal(0, chunks.Stores);
    }

    [Fact]
    public async Task A_taken_name_when_it_is_not_to_be_replaced()
    {
        using var folder = new TempFolder();
        await using BlobStore store = await BlobStore.OpenAsync(new StoreOptions { Path = folder["store"], Writable = true });
        PutResult first = await store.PutAsync(new MemoryStream([1]), new PutOptions { Name = "n" });
        long chunks = store.Chunks.Info.Chunks;
        var content = new ZeroStream(1000, canSeek: true);
        DatafortsException error = await Assert.ThrowsAsync<DatafortsException>(
            () => store.PutAsync(content, new PutOptions { Name = "n", IfAbsent = true }));
        Assert.Equal(ErrorKind.Exists, error.Kind);
        await Assert.ThrowsAsync<ArgumentException>(() => store.PutAsync(content, new PutOptions { Name = "" }));
        Assert.False(content.WasRead);
        Assert.Equal(chunks, store.Chunks.Info.Chunks);
        Assert.Equal(first.Ref, store.Chunks.FindName("n")?.Ref);
    }
}
