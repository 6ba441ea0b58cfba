using Dataforts.Blobs;
using Dataforts.Content;
using Dataforts.Lifecycle;
using Dataforts.Store;
using Dataforts.Tests.Blobs;

namespace Dataforts.Tests.Lifecycle;

/// <summary>What is collected, when, and what never is.</summary>
public sealed class CollectionTests
{
    private static readonly TimeSpan Day = TimeSpan.FromHours(24);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_no_name_keeps_stays_for_the_grace_period_and_goes_then()
    {
        await using KeptStore store = await KeptStore.MakeAsync();
        byte[] content = Payload.Random(1, 50_000);
        BlobRef blob = await store.PutAsync(content, KeptStore.AsTree);
        long chunks = store.Chunks.Info.Chunks;
        store.Time.Advance(Day - TimeSpan.FromMilliseconds(1));
        CollectionReport early = await store.CollectAsync();
        Assert.Equal((0, chunks, chunks), (early.CollectedChunks, early.LiveChunks, early.WaitingChunks));
        await store.AssertHoldsAsync(blob, content);
        store.Time.Advance(TimeSpan.FromMilliseconds(1));
        CollectionReport dry = await store.CollectAsync(dry: true);
        Assert.Equal((chunks, 0), (dry.CollectedChunks, dry.LiveChunks));
        await store.AssertHoldsAsync(blob, content);
        CollectionReport late = await store.CollectAsync();
        Assert.Equal((chunks, dry.CollectedBytes, 0, dry.GarbageBytes), (late.CollectedChunks, late.CollectedBytes, late.LiveChunks, late.GarbageBytes));
        await store.ReopenAsync();
        Assert.Equal(0, store.Chunks.Info.Chunks);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_put_again_has_its_grace_from_then_on(bool reopened)
    {
        await using KeptStore store = await KeptStore.MakeAsync();
        byte[] content = Payload.Random(1, 50_000);
        BlobRef blob = await store.PutAsync(content, KeptStore.AsTree);
        store.Time.Advance(Day - TimeSpan.FromHours(1));
        await store.PutAsync(content, KeptStore.AsTree);
        store.Time.Advance(Day - TimeSpan.FromHours(1));
        if (reopened) await store.CrashAsync();
        Assert.Equal(0, (await store.CollectAsync()).CollectedChunks);
        await store.AssertHoldsAsync(blob, content);
        // What is put over and over has a little more, so that not each time is a record.
        store.Time.Advance(TimeSpan.FromHours(1) + TimeSpan.FromMinutes(1));
        Assert.Equal(0, (await store.CollectAsync()).LiveChunks);
    }

    [Theory]
    [InlineData("rm")]
    [InlineData("replace")]
    [InlineData("unpin")]
    [InlineData("release")]
    [InlineData("expire")]
    public async Task What_a_root_ceases_to_keep_has_the_grace_period_from_then_on(string how)
    {
        await using KeptStore store = await KeptStore.MakeAsync();
        byte[] content = Payload.Random(1, 50_000);
        BlobRef blob = await store.PutAsync(content, KeptStore.AsTree), other = await store.PutAsync([1], new PutOptions { Name = "other" });
        DateTimeOffset end = store.Time.GetUtcNow() + (Day * 9);
        if (how == "unpin") store.Chunks.Pin(blob);
        else if (how == "release") store.Chunks.SetLease("host/7", blob);
        else store.Chunks.SetName("n", blob, how == "expire" ? end : null);
        store.Time.Advance(Day * 9);
        Assert.Equal(how != "expire", store.Chunks.IsRooted(blob));
        Assert.Equal(0, (await store.CollectAsync()).CollectedChunks);
        if (how == "rm") Assert.True(store.Chunks.RemoveName("n"));
        else if (how == "replace") store.Chunks.SetName("n", other);
        else if (how == "unpin") Assert.True(store.Chunks.Unpin(blob));
        else if (how == "release") Assert.True(store.Chunks.ReleaseLease("host/7"));
        store.Time.Advance(Day - TimeSpan.FromMilliseconds(1));
        await store.ReopenAsync();
        Assert.Equal(0, (await store.CollectAsync()).CollectedChunks);
        await store.AssertHoldsAsync(blob, content);
        store.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, (await store.CollectAsync()).LiveChunks);
        Assert.Empty(store.Chunks.ListLeases());
        Assert.Null(store.Chunks.FindName(how == "replace" ? "gone" : "n"));
    }

