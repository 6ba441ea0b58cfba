using Dataforts.Blobs;
using Dataforts.Content;
using Dataforts.Directories;
using Dataforts.Lifecycle;
using Dataforts.Store;
using Dataforts.Testing;
using Dataforts.Tests.Store;

namespace Dataforts.Tests.Lifecycle;

/// <summary>Directories, stripes, collection and scrub in one store.</summary>
public sealed class TogetherTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_named_tree_keeps_its_files_and_another_takes_only_what_it_alone_had()
    {
        await using KeptStore store = await KeptStore.MakeAsync(new DirectoryLinks());
        var trees = new DirectoryStore(store.Blobs);
        BlobRef one = await PublishAsync(trees, "one", 1, "one"), two = await PublishAsync(trees, "two", 2, "two");
        Assert.Equal(0, (await store.CollectAsync(now: true)).CollectedChunks);
        store.Chunks.RemoveName("one");
        Assert.Equal(0, (await store.CollectAsync()).CollectedChunks);
        Assert.NotEqual(0, (await store.CollectAsync(now: true)).CollectedChunks);
        await trees.MaterializeAsync(two, _folder["out"], null, null, Cancel);
        Assert.Equal(Contents("two"), Contents("out"));
        await Assert.ThrowsAsync<DatafortsException>(() => trees.MaterializeAsync(one, _folder["gone"], null, null, Cancel));
        Assert.True((await store.Blobs.VerifyAsync(links: new DirectoryLinks(), cancellationToken: Cancel)).IsSound);
        // The name alone says that it is a directory, after a restart as well; a pin of the same ref is one of a directory, too.
        await store.ReopenAsync();
        store.Chunks.Pin(two);
        store.Chunks.RemoveName("two");
        await store.CollectAsync(now: true);
        await new DirectoryStore(store.Blobs).MaterializeAsync(two, _folder["again"], null, null, Cancel);
        store.Chunks.Unpin(two);
        await store.CollectAsync(now: true);
        Assert.Equal(0, store.Chunks.Info.Chunks);
    }

    [Fact]
    public async Task A_tree_without_a_name_is_given_time_as_a_whole()
    {
        await using KeptStore store = await KeptStore.MakeAsync(new DirectoryLinks());
        BlobRef first = await PublishAsync(new DirectoryStore(store.Blobs), "tree", 1, null);
        store.Time.Advance(TimeSpan.FromHours(23));
        // All that is published anew is there already, and nearly out of its time.
        Assert.Equal(first, await PublishAsync(new DirectoryStore(store.Blobs), "tree", 1, null));
        await store.ReopenAsync();
        store.Time.Advance(TimeSpan.FromHours(23));
        Assert.Equal(0, (await store.CollectAsync()).CollectedChunks);
        await new DirectoryStore(store.Blobs).MaterializeAsync(first, _folder["out"], null, null, Cancel);
        store.Time.Advance(TimeSpan.FromHours(3));
        await store.CollectAsync();
        Assert.Equal(0, store.Chunks.Info.Chunks);
    }

    [Fact]
    public async Task A_file_that_a_named_tree_lacks_is_named_by_verify()
    {
        await using KeptStore store = await KeptStore.MakeAsync(new DirectoryLinks());
        await PublishAsync(new DirectoryStore(store.Blobs), "tree", 1, "tree");
        BlobHash lost = BlobHash.Compute(await File.ReadAllBytesAsync(Path.Combine(_folder["tree"], "large"), Cancel));
        Assert.Equal(1, store.Chunks.Remove([lost]));
        Assert.Equal([lost], (await store.Blobs.VerifyAsync(links: new DirectoryLinks(), cancellationToken: Cancel)).Missing);
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    public async Task Stripes_are_collected_as_a_whole_with_parity_and_copies(int k, int m)
    {
        await using KeptStore store = await KeptStore.MakeAsync();
        var options = new PutOptions { Encoding = BlobEncoding.ReedSolomon(k, m), Profile = Chunking.ChunkingProfile.Fixed(1000), Name = "n" };
        byte[] content = SpecRandom.Bytes(1, 20_500);
        BlobRef blob = await store.PutAsync(content, options);
        await store.CollectAsync(now: true);
        await store.AssertHoldsAsync(blob, content);
        // Damage elsewhere in the stripe neither keeps nor frees it.
        BlobHash lost = BlobHash.Compute(content.AsSpan(0, 1000));
        store.Chunks.Remove([lost]);
        await store.CollectAsync(now: true);
        await store.AssertHoldsAsync(blob, content);
        store.Chunks.RemoveName("n");
        await store.CollectAsync(now: true);
        Assert.Equal(0, store.Chunks.Info.Chunks);
        await store.Chunks.CompactAsync(new CompactionOptions { MinGarbageRatio = 0.01 }, cancellationToken: Cancel);
        await store.ReopenAsync();
        Assert.Equal(0, store.Chunks.Info.Chunks);
        Assert.InRange(store.Chunks.Info.DiskBytes, 0, 8000);
    }

    [Fact]
    public async Task A_scrub_puts_back_what_its_stripe_still_gives()
    {
        await using KeptStore store = await KeptStore.MakeAsync();
        var options = new PutOptions { Encoding = BlobEncoding.ReedSolomon(4, 2), Profile = Chunking.ChunkingProfile.Fixed(1000), Name = "n" };
        byte[] content = SpecRandom.Bytes(1, 30_000);
        BlobRef blob = await store.PutAsync(content, options);
        await store.Chunks.FlushAsync(Cancel);
        string segment = Directory.GetFiles(Path.Combine(store.Path, "log"), "*.segment").Single(path => Holds(path, content.AsSpan(5000, 1000)));
        await store.ReopenAsync();
        byte[] bytes = await File.ReadAllBytesAsync(segment, Cancel);
        bytes[bytes.AsSpan().IndexOf(content.AsSpan(5000, 1000)) + 77] ^= 1;
        await File.WriteAllBytesAsync(segment, bytes, Cancel);
        ScrubReport report = await store.Chunks.ScrubAsync(new ScrubOptions { Repair = new StripeSource(store.Blobs) }, null, Cancel);
        Assert.Equal([BlobHash.Compute(content.AsSpan(5000, 1000))], report.Repaired);
        Assert.True(report.IsSound);
        Assert.True((await store.Blobs.VerifyAsync(cancellationToken: Cancel)).IsSound);
        await store.AssertHoldsAsync(blob, content);
    }

    [Fact]
    public async Task The_workers_of_a_store_collect_compact_and_scrub()
    {
        await using KeptStore store = await KeptStore.MakeAsync(new DirectoryLinks());
        await PublishAsync(new DirectoryStore(store.Blobs), "tree", 1, "tree");
        store.Chunks.RemoveName("tree");
        store.Time.Advance(TimeSpan.FromHours(25));
        await using var host = new WorkerHost(store.Chunks, StoreWorkers.Of(store.Blobs, new DirectoryLinks()));
        foreach (string name in (string[])["collect", "compact", "scrub"])
        {
            WorkerStatus status = await host.RunAsync(name, null, Cancel);
            Assert.Null(status.LastError);
        }
        Assert.Equal(0, store.Chunks.Info.Chunks);
        Assert.InRange(store.Chunks.Info.DiskBytes, 0, 8000);
    }

    private static bool Holds(string path, ReadOnlySpan<byte> bytes) => File.ReadAllBytes(path).AsSpan().IndexOf(bytes) >= 0;

    private string[] Contents(string name) =>
        [.. Directory.GetFiles(_folder[name], "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => $"{Path.GetRelativePath(_folder[name], path)} {BlobHash.Compute(File.ReadAllBytes(path))}")];

    private async Task<BlobRef> PublishAsync(DirectoryStore trees, string folder, int number, string? name)
    {
        Directory.CreateDirectory(Path.Combine(_folder[folder], "sub"));
        await File.WriteAllBytesAsync(Path.Combine(_folder[folder], "shared"), SpecRandom.Bytes(100, 2000), Cancel);
        await File.WriteAllBytesAsync(Path.Combine(_folder[folder], "large"), SpecRandom.Bytes((ulong)number, 40_000), Cancel);
        for (int i = 0; i < 20; i++)
            await File.WriteAllBytesAsync(Path.Combine(_folder[folder], "sub", $"{i}"), SpecRandom.Bytes((ulong)((number * 50) + i), 300 + i), Cancel);
        return (await trees.PublishAsync(_folder[folder], new DirectoryPutOptions { Name = name }, null, Cancel)).Ref;
    }
}
