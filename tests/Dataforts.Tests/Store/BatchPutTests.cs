using Dataforts.Content;
using Dataforts.Log;
using Dataforts.Store;
using Dataforts.Testing;
using Dataforts.Tests.Devices;

namespace Dataforts.Tests.Store;

public sealed class BatchPutTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly VerifiedChunk[] _chunks = [.. Enumerable.Range(0, 300).Select(i => ChunkVerifier.Hash(SpecRandom.Bytes((ulong)i + 1, i * 37 % 3000)))];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Path => _folder["store"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_chunk_that_occurs_twice_in_a_batch_is_stored_once_and_is_new_the_first_time()
    {
        await using (ChunkStore store = await SampleStore.OpenAsync(Path, writable: true))
        {
            store.Put(_chunks[7]);
            bool[] isNew = new bool[6];
            store.Put([_chunks[1], _chunks[7], _chunks[1], _chunks[2], _chunks[1], _chunks[7]], isNew);
            Assert.Equal([true, false, false, true, false, false], isNew);
            Assert.Equal(3, store.Info.Chunks);
            Assert.Equal(0, store.Info.GarbageBytes);
            store.Put([], []);
        }
        await using ChunkStore again = await SampleStore.OpenAsync(Path, writable: false);
        Assert.Equal(0, again.Info.GarbageBytes);
        foreach (int i in (int[])[1, 2, 7]) SampleStore.AssertHolds(again, _chunks[i].Hash, _chunks[i].Bytes.ToArray());
    }

    [Fact]
    public async Task A_batch_larger_than_a_segment_and_a_write_goes_on_in_the_next()
    {
        await using (ChunkStore store = await SampleStore.OpenAsync(Path, writable: true))
        {
            bool[] isNew = new bool[_chunks.Length];
            store.Put(_chunks, isNew);
            Assert.DoesNotContain(false, isNew);
            Assert.True(store.Info.Segments > 3);
        }
        await using ChunkStore again = await SampleStore.OpenAsync(Path, writable: false);
        foreach (VerifiedChunk chunk in _chunks) SampleStore.AssertHolds(again, chunk.Hash, chunk.Bytes.ToArray());
        Assert.Empty(again.FindDamagedFiles(Cancel));
    }

    [Fact]
    public async Task The_same_batches_put_by_many_threads_at_once_are_stored_once()
    {
        const int Threads = 8;
        await using ChunkStore store = await SampleStore.OpenAsync(Path, writable: true);
        int fresh = 0;
        using var together = new Barrier(Threads);
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Factory.StartNew(
            () =>
            {
                VerifiedChunk[] mine = [.. _chunks];
                if (thread % 2 == 1) Array.Reverse(mine);
                for (int at = 0; at < mine.Length; at += 20)
                {
                    together.SignalAndWait(Cancel);
                    bool[] isNew = new bool[20];
                    store.Put(mine.AsSpan(at, 20), isNew);
                    Interlocked.Add(ref fresh, isNew.Count(yes => yes));
                }
            },
            Cancel, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        int distinct = _chunks.Select(chunk => chunk.Hash).Distinct().Count();
        Assert.Equal(distinct, fresh);
        Assert.Equal(distinct, store.Info.Chunks);
        Assert.Equal(0, store.Info.GarbageBytes);
    }

    [Fact]
    public async Task A_chunk_found_corrupt_is_stored_anew_when_it_is_put_again_and_stays_so()
    {
        await using (ChunkStore store = await SampleStore.OpenAsync(Path, writable: true)) store.Put(_chunks.AsSpan(0, 20), new bool[20]);
        byte[] bytes = File.ReadAllBytes(SampleStore.Segment(Path));
        bytes[bytes.AsSpan().IndexOf(_chunks[11].Bytes.Span) + 5] ^= 0x20;
        File.WriteAllBytes(SampleStore.Segment(Path), bytes);
        await using (ChunkStore store = await SampleStore.OpenAsync(Path, writable: true))
        {
            Assert.False(store.Put(_chunks[11]));
            Assert.Throws<IntegrityException>(() => store.Read(_chunks[11].Hash));
            bool[] isNew = new bool[3];
            store.Put([_chunks[10], _chunks[11], _chunks[11]], isNew);
            Assert.Equal([false, true, false], isNew);
            SampleStore.AssertHolds(store, _chunks[11].Hash, _chunks[11].Bytes.ToArray());
            Assert.Equal(20, store.Info.Chunks);
        }
        await using ChunkStore again = await SampleStore.OpenAsync(Path, writable: false);
        SampleStore.AssertHolds(again, _chunks[11].Hash, _chunks[11].Bytes.ToArray());
    }

    [Fact]
    public async Task What_is_too_short_or_unhashed_is_refused_and_nothing_of_it_stored()
    {
        await using ChunkStore store = await SampleStore.OpenAsync(Path, writable: true);
        Assert.Throws<ArgumentOutOfRangeException>(() => store.Put(_chunks.AsSpan(0, 3), new bool[2]));
        Assert.Throws<ArgumentException>(() => store.Put([_chunks[0], default], new bool[2]));
        Assert.Equal(0, store.Info.Chunks);
        BlobHash unknown = BlobHash.Compute("unknown"u8);
        Assert.Equal(0, store.Remove([unknown]));
        Assert.Equal(0, store.Remove([]));
    }

    [Fact]
    public async Task A_batch_that_fails_on_the_way_leaves_nothing_of_itself_to_the_next()
    {
        var device = new FaultyDevice(StorageDevice.System);
        var memory = new byte[100][];
        int stored;
        VerifiedChunk other = ChunkVerifier.Hash(SpecRandom.Bytes(777, 500));
        await using (ChunkStore store = await ChunkStore.OpenAsync(SampleStore.OptionsOf(Path) with { Writable = true, Device = device }, Cancel))
        {
            VerifiedChunk[] batch = [.. Enumerable.Range(0, 100).Select(i => ChunkVerifier.Hash(memory[i] = SpecRandom.Bytes((ulong)i + 1, 100)))];
            // The first write makes the segment, the second takes one run of records, the third is refused.
            device.Fault = new Fault(DeviceDeed.Write, 2, Fault.NoSpace) { Where = ".segment" };
            Assert.Equal(ErrorKind.NoSpace, Assert.Throws<DatafortsException>(() => store.Put(batch, new bool[100])).Kind);
            stored = (int)store.Info.Chunks;
            Assert.InRange(stored, 1, 99);
            // The memory is the caller's again.
            foreach (byte[] bytes in memory) Array.Fill(bytes, (byte)0xEE);
            Assert.True(store.Put(other));
            Assert.Equal(stored + 1, store.Info.Chunks);
        }
        await using ChunkStore again = await SampleStore.OpenAsync(Path, writable: false);
        foreach (byte[] content in Enumerable.Range(0, stored).Select(i => SpecRandom.Bytes((ulong)i + 1, 100)))
            SampleStore.AssertHolds(again, BlobHash.Compute(content), content);
        SampleStore.AssertHolds(again, other.Hash, other.Bytes.ToArray());
        Assert.Equal(stored + 1, again.Info.Chunks);
        Assert.Equal(0, again.Info.GarbageBytes);
    }
}
