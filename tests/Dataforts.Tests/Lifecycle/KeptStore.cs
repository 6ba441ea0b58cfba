using Dataforts.Blobs;
using Dataforts.Chunking;
using Dataforts.Content;
using Dataforts.Lifecycle;
using Dataforts.Store;
using Dataforts.Tests.Store;
using Microsoft.Extensions.Time.Testing;

namespace Dataforts.Tests.Lifecycle;

/// <summary>A small store with a collector and a clock of its own.</summary>
internal sealed class KeptStore : IAsyncDisposable
{
    public static readonly PutOptions AsTree = new() { Shape = BlobShape.Tree, Profile = ChunkingProfile.Fixed(1000) };

    private readonly ScratchFolder _folder = new();
    private readonly IDirectoryLinks? _links;
    private readonly bool _holdsPutsLate;

    private KeptStore(IDirectoryLinks? links, bool holdsPutsLate)
    {
        _links = links;
        _holdsPutsLate = holdsPutsLate;
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    public BlobStore Blobs { get; private set; } = null!;

    public Collector Collector { get; private set; } = null!;

    public ChunkStore Chunks => Blobs.Chunks;

    public string Path => _folder["store"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<KeptStore> MakeAsync(IDirectoryLinks? links = null, bool holdsPutsLate = false)
    {
        var store = new KeptStore(links, holdsPutsLate);
        await store.OpenAsync();
        return store;
    }

    /// <summary>How it is opened.</summary>
    public StoreOptions OptionsOf(string path, bool writable = true) =>
        SampleStore.OptionsOf(path, writable) with { Time = Time, HoldsPutsLate = _holdsPutsLate };

    public async Task ReopenAsync()
    {
        await CloseAsync();
        await OpenAsync();
    }

    /// <summary>Another collector, which knows nothing yet, in place of one that was disposed of.</summary>
    public void Renew() => Collector = new Collector(Blobs, _links);

    /// <summary>The process dies and another takes over: what is in the files now is all there is.</summary>
    public async Task CrashAsync()
    {
        string copy = _folder["crash"];
        ScratchFolder.Copy(Path, copy);
        await CloseAsync();
        Directory.Delete(Path, recursive: true);
        Directory.Move(copy, Path);
        await OpenAsync();
    }

    public Task<CollectionReport> CollectAsync(bool now = false, bool dry = false) =>
        Collector.CollectAsync(new CollectionOptions { SkipsGrace = now, IsDryRun = dry }, null, Cancel);

    public async Task<BlobRef> PutAsync(byte[] content, PutOptions? options = null) => (await Blobs.PutAsync(content, options, null, Cancel)).Ref;

    public async Task AssertHoldsAsync(BlobRef blob, byte[] content) => Assert.Equal(content, await Blobs.ReadBytesAsync(blob, null, Cancel));

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _folder.Dispose();
    }

    public async Task OpenAsync()
    {
        Blobs = await BlobStore.OpenAsync(OptionsOf(Path), Cancel);
        Collector = new Collector(Blobs, _links);
    }

    public async Task CloseAsync()
    {
        await Collector.DisposeAsync();
        await Blobs.DisposeAsync();
    }
}
