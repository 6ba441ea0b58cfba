using Dataforts.Blobs;
using Dataforts.Chunking;
using Dataforts.Content;
using Dataforts.Log;
using Dataforts.Tests.Store;

namespace Dataforts.Tests.Blobs.Striping;

public sealed class RepairTests
{
    private static readonly PutOptions ThreeAndTwo = new() { Profile = ChunkingProfile.Fixed(1000), Encoding = BlobEncoding.ReedSolomon(3, 2) };

    [Fact]
    public async Task A_sound_blob_needs_nothing()
    {
        using var folder = new ScratchFolder();
        await using BlobStore store = await StripedStore.OpenAsync(folder);
        BlobRef blob = (await store.PutAsync(Payload.Random(1, 10_500), ThreeAndTwo)).Ref;
        long before = store.Chunks.Info.DiskBytes;
        RepairReport report = await store.RepairAsync(blob);
        Assert.Equal(new RepairReport { StripesWalked = 4, AlreadyHealthy = 4 }, report);
        Assert.Equal(before, store.Chunks.Info.DiskBytes);
        BlobStat stat = await store.StatAsync(blob);
        Assert.Equal(2, stat.ToleratedLosses);
    }

    [Theory]
    [InlineData(10_500)]
    [InlineData(700)]
    public async Task Every_object_that_is_damaged_is_put_back(int length)
    {
        using var folder = new ScratchFolder();
        await using BlobStore store = await StripedStore.OpenAsync(folder);
        byte[] content = Payload.Random(1, length);
        BlobRef blob = (await store.PutAsync(content, ThreeAndTwo)).Ref;
        // One after the other, so that each time the one before has been made up for; the objects are those of the moment.
        for (int i = 0; i < 40; i++)
        {
            (BlobHash Hash, RecordLocation Place)[] objects = StripedStore.Objects(store);
            (BlobHash hash, RecordLocation place) = objects[i % objects.Length];
            StripedStore.Harm(store, place);
            Assert.Equal(1, (await store.StatAsync(blob)).ToleratedLosses);
            RepairReport report = await store.RepairAsync(blob);
            Assert.Equal(0, report.Unrecoverable);
            Assert.True(report.ChunksRestored + report.ParityRestored + report.CopiesRestored > 0, $"{hash} at {place}");
            BlobStat stat = await store.StatAsync(blob);
            Assert.Equal(2, stat.ToleratedLosses);
            Assert.Empty(stat.CorruptChunks);
            StripedStore.Harm(store, place);
        }
        Assert.Equal(content, await store.ReadBytesAsync(blob));
    }

    [Fact]
    public async Task Lost_data_and_lost_parity_are_told_apart_and_both_come_back()
    {
        using var folder = new ScratchFolder();
        await using BlobStore store = await StripedStore.OpenAsync(folder);
        byte[] content = Payload.Random(1, 6_000);
        BlobRef blob = (await store.PutAsync(content, ThreeAndTwo)).Ref;
        Stripe[] stripes = await StripesAsync(store, blob);
        Assert.Equal(2, stripes.Length);
        Assert.Equal(3, store.Chunks.Remove([stripes[0].Chunks[1].Hash, stripes[1].Chunks[3].Hash, stripes[1].Chunks[4].Hash]));
        Assert.Equal(0, (await store.StatAsync(blob)).ToleratedLosses);
        Assert.True((await store.StatAsync(blob)).IsPresent);
        Assert.Equal(3, (await store.StatAsync(blob)).MissingChunks.Count);

        var seen = new List<StripeOutcome>();
        RepairReport report = await store.RepairAsync(blob, new RepairOptions { Stripes = new Collected(seen) });
        Assert.Equal(new RepairReport { StripesWalked = 2, Repaired = 2, ChunksRestored = 1, ParityRestored = 2 }, report);
        Assert.Equal([0, 1], seen.Select(stripe => stripe.Number));
        Assert.Equal([stripes[0].Chunks[1].Hash], seen[0].Lost);
        Assert.Equal(2, (await store.StatAsync(blob)).ToleratedLosses);
        Assert.Equal(content, await store.ReadBytesAsync(blob));
    }

    [Fact]
    public async Task What_is_lost_for_good_is_counted_and_the_rest_is_repaired()
    {
        using var folder = new ScratchFolder();
        await using BlobStore store = await StripedStore.OpenAsync(folder);
        BlobRef blob = (await store.PutAsync(Payload.Random(1, 6_000), ThreeAndTwo)).Ref;
        Stripe[] stripes = await StripesAsync(store, blob);
        store.Chunks.Remove([stripes[0].Chunks[0].Hash, stripes[0].Chunks[1].Hash, stripes[0].Chunks[4].Hash, stripes[1].Chunks[0].Hash]);
        RepairReport report = await store.RepairAsync(blob);
        Assert.Equal(new RepairReport { StripesWalked = 2, Repaired = 1, ChunksRestored = 1, Unrecoverable = 1 }, report);
        Assert.Equal(-1, (await store.StatAsync(blob)).ToleratedLosses);
        Assert.False((await store.StatAsync(blob)).IsPresent);
    }

