using Dataforts.Blobs;
using Dataforts.Chunking;
using Dataforts.Content;
using Dataforts.Store;
using Dataforts.Tests.Store;

namespace Dataforts.Tests.Blobs;

/// <summary>A store does not grow beyond what it may take, and says so before the first byte where it can.</summary>
public sealed class CapacityTests : IDisposable
{
    private const long Capacity = 1 << 20;

    private static readonly PutOptions Tree = new() { Shape = BlobShape.Tree, Profile = ChunkingProfile.Fixed(16_384) };

    private readonly ScratchFolder _folder = new();
    private readonly DiskOf _disk = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_is_known_not_to_fit_is_refused_at_once_and_leaves_nothing_behind()
    {
        await using BlobStore store = await OpenAsync();
        await store.PutAsync(new MemoryStream(Payload.Random(1, 600_000)), Tree, cancellationToken: Cancel);
        StoreInfo before = store.Chunks.Info;
        using var content = new Untouched(500_000);
        DatafortsException error = await Assert.ThrowsAsync<DatafortsException>(() => store.PutAsync(content, Tree, cancellationToken: Cancel));
        Assert.Equal(ErrorKind.LimitExceeded, error.Kind);
        Assert.Contains($"of the {Capacity} bytes of its CapacityBytes", error.Message, StringComparison.Ordinal);
        Assert.Equal((before.Chunks, before.DiskBytes, before.Segments), (store.Chunks.Info.Chunks, store.Chunks.Info.DiskBytes, store.Chunks.Info.Segments));
        await Assert.ThrowsAsync<DatafortsException>(() => store.PutAsync(Payload.Random(2, 500_000), Tree, cancellationToken: Cancel));
        await Assert.ThrowsAsync<DatafortsException>(() => store.PutManyAsync(
            [.. Enumerable.Range(0, 50).Select(i => (ReadOnlyMemory<byte>)Payload.Random(i, 10_000))], Tree, Cancel));
        Assert.Equal(before.DiskBytes, store.Chunks.Info.DiskBytes);
        // Nothing stays promised to what was refused.
        await store.PutAsync(new MemoryStream(Payload.Random(3, 400_000)), Tree, cancellationToken: Cancel);
    }

    [Fact]
    public async Task A_stream_of_unknown_length_is_refused_when_the_limit_is_met_and_the_store_stays_below_it()
    {
        await using BlobStore store = await OpenAsync();
        DatafortsException error = await Assert.ThrowsAsync<DatafortsException>(() =>
            store.PutAsync(new FeedStream(Payload.Random(4, 3_000_000)) { PieceBytes = 10_000 }, Tree, cancellationToken: Cancel));
        Assert.Equal(ErrorKind.LimitExceeded, error.Kind);
        Assert.InRange(store.Chunks.Info.DiskBytes, Capacity / 2, Capacity);
        Assert.Empty(store.Chunks.ListNames());
        // What it stored is there to be collected: removed and compacted, there is room again.
        store.Chunks.Remove([.. store.Chunks.Enumerate().Select(chunk => chunk.Key)]);
        await store.Chunks.CompactAsync(cancellationToken: Cancel);
        await store.PutAsync(new MemoryStream(Payload.Random(5, 600_000)), Tree, cancellationToken: Cancel);
    }

    [Fact]
    public async Task Small_puts_end_at_the_limit_and_what_is_there_already_can_be_put_again()
    {
        await using BlobStore store = await OpenAsync();
        var kept = new List<byte[]>();
        DatafortsException? refused = null;
        for (int i = 0; refused is null; i++)
        {
            byte[] content = Payload.Random(i, 9_000);
            refused = await Record.ExceptionAsync(() => store.PutAsync(content, cancellationToken: Cancel)) as DatafortsException;
            if (refused is null) kept.Add(content);
        }
        Assert.Equal(ErrorKind.LimitExceeded, refused.Kind);
        Assert.InRange(store.Chunks.Info.DiskBytes, Capacity - 10_000, Capacity);
        foreach (byte[] content in kept) Assert.Equal(0, (await store.PutAsync(content, cancellationToken: Cancel)).StoredBytes);
        // Names and removals are not held to it: they are how room is made.
        store.Chunks.SetName("n", SmallRef.Create(BlobHash.Compute(kept[0]), 9_000));
        Assert.Equal(1, store.Chunks.Remove([BlobHash.Compute(kept[1])]));
    }

    [Fact]
    public async Task Puts_at_the_same_time_are_not_promised_the_same_room()
    {
        await using BlobStore store = await OpenAsync();
        using RoomClaim claim = store.Chunks.ClaimRoom(700_000);
        Assert.Equal(ErrorKind.LimitExceeded, Assert.Throws<DatafortsException>(() => store.Chunks.ClaimRoom(400_000)).Kind);
        claim.Spend(300_000);
        claim.Spend(100_000);
        store.Chunks.ClaimRoom(400_000).Dispose();
        claim.Dispose();
        claim.Dispose();
        store.Chunks.ClaimRoom(1_000_000).Dispose();
        Assert.Throws<DatafortsException>(() => store.Chunks.ClaimRoom(Capacity + 1));
    }

