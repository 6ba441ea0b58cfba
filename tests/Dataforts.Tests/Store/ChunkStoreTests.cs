using Dataforts.Content;
using Dataforts.Store;
using Dataforts.Testing;

namespace Dataforts.Tests.Store;

public sealed class ChunkStoreTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private string Path => _folder["store"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_is_put_is_there_now_and_after_reopening()
    {
        using SampleStore sample = await SampleStore.MakeAsync(crashed: false, chunks: 40);
        await using (ChunkStore writer = await SampleStore.OpenAsync(sample.Path, writable: true)) sample.AssertWhole(writer);
        await using ChunkStore reader = await SampleStore.OpenAsync(sample.Path, writable: false);
        sample.AssertWhole(reader);
        Assert.Equal(sample.Chunks.Keys.Order(), reader.Enumerate().Select(entry => entry.Key).Order());
        Assert.Equal(sample.Chunks.Values.Sum(content => (long)content.Length), reader.Info.LiveBytes);
        Assert.Empty(reader.FindDamagedFiles(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_chunk_is_stored_once()
    {
        await using ChunkStore store = await SampleStore.OpenAsync(Path, writable: true);
        VerifiedChunk chunk = ChunkVerifier.Hash(new byte[] { 1, 2, 3 });
        Assert.True(store.Put(chunk));
        long bytes = store.Info.DiskBytes;
        Assert.False(store.Put(chunk));
        Assert.Equal(bytes, store.Info.DiskBytes);
        Assert.Equal((1, 3L, 0L), (store.Info.Chunks, store.Info.LiveBytes, store.Info.GarbageBytes));
    }

    [Fact]
    public async Task An_empty_chunk_is_a_chunk()
    {
        await using (ChunkStore store = await SampleStore.OpenAsync(Path, writable: true)) Assert.True(store.Put(ChunkVerifier.Hash(default)));
        await using ChunkStore reader = await SampleStore.OpenAsync(Path, writable: false);
        SampleStore.AssertHolds(reader, BlobHash.Compute([]), []);
    }

    [Fact]
    public async Task The_same_chunks_put_by_many_threads_at_once_are_stored_once()
    {
        await using ChunkStore store = await SampleStore.OpenAsync(Path, writable: true);
        byte[][] contents = [.. Enumerable.Range(0, 50).Select(i => SpecRandom.Bytes((ulong)i, 100))];
        int stored = 0;
        using var barrier = new Barrier(8);
        Thread[] threads = [.. Enumerable.Range(0, 8).Select(_ => new Thread(() =>
        {
            foreach (byte[] content in contents)
            {
                barrier.SignalAndWait();
                if (store.Put(ChunkVerifier.Hash(content))) Interlocked.Increment(ref stored);
            }
        }))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        Assert.Equal(contents.Length, stored);
        Assert.Equal(contents.Length, store.Info.Chunks);
        Assert.Equal(0, store.Info.GarbageBytes);
        Assert.Equal(64 + (contents.Length * (64 + 104)), new FileInfo(SampleStore.Segment(Path)).Length);
    }

    [Theory]
    [InlineData(400)]
    public async Task Puts_reads_names_and_flushes_of_many_threads_leave_a_sound_store(int rounds)
    {
        using var sample = new ScratchFolder();
        var put = new System.Collections.Concurrent.ConcurrentDictionary<BlobHash, byte[]>();
        await using (ChunkStore store = await SampleStore.OpenAsync(sample["s"], writable: true))
        {
            await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
            {
                Random random = TestSeed.For($"stress {worker}");
                for (int i = 0; i < rounds; i++)
                {
                    byte[] content = SpecRandom.Bytes((ulong)random.Next(1000), random.Next(3000));
                    VerifiedChunk chunk = ChunkVerifier.Hash(content);
                    store.Put(chunk);
                    put[chunk.Hash] = content;
                    store.SetName($"n{random.Next(30)}", SmallRef.Create(chunk.Hash, (ulong)content.Length));
                    if (random.Next(20) == 0) await store.FlushAsync();
                    if (random.Next(10) == 0) store.RemoveName($"n{random.Next(30)}");
                    (BlobHash some, byte[] bytes) = put.ElementAt(random.Next(Math.Min(put.Count, 20)));
                    SampleStore.AssertHolds(store, some, bytes);
                }
            })));
        }
        await using ChunkStore reader = await SampleStore.OpenAsync(sample["s"], writable: false);
        Assert.Equal(put.Count, reader.Info.Chunks);
        Assert.Equal(0, reader.Info.GarbageBytes);
        foreach ((BlobHash hash, byte[] content) in put) SampleStore.AssertHolds(reader, hash, content);
        foreach (NameEntry entry in reader.ListNames()) Assert.True(reader.Contains(((SmallRef)entry.Ref).Hash));
        Assert.Empty(reader.FindDamagedFiles(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Asking_for_what_is_not_there_makes_and_touches_no_file()
    {
        using SampleStore sample = await SampleStore.MakeAsync(crashed: false);
        await using ChunkStore store = await SampleStore.OpenAsync(sample.Path, writable: false);
        // Were a file asked, it could not be found.
        Directory.Move(sample.Path, sample.Path + "-away");
        BlobHash unknown = BlobHash.Compute("nowhere"u8);
        Assert.False(store.Contains(unknown));
        Assert.Null(store.LengthOf(unknown));
        Assert.Null(store.Read(unknown));
        Assert.Null(await store.FetchAsync(unknown, 1, TestContext.Current.CancellationToken));
        Assert.False(Directory.Exists(sample.Path));
        Directory.Delete(sample.Path + "-away", recursive: true);
    }

    [Fact]
    public async Task A_writer_asked_for_the_unknown_changes_no_file()
    {
        using SampleStore sample = await SampleStore.MakeAsync(crashed: false);
        await using ChunkStore store = await SampleStore.OpenAsync(sample.Path, writable: true);
        Dictionary<string, (long, DateTime)> before = Snapshot(sample.Path);
        Assert.Null(store.Read(BlobHash.Compute("nowhere"u8)));
        Assert.False(store.Put(ChunkVerifier.Hash(sample.Chunks.Values.First())));
        Assert.Equal(before, Snapshot(sample.Path));
    }

    [Fact]
    public async Task Reading_a_store_changes_no_file()
    {
        foreach (bool crashed in (bool[])[false, true])
        {
            using SampleStore sample = await SampleStore.MakeAsync(crashed);
            File.AppendAllText(SampleStore.Segment(sample.Path), crashed ? "torn" : "");
            Dictionary<string, (long, DateTime)> before = Snapshot(sample.Path);
            await using (ChunkStore store = await SampleStore.OpenAsync(sample.Path, writable: false))
            {
                sample.AssertWhole(store);
                Assert.Empty(store.FindDamagedFiles(TestContext.Current.CancellationToken));
            }
            Assert.Equal(before, Snapshot(sample.Path));
        }
    }

    [Fact]
    public async Task A_store_that_is_not_there_is_not_found_and_not_made()
    {
        foreach (StoreOptions options in (StoreOptions[])
            [new() { Path = Path }, new() { Path = Path, Writable = true, CreateIfMissing = false }])
        {
            DatafortsException error = await Assert.ThrowsAsync<DatafortsException>(
                () => ChunkStore.OpenAsync(options, TestContext.Current.CancellationToken));
            Assert.Equal(ErrorKind.StoreNotFound, error.Kind);
            Assert.Contains(Path, error.Message, StringComparison.Ordinal);
            Assert.False(Directory.Exists(Path));
        }
        DatafortsException rebuild = await Assert.ThrowsAsync<DatafortsException>(
            () => ChunkStore.RebuildAsync(new StoreOptions { Path = Path }, TestContext.Current.CancellationToken));
        Assert.Equal(ErrorKind.StoreNotFound, rebuild.Kind);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task A_chunk_that_nobody_hashed_is_refused()
    {
        await using ChunkStore store = await SampleStore.OpenAsync(Path, writable: true);
        Assert.Throws<ArgumentException>(() => store.Put(default));
        Assert.Equal(0, store.Info.Chunks);
    }

    [Fact]
    public async Task A_chunk_may_have_16_MiB_and_not_a_byte_more()
    {
        byte[] largest = new byte[StoreLimits.MaxChunkBytes + 1];
        DatafortsException error = Assert.Throws<DatafortsException>(() => ChunkVerifier.Hash(largest));
        Assert.Equal(ErrorKind.LimitExceeded, error.Kind);
        Assert.Contains("MaxChunkBytes", error.Message, StringComparison.Ordinal);
        VerifiedChunk chunk = ChunkVerifier.Hash(largest.AsMemory(1));
        await using (ChunkStore store = await SampleStore.OpenAsync(Path, writable: true)) store.Put(chunk);
        await using ChunkStore reader = await SampleStore.OpenAsync(Path, writable: false);
        SampleStore.AssertHolds(reader, chunk.Hash, largest[1..]);
        IntegrityException tooLong = await Assert.ThrowsAsync<IntegrityException>(
            async () => await reader.FetchAsync(chunk.Hash, StoreLimits.MaxChunkBytes - 1, TestContext.Current.CancellationToken));
        Assert.Equal((ErrorKind.ChunkLength, chunk.Hash), (tooLong.Kind, tooLong.Hash));
    }

    [Fact]
    public async Task A_reader_takes_no_writes()
    {
        using SampleStore sample = await SampleStore.MakeAsync(crashed: false);
        await using ChunkStore store = await SampleStore.OpenAsync(sample.Path, writable: false);
        Assert.Equal(ErrorKind.ReadOnly, Assert.Throws<DatafortsException>(() => store.Put(ChunkVerifier.Hash("new"u8.ToArray()))).Kind);
        Assert.Equal(ErrorKind.ReadOnly, Assert.Throws<DatafortsException>(() => store.SetName("n", sample.Names["name-0"])).Kind);
        Assert.Equal(ErrorKind.ReadOnly, Assert.Throws<DatafortsException>(() => store.RemoveName("name-0")).Kind);
        sample.AssertWhole(store);
    }

    [Fact]
    public async Task Segments_end_where_they_should_and_all_are_found_again()
    {
        using SampleStore sample = await SampleStore.MakeAsync(crashed: false, rolls: 5);
        await using (ChunkStore writer = await SampleStore.OpenAsync(sample.Path, writable: true))
        {
            sample.AssertWhole(writer);
            Assert.Equal(7, writer.Info.Segments);
            // Longer than a segment: it gets one of its own.
            sample.Put(writer, SpecRandom.Bytes(5, 3 * SampleStore.SmallSegment));
            sample.Put(writer, [1]);
            Assert.Equal(9, writer.Info.Segments);
        }
        await using ChunkStore reader = await SampleStore.OpenAsync(sample.Path, writable: false);
        sample.AssertWhole(reader);
        Assert.Equal(9, reader.Info.Segments);
        string[] files = Directory.GetFiles(System.IO.Path.Combine(sample.Path, "log"));
        Assert.Equal(files.Sum(file => new FileInfo(file).Length), reader.Info.DiskBytes);
        Assert.All(files, file => Assert.True(new FileInfo(file).Length <= SampleStore.SmallSegment || file.Contains("08.", StringComparison.Ordinal)));
        Assert.Empty(reader.FindDamagedFiles(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(0)]
    [InlineData((64 * 1024) - 1)]
    [InlineData(StoreLimits.MaxSegmentBytes + 1)]
    public void A_segment_has_64_KiB_to_4_GiB(long bytes) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new StoreOptions { Path = Path, SegmentBytes = bytes });

    [Fact]
    public async Task A_closed_store_takes_nothing_and_opens_nothing()
    {
        ChunkStore store = await SampleStore.OpenAsync(Path, writable: true);
        store.Put(ChunkVerifier.Hash("a"u8.ToArray()));
        await store.DisposeAsync();
        await store.DisposeAsync();
        Assert.Throws<ObjectDisposedException>(() => store.Put(ChunkVerifier.Hash("b"u8.ToArray())));
        Assert.Throws<ObjectDisposedException>(() => store.Read(BlobHash.Compute("a"u8)));
        Assert.Throws<ObjectDisposedException>(() => store.FindName("n"));
        Assert.Throws<ObjectDisposedException>(() => store.SetName("n", SmallRef.Create(BlobHash.Compute("a"u8), 1)));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.FlushAsync(TestContext.Current.CancellationToken));
        await using ChunkStore reader = await SampleStore.OpenAsync(Path, writable: false);
        Assert.Equal(1, reader.Info.Chunks);
        Assert.Empty(reader.FindDamagedFiles(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Puts_that_race_the_close_are_in_or_refused_and_the_store_is_sound()
    {
        for (int round = 0; round < 20; round++)
        {
            string path = _folder[$"race{round}"];
            ChunkStore store = await SampleStore.OpenAsync(path, writable: true);
            int done = 0;
            Task putting = Task.Run(() =>
            {
                for (int i = 0; ; i++)
                {
                    store.Put(ChunkVerifier.Hash(BitConverter.GetBytes(i)));
                    Interlocked.Increment(ref done);
                }
            });
            SpinWait.SpinUntil(() => Volatile.Read(ref done) > round);
            await store.DisposeAsync();
            await Assert.ThrowsAsync<ObjectDisposedException>(() => putting);
            await using ChunkStore reader = await SampleStore.OpenAsync(path, writable: false);
            Assert.Equal(done, reader.Info.Chunks);
            Assert.Empty(reader.FindDamagedFiles(TestContext.Current.CancellationToken));
        }
    }

    private static Dictionary<string, (long, DateTime)> Snapshot(string path) =>
        Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).ToDictionary(f => f, f => (new FileInfo(f).Length, File.GetLastWriteTimeUtc(f)));
}
