using Dataforts.Store;
using Dataforts.Testing;
using Dataforts.Tests.Store;

namespace Dataforts.Tests.Log;

/// <summary>However many segments there are, few are open.</summary>
public sealed class DescriptorTests : IDisposable
{
    private const int Segments = 300;
    private const int Readers = 8;

    private readonly ScratchFolder _folder = new();
    private readonly VerifiedChunk[] _chunks = [.. Enumerable.Range(0, Segments).Select(i => ChunkVerifier.Hash(SpecRandom.Bytes((ulong)i + 1, 60_000)))];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public async Task Reads_of_many_segments_by_many_threads_keep_few_files_open(int limit)
    {
        StoreOptions options = SampleStore.OptionsOf(_folder["store"]) with { MaxOpenFiles = limit };
        await using (ChunkStore store = await SampleStore.OpenAsync(options))
        {
            store.Put(_chunks, new bool[Segments]);
            Assert.Equal(Segments, store.Info.Segments);
            // What is not on the device yet stays open.
            await store.FlushAsync(TestContext.Current.CancellationToken);
            await ReadAsync(store, limit);
        }
        await using ChunkStore reader = await SampleStore.OpenAsync(options with { Writable = false });
        await ReadAsync(reader, limit);
    }

    [Fact]
    public async Task With_room_for_one_a_file_that_came_to_rest_is_opened_again()
    {
        StoreOptions options = SampleStore.OptionsOf(_folder["store"]) with { MaxOpenFiles = 1 };
        await using (ChunkStore store = await SampleStore.OpenAsync(options)) store.Put(_chunks[0]);
        await using ChunkStore reader = await SampleStore.OpenAsync(options with { Writable = false });
        Task reading = Task.Run(() => SampleStore.AssertHolds(reader, _chunks[0].Hash, _chunks[0].Bytes.ToArray()), TestContext.Current.CancellationToken);
        await reading.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(WatchedDeed.Write)]
    [InlineData(WatchedDeed.Flush)]
    public async Task A_file_closed_to_make_room_while_it_is_written_or_flushed_is_opened_again(WatchedDeed when)
    {
        ChunkStore? store = null;
        bool watched = false;
        var device = new WatchedDevice(call =>
        {
            if (!watched || call.Deed != when || !call.IsSegment) return;
            watched = false;
            // Opening two others leaves no room for this one.
            foreach (VerifiedChunk chunk in _chunks[..2]) SampleStore.AssertHolds(store!, chunk.Hash, chunk.Bytes.ToArray());
        });
        await using (store = await SampleStore.OpenAsync(SampleStore.OptionsOf(_folder["store"]) with { Device = device, MaxOpenFiles = 1 }))
        {
            store.Put(_chunks.AsSpan(0, 3), new bool[3]);
            watched = when == WatchedDeed.Write;
            store.Put(ChunkVerifier.Hash(new byte[100]));
            watched = when == WatchedDeed.Flush;
            await store.FlushAsync(TestContext.Current.CancellationToken);
            Assert.False(watched);
        }
        await using ChunkStore reader = await SampleStore.OpenAsync(_folder["store"], writable: false);
        Assert.Equal(4, reader.Info.Chunks);
        Assert.Empty(reader.FindDamagedFiles(TestContext.Current.CancellationToken));
    }

    private async Task ReadAsync(ChunkStore store, int limit)
    {
        int most = 0;
        await Task.WhenAll(Enumerable.Range(0, Readers).Select(thread => Task.Run(() =>
        {
            Random random = TestSeed.For($"descriptors {thread}");
            for (int i = 0; i < 400; i++)
            {
                // Some come back to the same ones, so that there is something to spare.
                VerifiedChunk chunk = _chunks[i % 3 == 0 ? random.Next(4) : random.Next(Segments)];
                SampleStore.AssertHolds(store, chunk.Hash, chunk.Bytes.ToArray());
                if (i % 20 == 0) InterlockedMax(ref most, OpenFiles());
            }
        })));
        // Besides those that are kept each thread may be opening one and closing one.
        if (OperatingSystem.IsLinux()) Assert.InRange(most, 1, limit + (2 * Readers));
    }

    private int OpenFiles()
    {
        if (!OperatingSystem.IsLinux()) return 0;
        int count = 0;
        foreach (string link in Directory.GetFiles("/proc/self/fd"))
        {
            // It may be closed by now.
            string? target = File.Exists(link) ? new FileInfo(link).LinkTarget : null;
            if (target?.StartsWith(_folder.Path, StringComparison.Ordinal) == true && target.EndsWith(".segment", StringComparison.Ordinal)) count++;
        }
        return count;
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (int seen = Volatile.Read(ref most); value > seen;)
        {
            int before = Interlocked.CompareExchange(ref most, value, seen);
            if (before == seen) return;
            seen = before;
        }
    }
}
