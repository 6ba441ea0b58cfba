using Dataforts.Content;
using Dataforts.Store;
using Dataforts.Tests.Devices;
using Dataforts.Tests.Store;

namespace Dataforts.Tests.Promises;

/// <summary>That each flush is needed: without it one of the losses of power that the proofs replay costs something.</summary>
public sealed class FlushSiteTests
{
    public static TheoryData<string> Calls => [.. FlushSites.All.Select(site => site.Call)];

    [Fact]
    public void Every_flush_of_the_library_is_one_of_these() =>
        Assert.Equal(FlushSites.All.Select(site => site.Call).Append(FlushSites.OfDamaged).Append(FlushSites.OfRemoval)
            .Order(StringComparer.Ordinal), FlushCalls.Find());

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Without_this_flush_something_is_lost(string call)
    {
        FlushSite site = FlushSites.All.Single(site => site.Call == call);
        await using var life = new DurableWorkload(seed: 0, site.SegmentBytes) { StoreName = site.StoreName };
        await site.LiveAsync(life);
        DeviceOperation[] operations = life.Recording.Operations;
        if (site.IsOfMending)
        {
            using var mended = new PowerLossProof(operations, life.Ledger, life.StoreName);
            Assert.Null(await FindInMendingAsync(mended, operations, null));
            Assert.NotNull(await FindInMendingAsync(mended, operations, site.IsIt));
            return;
        }
        using var proof = new PowerLossProof(operations, life.Ledger, life.StoreName);
        Assert.Null(await FindAsync(proof, operations, ways: 2));
        DeviceOperation[] without = PowerLossProof.Without(operations, site.IsIt);
        Assert.NotEqual(operations, without);
        using var disproof = new PowerLossProof(without, life.Ledger, life.StoreName);
        Assert.True(await FindAsync(disproof, without, ways: 6) is not null, $"{call}: nothing was lost without it, and it should have kept {site.Why}");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_left_of_a_damaged_segment_is_flushed(bool suppressed)
    {
        await using var life = new DurableWorkload(seed: 0, SampleStore.SmallSegment);
        await life.OpenAsync();
        life.Put(2);
        life.Put(4);
        await life.CloseAsync();
        // The first record's header: what is behind it is found again.
        life.Harm("log/0000000000000001.segment", 64);
        await life.OpenAsync();
        life.Put(6);
        await life.FlushAsync();
        DeviceOperation[] operations = life.Recording.Operations;
        if (suppressed)
        {
            operations = PowerLossProof.Without(operations, (all, i) => all[i].Deed == DeviceDeed.FlushData && all[i].Phase == "open"
                && all[i].Path.EndsWith(".segment", StringComparison.Ordinal));
        }
        using var folder = new ScratchFolder();
        new DiskAfterLoss(operations, operations.Length).Write(folder.Path, Survival.Nothing, new Random(0));
        await using ChunkStore reader = await SampleStore.OpenAsync(folder[life.StoreName], writable: false);
        BlobHash[] kept = [.. life.Ledger.Contents.Keys.Where(hash => reader.Contains(hash))];
        Assert.Equal(suppressed ? 1 : 2, kept.Length);
        foreach (BlobHash hash in kept) SampleStore.AssertHolds(reader, hash, life.Ledger.Contents[hash]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_compaction_has_removed_stays_removed(bool suppressed)
    {
        await using var life = new DurableWorkload(seed: 0, SampleStore.SmallSegment);
        await life.OpenAsync();
        life.Put(3);
        await life.FlushAsync();
        life.Remove(3);
        await life.FlushAsync();
        await life.CompactAsync();
        // Its number is not used again, and no later name is taken for lying behind a hole.
        life.Name("n", 2);
        await life.FlushAsync();
        DeviceOperation[] operations = life.Recording.Operations;
        if (suppressed)
        {
            operations = PowerLossProof.Without(operations, (all, i) => all[i].Phase == "compact" && all[i - 1].Deed == DeviceDeed.Delete
                && all[i].Path.EndsWith("/log", StringComparison.Ordinal));
        }
        using var folder = new ScratchFolder();
        int cut = Array.FindLastIndex(operations, operation => operation.Phase == "compact") + 1;
        new DiskAfterLoss(operations, cut).Write(folder.Path, Survival.Nothing, new Random(0));
        Assert.Equal(suppressed, File.Exists(SampleStore.Segment(folder[life.StoreName])));
        if (suppressed) return;
        using var proof = new PowerLossProof(operations, life.Ledger, life.StoreName);
        Assert.Null(await FindAsync(proof, operations, ways: 6));
    }

    [Fact]
    public async Task A_segment_whose_tail_is_gone_without_a_trace_is_noticed()
    {
        await using var life = new DurableWorkload(seed: 0, SampleStore.SmallSegment);
        await life.OpenAsync();
        life.Put(1, 9);
        await life.FlushAsync();
        life.Put(2);
        int before = life.Recording.Count;
        life.Put(17, 25);
        life.Name("n", 2);
        // All that was written reached the device, but for the chunk that the name stands for and what is behind it in its segment.
        DeviceOperation[] operations = life.Recording.Operations;
        for (int i = before - 1; i < operations.Length; i++)
        {
            if (operations[i].Deed == DeviceDeed.Write && operations[i].Path.EndsWith("1.segment", StringComparison.Ordinal))
                operations[i] = operations[i] with { Deed = DeviceDeed.Read };
        }
        using var proof = new PowerLossProof(operations, life.Ledger, life.StoreName);
        Assert.Contains(operations, operation => operation.Deed == DeviceDeed.Write && operation.Path.EndsWith("2.segment", StringComparison.Ordinal));
        Assert.Null(await proof.ExamineAsync(operations.Length, Survival.Everything, 0));
    }

    // A short life: every place to cut it off, each in several ways.
    private static async Task<string?> FindAsync(PowerLossProof proof, DeviceOperation[] operations, int ways)
    {
        for (int cut = operations.Length; cut >= 0; cut--)
        {
            for (int i = 0; i < ways; i++)
            {
                if (await proof.ExamineAsync(cut, ways == 2 ? (Survival)(2 * i) : (Survival)Math.Min(i, 2), (cut * 10) + i) is { } wrong) return wrong;
            }
        }
        return null;
    }

    private static async Task<string?> FindInMendingAsync(PowerLossProof proof, DeviceOperation[] operations, Func<DeviceOperation[], int, bool>? suppressed)
    {
        for (int seed = 0; seed < 150; seed++)
        {
            if (await proof.ExamineTwiceAsync(operations.Length, seed, suppressed) is { } wrong) return wrong;
        }
        return null;
    }
}