    [Fact]
    public async Task Without_grace_what_nothing_keeps_goes_at_once_and_what_is_leased_stays()
    {
        await using KeptStore store = await KeptStore.MakeAsync();
        byte[] content = Payload.Random(1, 50_000);
        BlobRef gone = await store.PutAsync(Payload.Random(2, 50_000), KeptStore.AsTree with { Name = "gone" });
        BlobRef kept = await store.PutAsync(content, KeptStore.AsTree);
        await store.PutAsync(Payload.Random(3, 20_000), KeptStore.AsTree);
        store.Chunks.SetLease("channel/orders/4", kept, store.Time.GetUtcNow() + Day);
        store.Chunks.RemoveName("gone");
        CollectionReport report = await store.CollectAsync(now: true);
        Assert.False(store.Blobs.HasAnythingOf(gone));
        Assert.Equal(51, report.LiveChunks);
        await store.AssertHoldsAsync(kept, content);
        store.Time.Advance(Day);
        // A lease that expires has no grace.
        Assert.Equal(0, (await store.CollectAsync()).LiveChunks);
        Assert.Equal(0, (await store.Collector.SettleAsync(Cancel)).Roots);
    }

    [Fact]
    public async Task Nothing_is_collected_while_a_node_that_tells_what_is_kept_cannot_be_read()
    {
        await using KeptStore store = await KeptStore.MakeAsync();
        byte[] content = Payload.Random(1, 400_000);
        var tree = (TreeRef)await store.PutAsync(content, KeptStore.AsTree with { Name = "tree" });
        await store.PutAsync(Payload.Random(2, 50_000), KeptStore.AsTree);
        long chunks = store.Chunks.Info.Chunks;
        Assert.Equal(1, store.Chunks.Remove([tree.RootHash]));
        store.Time.Advance(Day * 2);
        foreach (bool dry in (bool[])[true, false])
        {
            IntegrityException error = await Assert.ThrowsAsync<IntegrityException>(() => store.CollectAsync(now: true, dry));
            Assert.Equal((ErrorKind.ChunkMissing, tree.RootHash), (error.Kind, error.Hash));
            Assert.Contains("\"tree\"", error.Message, StringComparison.Ordinal);
        }
        Assert.Equal(chunks - 1, store.Chunks.Info.Chunks);
        // It is back: what it keeps is known again.
        await store.PutAsync(content, KeptStore.AsTree);
        Assert.Equal(51, (await store.CollectAsync(now: true)).CollectedChunks);
        await store.AssertHoldsAsync(tree, content);
    }

    [Fact]
    public async Task What_is_being_read_stays_and_goes_when_it_is_read()
    {
        await using KeptStore store = await KeptStore.MakeAsync();
        byte[] content = Payload.Random(1, 400_000);
        BlobRef blob = await store.PutAsync(content, KeptStore.AsTree);
        Stream stream = await store.Blobs.OpenReadAsync(blob, Cancel);
        await using (stream)
        {
            Assert.Equal(0, (await store.CollectAsync(now: true)).CollectedChunks);
            await store.Chunks.CompactAsync(new CompactionOptions { MinGarbageRatio = 1e-6 }, null, Cancel);
            Assert.Equal(content, await Payload.ReadAllAsync(stream));
        }
        Assert.Equal(0, (await store.CollectAsync(now: true)).LiveChunks);
    }

