using System.Buffers;
using Dataforts.Blobs;
using Dataforts.Blobs.Adapters;
using Dataforts.Content;
using Dataforts.Tests.Blobs;
using Dataforts.Tests.Blobs.Striping;
using Dataforts.Tests.Store;

namespace Dataforts.Tests.Adapters;

/// <summary>Reed-Solomon through the adapters: as a Tree where it is kept, refused where it is not, before a byte is read.</summary>
public sealed class StripedAdapterTests
{
    private static readonly BlobEncoding ThreeAndTwo = BlobEncoding.ReedSolomon(3, 2);

    [Fact]
    public async Task A_payload_is_put_with_parity_by_the_ordinary_write_path()
    {
        using var folder = new ScratchFolder();
        await using BlobStore store = await StripedStore.OpenAsync(folder);
        var adapter = new MeshAdapter(store);
        byte[] content = Payload.Random(1, 50_000);
        PutResult put = await adapter.PutAsync(
            new MemoryStream(content), new PutOptions { Encoding = ThreeAndTwo, Profile = Payload.Tiny }, TestContext.Current.CancellationToken);
        Assert.Equal(ThreeAndTwo, Assert.IsType<TreeRef>(put.Ref).Encoding);
        Assert.Equal(2, put.ToleratedLosses);
        using OwnedBytes read = await adapter.FetchAsync(put.Ref, null, TestContext.Current.CancellationToken);
        Assert.Equal(content, read.Bytes.ToArray());
    }

    // The parity of a Manifest's chunks has no place in it, so nobody could ever use it.
    [Fact]
    public async Task A_manifest_with_parity_is_refused_before_its_content_is_read()
    {
        using var folder = new ScratchFolder();
        await using BlobStore store = await StripedStore.OpenAsync(folder);
        var adapter = new MeshAdapter(store);
        var content = new MemoryStream(Payload.Random(1, 5 << 20));
        PutResult plain = await new BlobWriter(new MemoryChunks()).PutAsync(new MemoryStream(content.ToArray()), new PutOptions { Shape = BlobShape.Manifest });
        var coded = new ManifestRef("mesh://x", ThreeAndTwo, ((ManifestRef)plain.Ref).Chunks);
        var error = await Assert.ThrowsAsync<DatafortsException>(
            async () => await adapter.StoreAsync(coded, content, ClaimOptions.Default, TestContext.Current.CancellationToken));
        Assert.Equal(ErrorKind.Unsupported, error.Kind);
        Assert.Equal(0, content.Position);
        Assert.Equal(0, store.Chunks.Info.Chunks);
    }

    [Fact]
    public async Task An_adapter_without_stripes_refuses_them_before_it_reads()
    {
        var content = new MemoryStream(Payload.Random(1, 5_000));
        var error = await Assert.ThrowsAsync<DatafortsException>(async () =>
            await new MemoryAdapter("m").PutAsync(content, new PutOptions { Encoding = ThreeAndTwo }, TestContext.Current.CancellationToken));
        Assert.Equal(ErrorKind.Unsupported, error.Kind);
        Assert.Equal(0, content.Position);
    }
}
