using Dataforts.Content;
using Dataforts.Log;
using Dataforts.Store;
using Dataforts.Testing;
using Dataforts.Tests.Devices;
using Dataforts.Tests.Store;

namespace Dataforts.Tests.Promises;

/// <summary>A flush that fails is never tried again as if nothing had happened.</summary>
public sealed class RefusedFlushTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly FaultyDevice _device = new(StorageDevice.System);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_segment_is_sealed_its_tail_reported_and_written_anew()
    {
        byte[] before = SpecRandom.Bytes(1, 3000), tail = SpecRandom.Bytes(2, 3000);
        await using ChunkStore store = await OpenAsync();
        store.Put(ChunkVerifier.Hash(before));
        await store.FlushAsync(Cancel);
        long end = new FileInfo(SampleStore.Segment(store.Path)).Length;
        store.Put(ChunkVerifier.Hash(tail));
        store.SetName("n", SmallRef.Create(BlobHash.Compute(tail), 3000));
        Refuse(Fault.NoSpace, losesPages: false);

        DatafortsException error = await Assert.ThrowsAsync<DatafortsException>(() => store.FlushAsync(Cancel));
        Assert.Equal(ErrorKind.NoSpace, error.Kind);
        Assert.Equal([error.Message[..error.Message.LastIndexOf(": injected", StringComparison.Ordinal)]], store.DescribeRefusals());
        Assert.StartsWith($"{SampleStore.Segment(store.Path)}: the device refused ", error.Message, StringComparison.Ordinal);
        Assert.Contains($" bytes from byte {end} on ", error.Message, StringComparison.Ordinal);
        Assert.Contains("their 2 records were written anew", error.Message, StringComparison.Ordinal);
        Assert.Equal(end, new FileInfo(SampleStore.Segment(store.Path)).Length);
        AssertBoth(store);

        await store.FlushAsync(Cancel);
        Assert.All(store.ToCheckpoint().Segments, segment => Assert.Equal(segment.Length, segment.SyncedLength));
        await store.DisposeAsync();
        await using ChunkStore again = await SampleStore.OpenAsync(store.Path, writable: false);
        AssertBoth(again);
        Assert.Empty(again.FindDamagedFiles(Cancel));

        void AssertBoth(ChunkStore opened)
        {
            SampleStore.AssertHolds(opened, BlobHash.Compute(before), before);
            SampleStore.AssertHolds(opened, BlobHash.Compute(tail), tail);
            Assert.Equal(BlobHash.Compute(tail), ((SmallRef)opened.FindName("n")!.Ref).Hash);
        }
    }

    [Fact]
    public async Task What_was_written_later_stays_later()
    {
        byte[] chunk = SpecRandom.Bytes(1, 500), other = SpecRandom.Bytes(2, 500);
        await using ChunkStore store = await OpenAsync();
        store.Put(ChunkVerifier.Hash(chunk));
        await store.FlushAsync(Cancel);
        store.Remove([BlobHash.Compute(chunk)]);
        store.SetName("n", SmallRef.Create(BlobHash.Compute(chunk), 500));
        // The segment that will be refused is full, and the next one takes back what it says.
        store.Put(ChunkVerifier.Hash(SpecRandom.Bytes(3, SampleStore.SmallSegment - 1000)));
        store.Put(ChunkVerifier.Hash(chunk));
        store.Put(ChunkVerifier.Hash(other));
        store.SetName("n", SmallRef.Create(BlobHash.Compute(other), 500));
        Refuse(Fault.Io, losesPages: false);
        await Assert.ThrowsAsync<DatafortsException>(() => store.FlushAsync(Cancel));
        AssertLater(store);
        await store.FlushAsync(Cancel);
        await store.DisposeAsync();
        await using ChunkStore again = await SampleStore.OpenAsync(store.Path, writable: false);
        AssertLater(again);

        void AssertLater(ChunkStore opened)
        {
            SampleStore.AssertHolds(opened, BlobHash.Compute(chunk), chunk);
            Assert.Equal(BlobHash.Compute(other), ((SmallRef)opened.FindName("n")!.Ref).Hash);
        }
    }

    [Fact]
    public async Task What_the_system_forgets_with_it_is_not_served_and_can_be_put_again()
    {
        byte[] before = SpecRandom.Bytes(1, 3000), tail = SpecRandom.Bytes(2, 3000);
        BlobHash lost = BlobHash.Compute(tail);
        await using (ChunkStore store = await OpenAsync())
        {
            store.Put(ChunkVerifier.Hash(before));
            store.SetName("n", SmallRef.Create(BlobHash.Compute(before), 3000));
            await store.FlushAsync(Cancel);
            store.Put(ChunkVerifier.Hash(tail));
            store.SetName("n", SmallRef.Create(lost, 3000));
            Refuse(Fault.Io, losesPages: true);
            for (int i = 0; i < 2; i++)
            {
                // Who has put what is lost may not have asked yet: nobody is told that all is well.
                DatafortsException error = await Assert.ThrowsAsync<DatafortsException>(() => store.FlushAsync(Cancel));
                Assert.Equal(ErrorKind.WriterFailed, error.Kind);
                Assert.Contains("cannot be read back", error.Message, StringComparison.Ordinal);
            }
            Assert.Contains("of them cannot be read back", Assert.Single(store.DescribeRefusals()), StringComparison.Ordinal);
            AssertLost(store);
        }
        await using ChunkStore again = await OpenAsync();
        AssertLost(again);
        Assert.True(again.Put(ChunkVerifier.Hash(tail)));
        await again.FlushAsync(Cancel);
        SampleStore.AssertHolds(again, lost, tail);
        Assert.Empty(again.FindDamagedFiles(Cancel));

        void AssertLost(ChunkStore opened)
        {
            Assert.False(opened.Contains(lost));
            Assert.Null(opened.Read(lost));
            SampleStore.AssertHolds(opened, BlobHash.Compute(before), before);
            Assert.Equal(BlobHash.Compute(before), ((SmallRef)opened.FindName("n")!.Ref).Hash);
        }
    }

    [Fact]
    public async Task What_was_written_anew_and_refused_again_is_known_to_whoever_comes_after_a_death()
    {
        byte[][] contents = [.. Enumerable.Range(1, 3).Select(i => SpecRandom.Bytes((ulong)i, i == 3 ? 10_000 : 30_000))];
        await using (ChunkStore first = await OpenAsync()) first.Put(ChunkVerifier.Hash(contents[0]));
        await using ChunkStore store = await OpenAsync();
        // The checkpoint lists segment 1. Its records go to 2 and 3, where it is said that they did, and those in 2 on to 3 and 4.
        foreach (byte[] content in contents) store.Put(ChunkVerifier.Hash(content));
        for (int i = 0; i < 2; i++)
        {
            Refuse(Fault.Io, losesPages: false);
            await Assert.ThrowsAsync<DatafortsException>(() => store.FlushAsync(Cancel));
        }
        Assert.Equal([3ul, 4ul], SegmentFile.List(Path.Combine(store.Path, "log")));
        ScratchFolder.Copy(store.Path, _folder["copy"]);
        await using ChunkStore next = await SampleStore.OpenAsync(_folder["copy"], writable: true);
        foreach (byte[] content in contents) SampleStore.AssertHolds(next, BlobHash.Compute(content), content);
        Assert.Empty(next.FindDamagedFiles(Cancel));
        Assert.Empty(next.DescribeDamage());
    }

    [Fact]
    public async Task A_name_that_a_compaction_was_moving_when_the_device_forgot_it_stands_where_it_stood()
    {
        byte[] kept = SpecRandom.Bytes(1, 3000), garbage = SpecRandom.Bytes(2, 40_000);
        await using (ChunkStore store = await OpenAsync())
        {
            store.Put(ChunkVerifier.Hash(kept));
            store.SetName("n", SmallRef.Create(BlobHash.Compute(kept), 3000));
            store.Put(ChunkVerifier.Hash(garbage));
            store.Remove([BlobHash.Compute(garbage)]);
            await store.FlushAsync(Cancel);
            Refuse(Fault.Io, losesPages: true);
            DatafortsException error = await Assert.ThrowsAsync<DatafortsException>(
                () => store.CompactAsync(new CompactionOptions { MinGarbageRatio = 0.2 }, cancellationToken: Cancel));
            Assert.Equal(ErrorKind.WriterFailed, error.Kind);
            Assert.NotNull(store.FindName("n"));
        }
        await using ChunkStore again = await OpenAsync();
        Assert.Equal(BlobHash.Compute(kept), ((SmallRef)again.FindName("n")!.Ref).Hash);
        SampleStore.AssertHolds(again, BlobHash.Compute(kept), kept);
        Assert.Empty(again.FindDamagedFiles(Cancel));
    }

    [Fact]
    public async Task A_name_behind_a_chunk_that_the_device_forgot_goes_with_it()
    {
        byte[] before = SpecRandom.Bytes(1, 3000), tail = SpecRandom.Bytes(2, 3000);
        await using (ChunkStore store = await OpenAsync())
        {
            store.Put(ChunkVerifier.Hash(before));
            store.SetName("n", SmallRef.Create(BlobHash.Compute(before), 3000));
            await store.FlushAsync(Cancel);
            store.Put(ChunkVerifier.Hash(tail));
            // The segment that will be refused is full: the name is in the next one, of which nothing is forgotten.
            store.Put(ChunkVerifier.Hash(SpecRandom.Bytes(3, SampleStore.SmallSegment - 7000)));
            store.Put(ChunkVerifier.Hash(SpecRandom.Bytes(4, 5000)));
            store.SetName("n", SmallRef.Create(BlobHash.Compute(tail), 3000));
            Refuse(Fault.Io, losesPages: true);
            Assert.Equal(ErrorKind.WriterFailed, (await Assert.ThrowsAsync<DatafortsException>(() => store.FlushAsync(Cancel))).Kind);
        }
        for (int life = 0; life < 3; life++)
        {
            await using ChunkStore again = await OpenAsync();
            Assert.Equal(BlobHash.Compute(before), ((SmallRef)again.FindName("n")!.Ref).Hash);
            Assert.Equal(life > 0, again.FindName("later") is not null);
            Assert.Equal(life == 0, again.DescribeGivenUp().Any(line => line.Contains("a Name record behind a hole", StringComparison.Ordinal)));
            again.SetName("later", SmallRef.Create(BlobHash.Compute(before), 3000));
            await again.FlushAsync(Cancel);
        }
    }

    private void Refuse(int error, bool losesPages) =>
        _device.Fault = new Fault(DeviceDeed.FlushData, 0, error) { LosesPages = losesPages, Where = ".segment" };

    private Task<ChunkStore> OpenAsync() => ChunkStore.OpenAsync(new StoreOptions
    {
        Path = _folder["store"],
        Writable = true,
        SegmentBytes = SampleStore.SmallSegment,
        Device = _device,
        LockTimeout = TimeSpan.Zero,
    }, Cancel);
}