    [Fact]
    public async Task What_another_process_reads_stays_until_it_has_ended()
    {
        await using KeptStore store = await KeptStore.MakeAsync();
        byte[] content = Payload.Random(1, 400_000);
        BlobRef blob = await store.PutAsync(content, KeptStore.AsTree);
        await using (BlobStore reader = await BlobStore.OpenAsync(store.OptionsOf(store.Path, writable: false), Cancel))
        {
            await using Stream stream = await reader.OpenReadAsync(blob, Cancel);
            Assert.Equal(0, (await store.CollectAsync(now: true)).CollectedChunks);
            Assert.Equal(content, await Payload.ReadAllAsync(stream));
        }
        // One that was killed leaves its file, and nobody holds it.
        await File.WriteAllBytesAsync(Path.Combine(store.Path, "readers", "dead.reads"), ReaderFolder.Encode(blob, RootReach.Blob), Cancel);
        Assert.Equal(0, (await store.CollectAsync(now: true)).LiveChunks);
        Assert.Empty(Directory.GetFiles(Path.Combine(store.Path, "readers"), "*.reads"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_put_under_way_has_stored_or_met_stays(bool wasThere)
    {
        byte[] content = Payload.Random(1, 400_000);
        await using KeptStore store = await KeptStore.MakeAsync();
        BlobRef blob = await PutAcrossCollectionAsync(store, content, wasThere);
        await store.AssertHoldsAsync(blob, content);
        Assert.Equal(0, (await store.CollectAsync()).CollectedChunks);
        await store.AssertHoldsAsync(blob, content);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_put_that_holds_what_it_stores_too_late_loses_it(bool wasThere)
    {
        byte[] content = Payload.Random(1, 400_000);
        await using KeptStore store = await KeptStore.MakeAsync(holdsPutsLate: true);
        BlobRef blob = await PutAcrossCollectionAsync(store, content, wasThere);
        await Assert.ThrowsAsync<IntegrityException>(() => store.AssertHoldsAsync(blob, content));
    }

    private static async Task<BlobRef> PutAcrossCollectionAsync(KeptStore store, byte[] content, bool wasThere)
    {
        if (wasThere)
        {
            await store.PutAsync(content, KeptStore.AsTree);
            store.Time.Advance(Day * 2);
        }
        var stream = new CollectingStream(content, 300_000, () => store.CollectAsync(now: true));
        return (await store.Blobs.PutAsync(stream, KeptStore.AsTree, null, Cancel)).Ref;
    }

    [Fact]
    public async Task A_directory_keeps_what_its_manifest_lists_and_the_same_bytes_as_a_file_keep_nothing_else()
    {
        await using KeptStore store = await KeptStore.MakeAsync(new LineLinks());
        byte[] first = Payload.Random(1, 20_000), second = Payload.Random(2, 3000);
        BlobRef[] files = [await store.PutAsync(first, KeptStore.AsTree), await store.PutAsync(second)];
        BlobRef manifest = await store.PutAsync(LineLinks.ManifestOf(files));
        store.Chunks.SetName("plain", manifest);
        store.Chunks.SetName("directory", manifest, reach: RootReach.Directory);
        await store.CollectAsync(now: true);
        await store.AssertHoldsAsync(files[0], first);
        await store.AssertHoldsAsync(files[1], second);
        // A root made of a ref that is known as a directory's is one as well.
        store.Chunks.Pin(manifest);
        Assert.Equal(RootReach.Directory, Assert.Single(store.Chunks.ListPins()).Reach);
        Assert.True(store.Chunks.RemoveName("directory"));
        await store.ReopenAsync();
        await store.CollectAsync(now: true);
        await store.AssertHoldsAsync(files[0], first);
        store.Chunks.Unpin(manifest);
        CollectionReport report = await store.CollectAsync(now: true);
        Assert.Equal((1, false), (report.LiveChunks, store.Blobs.HasAnythingOf(files[0])));
        Assert.Equal(RootReach.Blob, store.Chunks.FindName("plain")!.Reach);
    }

    [Fact]
    public async Task A_directory_that_nothing_can_read_stops_collection()
    {
        await using KeptStore store = await KeptStore.MakeAsync();
        BlobRef manifest = await store.PutAsync([1, 2, 3]);
        store.Chunks.SetName("directory", manifest, reach: RootReach.Directory);
        DatafortsException error = await Assert.ThrowsAsync<DatafortsException>(() => store.CollectAsync(now: true));
        Assert.Equal(ErrorKind.Unsupported, error.Kind);
        Assert.True(store.Blobs.HasAnythingOf(manifest));
    }

    [Fact]
    public async Task The_counters_say_what_there_is_and_reading_them_allocates_nothing()
    {
        await using KeptStore store = await KeptStore.MakeAsync();
        Assert.Equal(default, store.Collector.Counters);
        BlobRef named = await store.PutAsync(Payload.Random(1, 50_000), KeptStore.AsTree with { Name = "named" });
        await store.PutAsync(Payload.Random(2, 20_000), KeptStore.AsTree);
        LifecycleCounters counters = await store.Collector.SettleAsync(Cancel);
        Assert.Equal((0, 1, 51, 21, 0), (counters.Pinned, counters.Roots, counters.ReferencedChunks, counters.UnreferencedChunks, counters.PendingChanges));
        Assert.Equal(store.Chunks.Info.LiveBytes, counters.ReferencedBytes + counters.UnreferencedBytes);
        store.Chunks.Pin(named);
        store.Chunks.RemoveName("named");
        counters = await store.Collector.SettleAsync(Cancel);
        Assert.Equal((1, 2, 51), (counters.Pinned, counters.Roots, counters.ReferencedChunks));
        long before = GC.GetAllocatedBytesForCurrentThread(), sum = 0;
        for (int i = 0; i < 1000; i++) sum += store.Collector.Counters.ReferencedChunks;
        Assert.Equal((51_000, 0), (sum, GC.GetAllocatedBytesForCurrentThread() - before));
    }

    [Fact]
    public async Task A_collection_keeps_its_pace_and_can_be_called_off_between_batches()
    {
        await using KeptStore store = await KeptStore.MakeAsync();
        await store.PutAsync(Payload.Random(1, 900_000), KeptStore.AsTree);
        long chunks = store.Chunks.Info.Chunks;
        using var end = new CancellationTokenSource();
        var pace = new Pace(1, TimeProvider.System);
        var options = new CollectionOptions { SkipsGrace = true, Pace = pace };
        Task<CollectionReport> slow = store.Collector.CollectAsync(options, null, end.Token);
        await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, Cancel);
        Assert.False(slow.IsCompleted);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => slow);
        long left = store.Chunks.Info.Chunks;
        Assert.InRange(left, 1, chunks - 1);
        pace.BytesPerSecond = null;
        Assert.Equal(left, (await store.Collector.CollectAsync(options, null, Cancel)).CollectedChunks);
    }

    [Fact]
    public async Task Half_of_a_store_that_is_collected_and_compacted_takes_less_than_60_percent_of_its_peak()
    {
        await using KeptStore store = await KeptStore.MakeAsync();
        for (int i = 0; i < 40; i++) await store.PutAsync(Payload.Random(i, 50_000), KeptStore.AsTree with { Name = $"{i}" });
        long peak = store.Chunks.Info.DiskBytes;
        for (int i = 0; i < 40; i += 2) store.Chunks.RemoveName($"{i}");
        await store.CollectAsync(now: true);
        CompactionProgress done = await store.Chunks.CompactAsync(new CompactionOptions { MinGarbageRatio = 0.1 }, null, Cancel);
        Assert.InRange(store.Chunks.Info.DiskBytes, 0, peak * 6 / 10);
        Assert.InRange(done.CopiedBytes, 0, peak * 6 / 10);
        for (int i = 1; i < 40; i += 2) await store.AssertHoldsAsync(store.Chunks.FindName($"{i}")!.Ref, Payload.Random(i, 50_000));
    }
}