    [Fact]
    public async Task Many_at_once_never_take_more_than_there_is()
    {
        await using BlobStore store = await OpenAsync();
        int done = 0;
        var eight = new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Cancel };
        await Parallel.ForEachAsync(Enumerable.Range(0, 40), eight, async (i, cancel) =>
        {
            try
            {
                await store.PutAsync(new MemoryStream(Payload.Random(i, 100_000)), Tree, cancellationToken: cancel);
                Interlocked.Increment(ref done);
            }
            catch (DatafortsException error) when (error.Kind == ErrorKind.LimitExceeded)
            {
                // One too many.
            }
        });
        Assert.InRange(done, 5, 10);
        Assert.InRange(store.Chunks.Info.DiskBytes, 0, Capacity);
        store.Chunks.ClaimRoom(Capacity - store.Chunks.Info.DiskBytes).Dispose();
    }

    [Fact]
    public async Task Free_bytes_are_kept_for_compaction_which_may_take_them()
    {
        await using BlobStore store = await OpenAsync(options => options with { CapacityBytes = null, ReserveBytes = 100_000 });
        PutResult put = await store.PutAsync(new MemoryStream(Payload.Random(1, 300_000)), Tree, cancellationToken: Cancel);
        _disk.FreeBytes = 150_000;
        DatafortsException error = await Assert.ThrowsAsync<DatafortsException>(() =>
            store.PutAsync(new MemoryStream(Payload.Random(2, 300_000)), Tree, cancellationToken: Cancel));
        Assert.Equal(ErrorKind.NoSpace, error.Kind);
        Assert.Contains("of which 100000 stay free", error.Message, StringComparison.Ordinal);
        _disk.FreeBytes = 0;
        BlobHash[] some = [.. store.Chunks.Enumerate().Select(chunk => chunk.Key).Where((_, i) => i % 3 == 0)];
        store.Chunks.Remove(some);
        CompactionProgress done = await store.Chunks.CompactAsync(new CompactionOptions { MinGarbageRatio = 0.1 }, cancellationToken: Cancel);
        Assert.True(done.Segments > 0);
        Assert.Equal(300_000UL, put.Ref.SizeBytes);
    }

    [Fact]
    public async Task High_water_is_told_once_and_ends_at_low_water()
    {
        var told = new List<StoreCondition>();
        await using BlobStore store = await OpenAsync();
        store.Chunks.WaterCrossed += told.Add;
        await store.PutAsync(new MemoryStream(Payload.Random(1, 850_000)), Tree, cancellationToken: Cancel);
        Assert.False(store.Chunks.IsAboveHighWater);
        await store.PutAsync(new MemoryStream(Payload.Random(2, 120_000)), Tree, cancellationToken: Cancel);
        Assert.True(store.Chunks.IsAboveHighWater);
        Assert.True(store.Chunks.IsAboveHighWater);
        Assert.True(Assert.Single(told).IsAboveHighWater);
        Assert.InRange(told[0].Fullness, 0.9, 1);
        store.Chunks.Remove([.. store.Chunks.Enumerate().Take(30).Select(chunk => chunk.Key)]);
        await store.Chunks.CompactAsync(new CompactionOptions { MinGarbageRatio = 0.01 }, cancellationToken: Cancel);
        Assert.False(store.Chunks.IsAboveHighWater);
        Assert.Equal([true, false], told.Select(condition => condition.IsAboveHighWater));
    }

    [Fact]
    public async Task The_condition_tells_of_waste_and_of_its_age()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(60));
        await using (BlobStore store = await OpenAsync(options => options with { Time = time }))
        {
            await store.PutAsync(new MemoryStream(Payload.Random(1, 300_000)), Tree, cancellationToken: Cancel);
            StoreCondition clean = store.Chunks.Condition;
            Assert.Equal((0.0, 0.0, null), (clean.GarbageRatio, clean.WorstGarbageRatio, clean.OldestGarbageAt));
            time.Advance(TimeSpan.FromHours(5));
            DateTimeOffset then = time.GetUtcNow();
            BlobHash[] all = [.. store.Chunks.Enumerate().Select(chunk => chunk.Key)];
            store.Chunks.Remove(all.AsSpan(0, 1));
            time.Advance(TimeSpan.FromHours(5));
            store.Chunks.Remove(all.AsSpan(1, 6));
            StoreCondition condition = store.Chunks.Condition;
            Assert.Equal(then, condition.OldestGarbageAt);
            Assert.InRange(condition.GarbageRatio, 0.3, 0.4);
            Assert.InRange(condition.WorstGarbageRatio, condition.GarbageRatio, 1);
            Assert.Null(condition.ReadOnlyReason);
        }
        await using BlobStore again = await OpenAsync();
        Assert.Equal(Newest(again.Chunks.Path), again.Chunks.Condition.OldestGarbageAt!.Value.UtcDateTime, TimeSpan.FromMinutes(10));
    }

    [Fact]
    public void What_makes_no_sense_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new StoreOptions { Path = "x", CapacityBytes = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new StoreOptions { Path = "x", ReserveBytes = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new StoreOptions { Path = "x", HighWater = 1.01 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new StoreOptions { Path = "x", LowWater = -0.01 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new StoreOptions { Path = "x", MaxRefusals = 0 });
    }

    private static DateTime Newest(string path) => Directory.GetFiles(Path.Combine(path, "log"), "*.segment").Max(File.GetLastWriteTimeUtc);

    private async Task<BlobStore> OpenAsync(Func<StoreOptions, StoreOptions>? change = null)
    {
        StoreOptions options = SampleStore.OptionsOf(_folder["store"]) with { CapacityBytes = Capacity, Device = _disk };
        return await BlobStore.OpenAsync(change?.Invoke(options) ?? options, Cancel);
    }

    /// <summary>A stream that knows its length and must not be read.</summary>
    private sealed class Untouched(long length) : MemoryStream
    {
        public override long Length => length;

        public override int Read(byte[] buffer, int offset, int count) => throw new InvalidOperationException("it was read");

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new InvalidOperationException("it was read");
    }
}
