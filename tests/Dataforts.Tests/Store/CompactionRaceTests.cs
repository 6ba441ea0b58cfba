using Dataforts.Content;
using Dataforts.Log;
using Dataforts.Store;
using Dataforts.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Dataforts.Tests.Store;

/// <summary>What happens to a store in the middle of a compaction: to what is being copied, to readers here and in other processes, to its end.</summary>
public sealed class CompactionRaceTests : IDisposable
{
    private static readonly CompactionOptions All = new() { MinGarbageRatio = 1e-6 };

    private readonly ScratchFolder _folder = new();
    private readonly VerifiedChunk[] _chunks = [.. Enumerable.Range(0, 40).Select(i => ChunkVerifier.Hash(SpecRandom.Bytes((ulong)i + 1, 6000)))];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Path => _folder["store"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_chunk_removed_while_it_is_copied_stays_removed()
    {
        bool watched = false;
        ChunkStore? store = null;
        var device = new WatchedDevice(call =>
        {
            // The first payload that compaction reads back is that of chunk 1.
            if (!watched || call is not { Deed: WatchedDeed.Read, IsSegment: true, Bytes: 6000 }) return;
            watched = false;
            Assert.Equal(1, store!.Remove([_chunks[1].Hash]));
        });
        await using (store = await OpenAsync(device))
        {
            store.Put(_chunks, new bool[_chunks.Length]);
            store.Remove([_chunks[0].Hash]);
            watched = true;
            await store.CompactAsync(All, cancellationToken: Cancel);
            Assert.False(watched);
            AssertHas(store, 2);
        }
        await using ChunkStore again = await SampleStore.OpenAsync(Path, writable: true);
        AssertHas(again, 2);
    }

    [Fact]
    public async Task A_read_under_way_when_its_segment_goes_finds_the_copy()
    {
        bool watched = false;
        ChunkStore? store = null;
        var device = new WatchedDevice(call =>
        {
            if (!watched || call is not { Deed: WatchedDeed.Read, IsSegment: true, Bytes: 6000 }) return;
            watched = false;
            // blocking: a device is asked synchronously, and the compaction is to end before the read goes on
            store!.CompactAsync(All, cancellationToken: Cancel).GetAwaiter().GetResult();
        });
        await using (store = await OpenAsync(device))
        {
            store.Put(_chunks, new bool[_chunks.Length]);
            store.Remove([_chunks[0].Hash]);
            watched = true;
            SampleStore.AssertHolds(store, _chunks[1].Hash, _chunks[1].Bytes.ToArray());
            Assert.False(watched);
        }
    }

    [Theory]
    [InlineData(WatchedDeed.Open, ".segment", false)]
    [InlineData(WatchedDeed.Read, ".segment", false)]
    [InlineData(WatchedDeed.Close, "checkpoint", false)]
    [InlineData(WatchedDeed.Open, ".segment", true)]
    [InlineData(WatchedDeed.Open, ".hint", true)]
    [InlineData(WatchedDeed.Close, "checkpoint", true)]
    public async Task A_store_compacted_while_a_reader_opens_it_is_seen_whole(WatchedDeed when, string what, bool hints)
    {
        // Hints are written when the store is closed.
        await using (ChunkStore first = await OpenAsync(StorageDevice.System, hints)) await FillAsync(first);
        await using ChunkStore writer = await OpenAsync(StorageDevice.System, hints);
        bool watched = true;
        var device = new WatchedDevice(call =>
        {
            if (!watched || call.Deed != when || !call.Path.EndsWith(what, StringComparison.Ordinal)) return;
            watched = false;
            // blocking: as above, before the reader goes on opening
            Assert.NotEqual(0, writer.CompactAsync(All, cancellationToken: Cancel).GetAwaiter().GetResult().Segments);
        });
        await using ChunkStore reader = await SampleStore.OpenAsync(SampleStore.OptionsOf(Path, writable: false) with { Device = device });
        Assert.False(watched);
        AssertHas(reader, 1);
        Assert.Equal(_chunks[3].Hash, ((SmallRef)reader.FindName("name")!.Ref).Hash);
        Assert.True(reader.FindDamagedFiles(Cancel).Count == 0, string.Join('\n', reader.DescribeDamage()));
    }

    [Fact]
    public async Task A_reader_under_whom_segments_go_finds_all_and_no_damage()
    {
        await using ChunkStore writer = await OpenAsync(StorageDevice.System, hints: true);
        await FillAsync(writer);
        await using ChunkStore names = await SampleStore.OpenAsync(Path, writable: false);
        await using ChunkStore chunks = await SampleStore.OpenAsync(Path, writable: false);
        await using ChunkStore damage = await SampleStore.OpenAsync(Path, writable: false);
        // The writer's index is ahead of the reader's view, so the reader makes its own.
        writer.SetName("later", RefOf(_chunks[4]));
        Assert.Null(names.FindName("later"));
        Assert.NotNull(names.FindName("old"));
        writer.RemoveName("old");
        writer.Remove([_chunks[2].Hash]);
        await writer.CompactAsync(All, cancellationToken: Cancel);

        damage.DropCache();
        Assert.True(damage.FindDamagedFiles(Cancel).Count == 0, string.Join('\n', damage.FindDamagedFiles(Cancel)));
        AssertHas(chunks, 1, except: 2);
        // One who has looked at the chunks as they are now knows the names as they are now: chunk 2 and its name went together.
        AssertHas(names, 1, except: 2);
        Assert.Equal(["later", "name"], names.ListNames().Select(entry => entry.Name));
    }

    [Fact]
    public async Task Closing_ends_a_compaction_first()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(50));
        ChunkStore store = await SampleStore.OpenAsync(SampleStore.OptionsOf(Path) with { Time = time });
        store.Put(_chunks, new bool[_chunks.Length]);
        store.Remove([.. _chunks.Where((_, i) => i % 2 == 0).Select(chunk => chunk.Hash)]);
        Task<CompactionProgress> compaction = store.CompactAsync(All with { BytesPerSecond = 1 }, cancellationToken: Cancel);
        Task<CompactionProgress> second = store.CompactAsync(All, cancellationToken: Cancel);
        await store.DisposeAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => compaction.WaitAsync(TimeSpan.FromSeconds(30), Cancel));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.WaitAsync(TimeSpan.FromSeconds(30), Cancel));
        await using ChunkStore again = await SampleStore.OpenAsync(Path, writable: false);
        Assert.Equal(_chunks.Length / 2, again.Info.Chunks);
        Assert.Empty(again.FindDamagedFiles(Cancel));
        for (int i = 1; i < _chunks.Length; i += 2) SampleStore.AssertHolds(again, _chunks[i].Hash, _chunks[i].Bytes.ToArray());
    }

    [Fact]
    public async Task A_segments_number_is_never_given_twice()
    {
        await using (ChunkStore store = await OpenAsync(StorageDevice.System))
        {
            store.Put(_chunks, new bool[_chunks.Length]);
            store.Remove([.. _chunks.Select(chunk => chunk.Hash)]);
            await store.CompactAsync(All, cancellationToken: Cancel);
        }
        ulong highest = SegmentFile.List(System.IO.Path.Combine(Path, "log"))[^1];
        Assert.True(highest > 4);
        await using ChunkStore again = await SampleStore.OpenAsync(Path, writable: true);
        Assert.Equal(0, again.Info.Chunks);
        again.Put(_chunks[0]);
        Assert.Equal(highest, SegmentFile.List(System.IO.Path.Combine(Path, "log"))[^1]);
    }

    private static SmallRef RefOf(VerifiedChunk chunk) => SmallRef.Create(chunk.Hash, (ulong)chunk.Bytes.Length);

    private async Task FillAsync(ChunkStore writer)
    {
        writer.Put(_chunks, new bool[_chunks.Length]);
        writer.SetName("old", RefOf(_chunks[2]));
        writer.SetName("name", RefOf(_chunks[3]));
        await writer.FlushAsync(Cancel);
        writer.Remove([_chunks[0].Hash]);
    }

    // All from the first one on, but for one.
    private void AssertHas(ChunkStore store, int first, int except = -1)
    {
        for (int i = 0; i < _chunks.Length; i++)
        {
            if (i >= first && i != except) SampleStore.AssertHolds(store, _chunks[i].Hash, _chunks[i].Bytes.ToArray());
            else Assert.Null(store.Read(_chunks[i].Hash));
        }
    }

    private Task<ChunkStore> OpenAsync(StorageDevice device, bool hints = false) =>
        SampleStore.OpenAsync(SampleStore.OptionsOf(Path) with { Device = device, MinHintedBytes = hints ? 1000 : long.MaxValue });
}
