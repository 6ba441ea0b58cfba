using System.Runtime.CompilerServices;
using Dataforts.Blobs;
using Dataforts.Blobs.Adapters;
using Dataforts.Chunking;
using Dataforts.Content;
using Dataforts.Log;
using Dataforts.Store;
using Dataforts.Testing;
using Dataforts.Tests.Blobs.Striping;
using Dataforts.Tests.Store;

namespace Dataforts.Tests.Lifecycle;

/// <summary>Where collection meets copies, quarantine, adapters, recounts and roots that cannot be read.</summary>
public sealed class CollectionEdgeTests
{
    private static readonly PutOptions Striped = new()
    {
        Shape = BlobShape.Tree,
        Profile = ChunkingProfile.Fixed(1000),
        Encoding = BlobEncoding.ReedSolomon(4, 2),
        Name = "a",
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_put_again_after_its_collection_has_as_many_copies_as_before()
    {
        await using KeptStore store = await KeptStore.MakeAsync();
        byte[] content = SpecRandom.Bytes(1, 50_000);
        var tree = (TreeRef)await store.PutAsync(content, Striped);
        Assert.Equal(3, store.Chunks.CopiesOf(tree.RootHash));
        store.Chunks.RemoveName("a");
        await store.CollectAsync(now: true);
        Assert.Equal((0, false), (store.Chunks.CopiesOf(tree.RootHash), store.Chunks.Contains(tree.RootHash)));
        await store.PutAsync(content, Striped);
        Assert.Equal(3, store.Chunks.CopiesOf(tree.RootHash));
        await store.ReopenAsync();
        Assert.Equal(3, store.Chunks.CopiesOf(tree.RootHash));
    }

    [Fact]
    public async Task Copies_of_what_is_collected_do_not_come_back_with_a_compaction()
    {
        await using KeptStore store = await KeptStore.MakeAsync();
        var tree = (TreeRef)await store.PutAsync(SpecRandom.Bytes(1, 50_000), Striped);
        await store.PutAsync(SpecRandom.Bytes(3, 5000), new PutOptions { Name = "b" });
        store.Chunks.RemoveName("a");
        await store.CollectAsync(now: true);
        await store.Chunks.CompactAsync(new CompactionOptions { MinGarbageRatio = 0.01 }, cancellationToken: Cancel);
        await store.ReopenAsync();
        Assert.Equal((0, false), (store.Chunks.CopiesOf(tree.RootHash), store.Blobs.HasAnythingOf(tree)));
        Assert.Equal(5000, store.Chunks.Info.LiveBytes);
    }

    [Fact]
    public async Task What_is_read_with_others_stays_until_the_last_of_them_is()
    {
        await using KeptStore store = await KeptStore.MakeAsync();
        byte[][] contents = [.. Enumerable.Range(1, 3).Select(i => SpecRandom.Bytes((ulong)i, 4000))];
        var blobs = new List<BlobRef>();
        foreach (byte[] content in contents) blobs.Add(await store.PutAsync(content, KeptStore.AsTree));
        int read = 0;
        await foreach (BlobSequence sequence in store.Blobs.ReadManyAsync(blobs, Cancel))
        {
            using (sequence) Assert.Equal(contents[read++], System.Buffers.BuffersExtensions.ToArray(sequence.Bytes));
            Assert.Equal(0, (await store.CollectAsync(now: true)).CollectedChunks);
        }
        Assert.Equal(3, read);
        await store.CollectAsync(now: true);
        Assert.Equal(0, store.Chunks.Info.Chunks);
    }

    [Fact]
    public async Task What_an_adapter_stores_and_the_store_had_already_is_given_time()
    {
        await using KeptStore store = await KeptStore.MakeAsync();
        byte[] content = SpecRandom.Bytes(1, 500);
        BlobRef blob = await store.PutAsync(content);
        store.Time.Advance(TimeSpan.FromDays(3));
        var adapter = new MeshAdapter(store.Blobs);
        Assert.False(await adapter.StoreAsync(blob, new MemoryStream(content), new ClaimOptions { Durability = Durability.Durable }, Cancel));
        await store.CollectAsync();
        await store.AssertHoldsAsync(blob, content);
        store.Time.Advance(TimeSpan.FromDays(2));
        await store.CollectAsync();
        Assert.False(store.Blobs.HasAnythingOf(blob));
    }

    [Fact]
    public async Task A_root_that_comes_while_others_end_and_cannot_be_read_stops_the_collection()
    {
        var links = new HookedLinks();
        await using KeptStore store = await KeptStore.MakeAsync(links);
        byte[] file = SpecRandom.Bytes(7, 700);
        BlobRef kept = await store.PutAsync(file);
        BlobRef old = await store.PutAsync(LineLinks.ManifestOf(await store.PutAsync(SpecRandom.Bytes(8, 700))));
        store.Chunks.SetName("old", old, store.Time.GetUtcNow().AddHours(1), reach: RootReach.Directory);
        store.Time.Advance(TimeSpan.FromDays(3));
        await store.Collector.SettleAsync(Cancel);
        links.Hook = async () =>
        {
            using PutSession session = store.Chunks.BeginPut();
            await store.Blobs.PutAsync(file, new PutOptions { IsPart = true }, null, Cancel);
            links.Bad = (await store.Blobs.PutAsync(LineLinks.ManifestOf(kept), new PutOptions { IsPart = true }, null, Cancel)).Ref;
            store.Chunks.SetName("kept", links.Bad, reach: RootReach.Directory);
        };
        await Assert.ThrowsAsync<DatafortsException>(() => store.CollectAsync());
        await store.AssertHoldsAsync(kept, file);
    }

    [Fact]
    public async Task A_quarantined_chunk_and_its_bad_copy_stay_out_of_service_through_a_compaction()
    {
        using var folder = new ScratchFolder();
        StoreOptions options = SampleStore.OptionsOf(folder["store"]) with { SegmentBytes = 1 << 20, MinHintedBytes = 256 };
        VerifiedChunk wrong = ChunkVerifier.Hash(SpecRandom.Bytes(1, 100));
        await using (ChunkStore store = await SampleStore.OpenAsync(options))
        {
            store.Put(wrong);
            store.Put(ChunkVerifier.Hash(SpecRandom.Bytes(2, 20_000)));
            await store.KeepCopiesAsync([wrong.Hash], 2, Cancel);
            await store.FlushAsync(Cancel);
            foreach (RecordLocation place in store.PlacesOf(wrong.Hash)) StripedStore.Harm(store.PathOf(place), place);
            Assert.Equal([wrong.Hash], (await store.QuarantineAsync([wrong.Hash], null, Cancel)).Corrupt);
            Assert.Equal((true, false), (store.IsQuarantined(wrong.Hash), store.Contains(wrong.Hash)));
            VerifiedChunk garbage = ChunkVerifier.Hash(SpecRandom.Bytes(4, 200_000));
            store.Put(garbage);
            store.Remove([garbage.Hash]);
            await store.CompactAsync(new CompactionOptions { MinGarbageRatio = 0.3 }, cancellationToken: Cancel);
        }
        await using ChunkStore again = await SampleStore.OpenAsync(options);
        Assert.False(again.Contains(wrong.Hash));
        Assert.True(again.Put(wrong));
        SampleStore.AssertHolds(again, wrong.Hash, wrong.Bytes.ToArray());
    }

    [Fact]
    public async Task What_a_put_under_way_has_met_is_not_forgotten_by_a_recount()
    {
        await using KeptStore store = await KeptStore.MakeAsync();
        byte[] content = SpecRandom.Bytes(1, 500);
        BlobRef met = await store.PutAsync(content);
        BlobRef other = await store.PutAsync(SpecRandom.Bytes(2, 500), new PutOptions { Name = "other" });
        store.Chunks.SetLease("owner", met, store.Time.GetUtcNow().AddHours(1));
        store.Time.Advance(TimeSpan.FromDays(3));
        await store.Collector.SettleAsync(Cancel);
        using (PutSession session = store.Chunks.BeginPut())
        {
            await store.Blobs.PutAsync(content, new PutOptions { IsPart = true }, null, Cancel);
            await store.Collector.DisposeAsync();
            store.Chunks.SetLease("owner", other);
            store.Renew();
            await store.CollectAsync();
            store.Chunks.SetName("mine", met);
        }
        await store.CollectAsync(now: true);
        await store.AssertHoldsAsync(met, content);
    }

    /// <summary>Reads manifests, but for one; and lets something happen before.</summary>
    private sealed class HookedLinks : IDirectoryLinks
    {
        private readonly LineLinks _links = new();

        public BlobRef? Bad { get; set; }

        public Func<Task>? Hook { get; set; }

        public async IAsyncEnumerable<BlobRef> ReadAsync(BlobStore store, BlobRef manifest, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            if (manifest == Bad) throw new DatafortsException(ErrorKind.Io, "not just now");
            if (Hook is { } hook)
            {
                Hook = null;
                await hook();
            }
            await foreach (BlobRef blob in _links.ReadAsync(store, manifest, cancellationToken)) yield return blob;
        }
    }
}