    [Fact]
    public async Task A_repair_goes_on_where_one_was_ended()
    {
        using var folder = new ScratchFolder();
        await using BlobStore store = await StripedStore.OpenAsync(folder);
        BlobRef blob = (await store.PutAsync(Payload.Random(1, 60_000), ThreeAndTwo)).Ref;
        Stripe[] stripes = await StripesAsync(store, blob);
        store.Chunks.Remove([.. stripes.Select(stripe => stripe.Chunks[0].Hash)]);
        var seen = new List<StripeOutcome>();
        using var ending = new CancellationTokenSource();
        var options = new RepairOptions { Stripes = new Collected(seen, count => { if (count == 7) ending.Cancel(); }) };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.RepairAsync(blob, options, null, ending.Token));
        Assert.InRange(seen.Count, 7, 19);

        RepairReport rest = await store.RepairAsync(blob, new RepairOptions { FirstStripe = seen.Count });
        Assert.Equal(stripes.Length - seen.Count, rest.StripesWalked);
        Assert.Equal(2, (await store.StatAsync(blob)).ToleratedLosses);
    }

    [Fact]
    public async Task A_node_that_is_lost_everywhere_is_an_error_that_names_it()
    {
        using var folder = new ScratchFolder();
        await using BlobStore store = await StripedStore.OpenAsync(folder);
        BlobRef blob = (await store.PutAsync(Payload.Random(1, 6_000), ThreeAndTwo)).Ref;
        BlobHash leaf = BlobHash.Compute([]);
        await foreach ((BlobHash hash, TreeNode node) in TreeWalk.NodesAsync(store.Chunks, (TreeRef)blob, TestContext.Current.CancellationToken))
        {
            if (node is ErasureLeafNode) leaf = hash;
        }
        store.Chunks.Remove([leaf]);
        var error = await Assert.ThrowsAsync<IntegrityException>(() => store.RepairAsync(blob));
        Assert.Equal(leaf, error.Hash);
        Assert.Equal(-1, (await store.StatAsync(blob)).ToleratedLosses);
    }

    [Fact]
    public async Task A_tail_without_parity_is_skipped_and_bears_no_loss()
    {
        using var folder = new ScratchFolder();
        await using BlobStore store = await StripedStore.OpenAsync(folder);
        PutResult put = await store.PutAsync(Payload.Random(1, 5_000), ThreeAndTwo with { ReplicateTail = true });
        Assert.Equal(0, put.ToleratedLosses);
        Assert.Equal(new RepairReport { StripesWalked = 2, AlreadyHealthy = 1, ReplicatedStripesSkipped = 1 }, await store.RepairAsync(put.Ref));
        Assert.Equal(0, (await store.StatAsync(put.Ref)).ToleratedLosses);
    }

    [Fact]
    public async Task Other_refs_have_nothing_to_be_repaired_from()
    {
        using var folder = new ScratchFolder();
        await using BlobStore store = await StripedStore.OpenAsync(folder);
        BlobRef small = (await store.PutAsync(Payload.Random(1, 500))).Ref;
        Assert.Equal(new RepairReport(), await store.RepairAsync(small));
        BlobRef plain = (await store.PutAsync(Payload.Random(1, 5_000), ThreeAndTwo with { Encoding = default, Shape = BlobShape.Tree })).Ref;
        Assert.Equal(new RepairReport { ReplicatedLeavesSkipped = 1 }, await store.RepairAsync(plain));
        await Assert.ThrowsAsync<DatafortsException>(() => store.RepairAsync(SmallRef.Create(BlobHash.Compute([7]), 1)));
    }

    internal static async Task<Stripe[]> StripesAsync(BlobStore store, BlobRef blob)
    {
        var stripes = new List<Stripe>();
        await foreach ((_, TreeNode node) in TreeWalk.NodesAsync(store.Chunks, (TreeRef)blob, TestContext.Current.CancellationToken))
        {
            if (node is ErasureLeafNode leaf) stripes.AddRange(leaf.Stripes);
        }
        return [.. stripes];
    }

    private sealed class Collected(List<StripeOutcome> seen, Action<int>? then = null) : IProgress<StripeOutcome>
    {
        public void Report(StripeOutcome value)
        {
            seen.Add(value);
            then?.Invoke(seen.Count);
        }
    }
}
