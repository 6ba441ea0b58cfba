using Dataforts.Blobs;
using Dataforts.Blobs.Adapters;
using Dataforts.Chunking;
using Dataforts.Content;
using Dataforts.Store;
using Dataforts.Tests.Blobs;
using Dataforts.Tests.Store;

namespace Dataforts.Tests.Adapters;

/// <summary>Streams that are verified aside before anything of them is stored.</summary>
public sealed class MeshAdapterTests : IAsyncLifetime
{
    private const int Long = AdapterLimits.AsideMemoryBytes + 12_345;

    private readonly ScratchFolder _folder = new();
    private BlobStore _store = null!;
    private MeshAdapter _adapter = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _store = await BlobStore.OpenAsync(new StoreOptions { Path = _folder["store"], Writable = true }, Token);
        Directory.CreateDirectory(_folder["aside"]);
        _adapter = new MeshAdapter(_store, asideFolder: _folder["aside"]);
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(BlobShape.Manifest, false)]
    [InlineData(BlobShape.Tree, false)]
    [InlineData(BlobShape.Tree, true)]
    public async Task A_long_stream_is_stored_only_when_all_of_it_is_verified(BlobShape shape, bool byNodes)
    {
        byte[] content = Contents.Fresh(Long);
        var chunks = new MemoryChunks();
        PutResult put = await new BlobWriter(chunks).PutAsync(new MemoryStream(content), new PutOptions { Shape = shape }, null, Token);
        ClaimOptions claim = byNodes ? new ClaimOptions { Nodes = chunks } : new ClaimOptions { Profile = ChunkingProfile.Default };

        byte[] wrong = [.. content];
        wrong[^1] ^= 1;
        await RefusedAsync(ErrorKind.ClaimMismatch, put.Ref, new DripStream(wrong), claim);
        await RefusedAsync(ErrorKind.ClaimMismatch, put.Ref, new DripStream(content[..^1]), claim);
        await RefusedAsync(ErrorKind.ClaimMismatch, put.Ref, new DripStream([.. content, 0]), claim);
        await Assert.ThrowsAsync<InvalidDataException>(
            () => _adapter.StoreAsync(put.Ref, new DripStream(content) { FailAt = Long - 1 }, claim, Token).AsTask());
        Assert.Equal(0, _store.Chunks.Info.Chunks);

        Assert.True(await _adapter.StoreAsync(put.Ref, new DripStream(content), claim, Token));
        Assert.False(await _adapter.StoreAsync(put.Ref, new DripStream(content), claim, Token));
        using OwnedBytes bytes = await _adapter.FetchAsync(put.Ref, null, Token);
        Assert.True(content.AsSpan().SequenceEqual(bytes.ToArray()));
        Assert.Empty(Directory.GetFiles(_folder["aside"]));
        Assert.True((await _store.StatAsync(put.Ref, Token)).IsPresent);
    }

    [Fact]
    public async Task Another_profile_is_another_tree()
    {
        byte[] content = Contents.Fresh(Long);
        PutResult put = await new BlobWriter(new MemoryChunks()).PutAsync(new MemoryStream(content), null, null, Token);
        await RefusedAsync(ErrorKind.ClaimMismatch, put.Ref, new MemoryStream(content), new ClaimOptions { Profile = ChunkingProfile.Fixed4MiB });
        Assert.Equal(0, _store.Chunks.Info.Chunks);
    }

    [Fact]
    public async Task Nodes_that_are_missing_or_wrong_store_nothing()
    {
        byte[] content = Contents.Fresh(20_000);
        (BlobRef blob, ClaimOptions claim, MemoryChunks chunks) = await Contents.OfAsync(BlobRefKind.Tree, content, byNodes: true);
        BlobHash root = ((TreeRef)blob).RootHash;
        byte[] sound = chunks.Damage(root, bytes => { bytes[^1] ^= 1; return bytes; });
        await RefusedAsync(ErrorKind.ChunkCorrupt, blob, new MemoryStream(content), claim);
        chunks.Remove(root);
        await RefusedAsync(ErrorKind.ChunkMissing, blob, new MemoryStream(content), claim);
        Assert.Equal(0, _store.Chunks.Info.Chunks);
        chunks.Repair(root, sound);
        Assert.True(await _adapter.StoreAsync(blob, new MemoryStream(content), claim, Token));
    }

    [Fact]
    public async Task A_small_over_one_chunk_is_refused_unread()
    {
        var content = new DripStream(new byte[100]);
        await RefusedAsync(ErrorKind.LimitExceeded, SmallRef.Create(default, StoreLimits.MaxChunkBytes + 1), content, ClaimOptions.Default);
        Assert.Equal(0, content.Position);
    }

    private async Task RefusedAsync(ErrorKind kind, BlobRef blob, Stream content, ClaimOptions claim) =>
        Assert.Equal(kind, (await Assert.ThrowsAnyAsync<DatafortsException>(() => _adapter.StoreAsync(blob, content, claim, Token).AsTask())).Kind);
}
