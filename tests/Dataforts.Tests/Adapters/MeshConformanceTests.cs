using Dataforts.Blobs;
using Dataforts.Blobs.Adapters;
using Dataforts.Store;
using Dataforts.Tests.Store;

namespace Dataforts.Tests.Adapters;

public sealed class MeshConformanceTests : AdapterConformance, IAsyncLifetime
{
    private readonly ScratchFolder _folder = new();
    private BlobStore _store = null!;

    public async ValueTask InitializeAsync() =>
        _store = await BlobStore.OpenAsync(new StoreOptions { Path = _folder["store"], Writable = true }, Token);

    public override async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    protected override IBlobAdapter Make() => new MeshAdapter(_store, asideFolder: _folder.Path);

    protected override long Residue() => _store.Chunks.Info.LiveBytes + _store.Chunks.Info.Chunks;
}
