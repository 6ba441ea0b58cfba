using Dataforts.Content;
using Dataforts.Log;
using Dataforts.Store;
using Dataforts.Testing;

namespace Dataforts.Tests.Store;

/// <summary>Chunks that are kept several times over, each time in another segment.</summary>
public sealed class CopyTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Copies_lie_in_different_segments_and_asking_again_writes_nothing()
    {
        using var folder = new ScratchFolder();
        await using ChunkStore store = await OpenAsync(folder);
        BlobHash[] chunks = Put(store, 50);
        Assert.Equal(50 * 4 * 100, await store.KeepCopiesAsync(chunks, 5, Cancel));
        Assert.All(chunks, chunk => Assert.Equal(5, Segments(store, chunk)));
        Assert.Equal(5, store.Info.Segments);
        Assert.Equal(50, store.Info.Chunks);
        Assert.Equal(0, await store.KeepCopiesAsync(chunks, 5, Cancel));
        Assert.Equal(0, await store.KeepCopiesAsync(chunks, 3, Cancel));
        Assert.All(chunks, chunk => Assert.Equal(5, store.CopiesOf(chunk)));
    }

    [Fact]
    public async Task A_chunk_is_read_as_long_as_one_place_of_it_is_whole()
    {
        using var folder = new ScratchFolder();
        await using ChunkStore store = await OpenAsync(folder);
        BlobHash chunk = Put(store, 1)[0];
        await store.KeepCopiesAsync([chunk], 4, Cancel);
        RecordLocation[] places = store.PlacesOf(chunk);
        Assert.Equal(4, places.Length);
        for (int lost = 1; lost < 1 << 4; lost++)
        {
            Harm(store, places, lost);
            if (lost == 15)
            {
                Assert.Throws<IntegrityException>(() => store.Read(chunk));
            }
            else
            {
                using ChunkBuffer read = store.Read(chunk)!;
                Assert.Equal(SpecRandom.Bytes(0, 100), read.Memory.ToArray());
            }
            Assert.Equal(lost == 1 ? [] : [chunk], store.FindBadCopies(Cancel));
            Harm(store, places, lost);
        }
        Assert.Empty(store.FindBadCopies(Cancel));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Copies_outlive_the_process_and_a_rebuild(bool rebuild)
    {
        using var folder = new ScratchFolder();
        BlobHash[] chunks;
        await using (ChunkStore store = await OpenAsync(folder))
        {
            chunks = Put(store, 20);
            await store.KeepCopiesAsync(chunks, 3, Cancel);
        }
        if (rebuild) await ChunkStore.RebuildAsync(Options(folder), Cancel);
        foreach (bool writable in new[] { false, true })
        {
            await using ChunkStore store = await ChunkStore.OpenAsync(Options(folder) with { Writable = writable }, Cancel);
            Assert.All(chunks, chunk => Assert.Equal(3, Segments(store, chunk)));
            Assert.Equal(0, store.Info.GarbageBytes);
        }
    }

    [Fact]
    public async Task With_the_first_segment_lost_chunks_are_read_from_their_copies()
    {
        using var folder = new ScratchFolder();
        BlobHash[] chunks;
        string lost;
        await using (ChunkStore store = await OpenAsync(folder))
        {
            chunks = Put(store, 20);
            await store.KeepCopiesAsync(chunks, 2, Cancel);
            lost = store.PathOf(store.PlacesOf(chunks[0])[0]);
        }
        File.Delete(lost);
        await using ChunkStore left = await ChunkStore.OpenAsync(Options(folder) with { Writable = false }, Cancel);
        for (int i = 0; i < chunks.Length; i++)
        {
            using ChunkBuffer read = left.Read(chunks[i])!;
            Assert.Equal(SpecRandom.Bytes((ulong)i, 100), read.Memory.ToArray());
            Assert.True(left.Contains(chunks[i]));
            Assert.Equal(100, left.LengthOf(chunks[i]));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Removing_a_chunk_removes_its_copies_for_good(bool reopen)
    {
        using var folder = new ScratchFolder();
        ChunkStore store = await OpenAsync(folder);
        BlobHash[] chunks = Put(store, 20);
        await store.KeepCopiesAsync(chunks, 3, Cancel);
        Assert.Equal(10, store.Remove(chunks.AsSpan(0, 10)));
        if (reopen)
        {
            await store.DisposeAsync();
            store = await OpenAsync(folder);
        }
        await using (store)
        {
            Assert.All(chunks[..10], chunk => Assert.Empty(store.PlacesOf(chunk)));
            Assert.All(chunks[..10], chunk => Assert.Null(store.Read(chunk)));
            Assert.All(chunks[10..], chunk => Assert.Equal(3, Segments(store, chunk)));
            Assert.Equal(3 * 10 * 100, store.Info.GarbageBytes);
            // What is put anew is as new: no copy of before counts for it.
            Put(store, 1);
            Assert.Single(store.PlacesOf(chunks[0]));
        }
    }

    [Fact]
    public async Task Compaction_moves_copies_and_keeps_them_apart()
    {
        using var folder = new ScratchFolder();
        BlobHash[] chunks;
        await using (ChunkStore store = await OpenAsync(folder))
        {
            chunks = Put(store, 40);
            await store.KeepCopiesAsync(chunks, 3, Cancel);
            store.Remove(chunks.AsSpan(0, 30));
            CompactionProgress done = await store.CompactAsync(new CompactionOptions { MinGarbageRatio = 0.3 }, cancellationToken: Cancel);
            Assert.True(done.Segments >= 3);
            Assert.Equal(0, done.SkippedSegments);
            Assert.All(chunks[30..], chunk => Assert.Equal(3, Segments(store, chunk)));
            Assert.All(chunks[30..], chunk => Assert.Equal(3, store.PlacesOf(chunk).Length));
            Assert.Equal(0, store.Info.GarbageBytes);
        }
        await using ChunkStore again = await OpenAsync(folder);
        Assert.All(chunks[30..], chunk => Assert.Equal(3, Segments(again, chunk)));
        Assert.All(chunks[..30], chunk => Assert.Empty(again.PlacesOf(chunk)));
        Assert.Equal(0, again.Info.GarbageBytes);
    }

    [Fact]
    public async Task Compaction_mends_what_has_rotted_where_it_lies_from_its_copy()
    {
        using var folder = new ScratchFolder();
        await using ChunkStore store = await OpenAsync(folder);
        BlobHash[] chunks = Put(store, 10);
        await store.KeepCopiesAsync(chunks, 2, Cancel);
        RecordLocation[] rotten = store.PlacesOf(chunks[9]);
        Harm(store, rotten, 1);
        Harm(store, store.PlacesOf(chunks[8]), 2);
        store.Remove(chunks.AsSpan(0, 8));
        CompactionProgress done = await store.CompactAsync(new CompactionOptions { MinGarbageRatio = 0.3 }, cancellationToken: Cancel);
        Assert.Equal(0, done.SkippedSegments);
        Assert.All(chunks[8..], chunk => Assert.Equal((2, 0), store.CheckCopies(chunk)));
        Assert.DoesNotContain(rotten[0], store.PlacesOf(chunks[9]));
    }

    [Fact]
    public async Task Puts_copies_removals_and_compaction_at_once_leave_every_chunk_apart_or_gone()
    {
        using var folder = new ScratchFolder();
        await using ChunkStore store = await OpenAsync(folder);
        int end = 0;
        Task[] writers = [.. Enumerable.Range(0, 3).Select(writer => Task.Run(async () =>
        {
            for (int round = 0; round < 12; round++)
            {
                BlobHash[] chunks = Put(store, 10, 1000 * (writer + 1) + (10 * round));
                await store.KeepCopiesAsync(chunks, 3, Cancel);
                store.Remove(chunks.AsSpan(0, 8));
            }
        }, Cancel))];
        Task compaction = Task.Run(async () =>
        {
            while (Volatile.Read(ref end) == 0) await store.CompactAsync(new CompactionOptions { MinGarbageRatio = 0.1 }, cancellationToken: Cancel);
        }, Cancel);
        await Task.WhenAll(writers);
        Volatile.Write(ref end, 1);
        await compaction;
        Assert.Equal(3 * 12 * 2, store.Info.Chunks);
        foreach ((BlobHash chunk, _) in store.Enumerate())
        {
            Assert.Equal(3, store.CheckCopies(chunk).Whole);
            Assert.Equal(0, store.CheckCopies(chunk).Bad);
        }
    }

    // Every byte of every segment is flipped in turn, after a clean close and after a crash: no chunk is lost, and none is wrong.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task No_flipped_byte_costs_a_chunk_that_is_kept_twice(bool crashed)
    {
        using var folder = new ScratchFolder();
        BlobHash[] chunks;
        await using (ChunkStore store = await ChunkStore.OpenAsync(Options(folder) with { Path = folder["live"] }, Cancel))
        {
            chunks = Put(store, 2);
            await store.KeepCopiesAsync(chunks, 2, Cancel);
            if (crashed) ScratchFolder.Copy(folder["live"], folder["store"]);
        }
        if (!crashed) ScratchFolder.Copy(folder["live"], folder["store"]);
        foreach (string path in Directory.EnumerateFiles(folder["store"], "*.segment", SearchOption.AllDirectories))
        {
            byte[] sound = await File.ReadAllBytesAsync(path, Cancel);
            for (int at = 0; at < Math.Min(sound.Length, 1000); at++)
            {
                byte[] bytes = [.. sound];
                bytes[at] ^= 0x10;
                await File.WriteAllBytesAsync(path, bytes, Cancel);
                await AssertAllThereAsync(folder, chunks, $"{path}, byte {at}");
            }
            await File.WriteAllBytesAsync(path, sound, Cancel);
        }
    }

    private static async Task AssertAllThereAsync(ScratchFolder folder, BlobHash[] chunks, string what)
    {
        ChunkStore store;
        try
        {
            store = await ChunkStore.OpenAsync(Options(folder) with { Writable = false }, Cancel);
        }
        catch (DatafortsException error) when (error.Kind is ErrorKind.StoreDamaged or ErrorKind.UnsupportedVersion)
        {
            // A segment whose own header is damaged is refused as a whole, by name, whatever is in it.
            return;
        }
        await using (store)
        {
            for (int i = 0; i < chunks.Length; i++)
            {
                using ChunkBuffer? read = store.Read(chunks[i]);
                Assert.True(read is not null && read.Memory.Span.SequenceEqual(SpecRandom.Bytes((ulong)i, 100)), what);
            }
        }
    }

    [Fact]
    public async Task Copies_of_what_is_not_there_are_refused()
    {
        using var folder = new ScratchFolder();
        await using ChunkStore store = await OpenAsync(folder);
        await Assert.ThrowsAsync<IntegrityException>(async () => await store.KeepCopiesAsync([BlobHash.Compute([1])], 2, Cancel));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await store.KeepCopiesAsync([], 0, Cancel));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await store.KeepCopiesAsync([], 129, Cancel));
    }

    [Fact]
    public async Task A_copy_of_before_a_crash_is_there_after_it()
    {
        using var folder = new ScratchFolder();
        BlobHash[] chunks;
        await using (ChunkStore store = await ChunkStore.OpenAsync(Options(folder) with { Path = folder["live"] }, Cancel))
        {
            chunks = Put(store, 20);
            await store.KeepCopiesAsync(chunks, 3, Cancel);
            store.Remove(chunks.AsSpan(0, 5));
            ScratchFolder.Copy(folder["live"], folder["store"]);
        }
        await using ChunkStore left = await OpenAsync(folder);
        Assert.All(chunks[..5], chunk => Assert.Empty(left.PlacesOf(chunk)));
        Assert.All(chunks[5..], chunk => Assert.Equal(3, Segments(left, chunk)));
    }

    private static StoreOptions Options(ScratchFolder folder) => new()
    {
        Path = folder["store"],
        Writable = true,
        CreateIfMissing = true,
        LockTimeout = TimeSpan.Zero,
        MinHintedBytes = 256,
    };

    private static Task<ChunkStore> OpenAsync(ScratchFolder folder) => ChunkStore.OpenAsync(Options(folder), Cancel);

    private static BlobHash[] Put(ChunkStore store, int count, int first = 0) =>
        [.. Enumerable.Range(first, count).Select(i =>
        {
            VerifiedChunk chunk = ChunkVerifier.Hash(SpecRandom.Bytes((ulong)i, 100));
            store.Put(chunk);
            return chunk.Hash;
        })];

    private static int Segments(ChunkStore store, BlobHash chunk) => store.PlacesOf(chunk).Select(place => place.Segment).Distinct().Count();

    private static void Harm(ChunkStore store, RecordLocation[] places, int which)
    {
        for (int i = 0; i < places.Length; i++)
        {
            if ((which >> i & 1) != 0) Blobs.Striping.StripedStore.Harm(store.PathOf(places[i]), places[i]);
        }
    }
}
