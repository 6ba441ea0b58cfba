using Dataforts.Store;
using Dataforts.Testing;
using Dataforts.Tests.Store;

namespace Dataforts.Tests.Log;

/// <summary>Hint files make opening short, and are never believed when they are not about what is there.</summary>
public sealed class HintTests : IDisposable
{
    private const int Count = 60;

    private readonly ScratchFolder _folder = new();
    private readonly VerifiedChunk[] _chunks = [.. Enumerable.Range(0, Count).Select(i => ChunkVerifier.Hash(SpecRandom.Bytes((ulong)i + 1, 5000)))];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Path => _folder["store"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Opening_reads_of_hinted_segments_no_more_than_their_file_headers()
    {
        await FillAsync(Path, Count);
        Assert.True(Hints(Path).Length >= 4);
        var reads = new List<DeviceCall>();
        var device = new WatchedDevice(call =>
        {
            if (call is { Deed: DeviceDeed.Read, IsSegment: true }) lock (reads) reads.Add(call);
        });
        foreach (bool writable in (bool[])[false, true])
        {
            await using ChunkStore store = await SampleStore.OpenAsync(SampleStore.OptionsOf(Path, writable) with { Device = device });
            lock (reads)
            {
                Assert.NotEmpty(reads);
                Assert.All(reads, call => Assert.Equal((0L, 64L), (call.Offset, call.Bytes)));
                reads.Clear();
            }
            AssertHas(store, Count);
            lock (reads) reads.Clear();
        }
    }

    [Fact]
    public async Task A_hint_of_a_later_state_is_not_believed_and_one_of_an_earlier_is_as_far_as_it_goes()
    {
        await FillAsync(Path, 8);
        string early = _folder["early"];
        ScratchFolder.Copy(Path, early);
        await FillAsync(Path, 11);
        string[] names = [.. Hints(Path).Select(System.IO.Path.GetFileName)!];
        byte[] first = File.ReadAllBytes(SampleStore.Hint(early)), later = File.ReadAllBytes(SampleStore.Hint(Path));
        Assert.NotEqual(first, later);

        File.WriteAllBytes(SampleStore.Hint(early), later);
        foreach (bool writable in (bool[])[false, true, false])
        {
            await using ChunkStore store = await SampleStore.OpenAsync(SampleStore.OptionsOf(early, writable) with { MinHintedBytes = 1000 });
            AssertHas(store, 8);
            Assert.Empty(store.FindDamagedFiles(Cancel));
        }
        Assert.Equal(8, HintedChunks(early));

        File.WriteAllBytes(SampleStore.Hint(Path), first);
        foreach (bool writable in (bool[])[false, true, false])
        {
            await using ChunkStore store = await SampleStore.OpenAsync(SampleStore.OptionsOf(Path, writable) with { MinHintedBytes = 1000 });
            AssertHas(store, 11);
            Assert.Empty(store.FindDamagedFiles(Cancel));
        }
        Assert.Equal(11, HintedChunks(Path));
        Assert.Single(names);
    }

    [Fact]
    public async Task The_hint_of_another_store_or_segment_is_named_and_replaced()
    {
        await FillAsync(Path, Count);
        await FillAsync(_folder["other"], Count);
        foreach (string origin in (string[])[SampleStore.Hint(_folder["other"]), SampleStore.Hint(Path, 2)])
        {
            string copy = _folder["copy"];
            ScratchFolder.Copy(Path, copy);
            File.Copy(origin, SampleStore.Hint(copy), overwrite: true);
            for (int round = 0; round < 3; round++)
            {
                await using ChunkStore store = await SampleStore.OpenAsync(SampleStore.OptionsOf(copy, round == 1) with { MinHintedBytes = 1000 });
                AssertHas(store, Count);
                string[] named = round == 2 ? [] : [SampleStore.Hint(copy)];
                Assert.Equal(named, store.FindDamagedFiles(Cancel));
            }
            Assert.True(File.Exists(SampleStore.Hint(copy)));
        }
    }

    [Fact]
    public async Task A_hint_that_a_writer_removes_while_a_reader_comes_is_no_damage()
    {
        await FillAsync(Path, Count);
        int removed = 0;
        var device = new WatchedDevice(call =>
        {
            if (call is not { Deed: DeviceDeed.Open, IsHint: true }) return;
            File.Delete(call.Path);
            removed++;
        });
        await using ChunkStore reader = await SampleStore.OpenAsync(SampleStore.OptionsOf(Path, writable: false) with { Device = device });
        Assert.True(removed >= 4);
        AssertHas(reader, Count);
        Assert.Empty(reader.FindDamagedFiles(Cancel));
    }

    [Fact]
    public async Task What_a_killed_writer_left_of_hints_goes_when_the_next_one_comes_and_nothing_else_does()
    {
        await FillAsync(Path, Count);
        string log = System.IO.Path.Combine(Path, "log");
        string[] stray = [SampleStore.Hint(Path, 99), SampleStore.Hint(Path) + ".new"];
        string[] foreign = [System.IO.Path.Combine(log, "note.hint"), System.IO.Path.Combine(log, "0000000000000099.hint.mine")];
        foreach (string path in (string[])[.. stray, .. foreign]) File.WriteAllText(path, "left over");
        await using (ChunkStore reader = await SampleStore.OpenAsync(Path, writable: false)) Assert.All(stray, path => Assert.True(File.Exists(path)));
        await using ChunkStore writer = await SampleStore.OpenAsync(Path, writable: true);
        Assert.All(stray, path => Assert.False(File.Exists(path)));
        Assert.All(foreign, path => Assert.True(File.Exists(path)));
        AssertHas(writer, Count);
    }

    [Fact]
    public async Task A_removal_and_a_second_put_in_one_hinted_segment_leave_what_came_last()
    {
        await using (ChunkStore store = await SampleStore.OpenAsync(SampleStore.OptionsOf(Path) with { MinHintedBytes = 100 }))
        {
            store.Put(_chunks.AsSpan(0, 4), new bool[4]);
            store.Remove([_chunks[0].Hash, _chunks[1].Hash]);
            store.Put(_chunks[1]);
            store.Remove([_chunks[2].Hash]);
            store.Put(_chunks[2]);
            store.Remove([_chunks[2].Hash]);
        }
        Assert.Single(Hints(Path));
        foreach (bool hinted in (bool[])[true, false])
        {
            if (!hinted) File.Delete(SampleStore.Hint(Path));
            await using ChunkStore store = await SampleStore.OpenAsync(Path, writable: false);
            Assert.Equal([false, true, false, true], _chunks.Take(4).Select(chunk => store.Contains(chunk.Hash)));
            Assert.Equal(2, store.Info.Chunks);
            Assert.Equal(10_000, store.Info.LiveBytes);
            Assert.Equal(20_000, store.Info.GarbageBytes);
        }
    }

    private static string[] Hints(string path) => Directory.GetFiles(System.IO.Path.Combine(path, "log"), "*.hint");

    private static int HintedChunks(string path)
    {
        using Dataforts.Log.StorageFile file = Dataforts.Log.StorageDevice.System.Open(SampleStore.Hint(path), writable: false);
        Guid id = StoreHeader.Load(Dataforts.Log.StorageDevice.System, path).StoreId;
        return Dataforts.Log.HintFile.Open(file, path, id, 1).ChunkCount;
    }

    private async Task FillAsync(string path, int count)
    {
        await using ChunkStore store = await SampleStore.OpenAsync(SampleStore.OptionsOf(path) with { MinHintedBytes = 1000 });
        store.Put(_chunks.AsSpan(0, count), new bool[count]);
    }

    private void AssertHas(ChunkStore store, int count)
    {
        Assert.Equal(count, store.Info.Chunks);
        for (int i = 0; i < count; i++) SampleStore.AssertHolds(store, _chunks[i].Hash, _chunks[i].Bytes.ToArray());
    }
}
