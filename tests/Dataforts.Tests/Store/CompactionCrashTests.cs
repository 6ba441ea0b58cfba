using Dataforts.Content;
using Dataforts.Log;
using Dataforts.Store;
using Dataforts.Testing;

namespace Dataforts.Tests.Store;

/// <summary>A compaction that dies at every step it takes, and what is counted of what it leaves.</summary>
public sealed class CompactionCrashTests : IDisposable
{
    private static readonly CompactionOptions All = new() { MinGarbageRatio = 1e-6 };

    private readonly ScratchFolder _folder = new();
    private readonly VerifiedChunk[] _chunks = [.. Enumerable.Range(0, 30).Select(i => ChunkVerifier.Hash(SpecRandom.Bytes((ulong)i + 1, 6000)))];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Path => _folder["store"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Whatever_it_was_about_to_do_when_it_died_nothing_is_lost_or_back_and_the_next_one_ends_it()
    {
        var deaths = new List<string>();
        bool watched = false;
        var device = new WatchedDevice(call =>
        {
            // What a process leaves that is killed now is what lies in the files now.
            if (!watched || call.Deed is DeviceDeed.Read or DeviceDeed.Open or DeviceDeed.Close) return;
            string copy = _folder[$"death-{deaths.Count}"];
            ScratchFolder.Copy(Path, copy);
            deaths.Add(copy);
        });
        await using (ChunkStore store = await SampleStore.OpenAsync(SampleStore.OptionsOf(Path) with { Device = device, MinHintedBytes = 1000 }))
        {
            store.Put(_chunks, new bool[_chunks.Length]);
            store.SetName("kept", RefOf(20));
            store.SetName("gone", RefOf(1));
            store.Pin(RefOf(3));
            store.Remove([.. Gone.Select(i => _chunks[i].Hash)]);
            store.RemoveName("gone");
            await store.FlushAsync(Cancel);
            watched = true;
            await store.CompactAsync(All, cancellationToken: Cancel);
            watched = false;
            AssertTrue(store);
        }
        Assert.True(deaths.Count > 15, $"{deaths.Count} deaths");
        foreach (string path in deaths)
        {
            for (int round = 0; round < 4; round++)
            {
                // A reader, a writer that ends what was begun, and what both leave.
                await using ChunkStore store = await SampleStore.OpenAsync(SampleStore.OptionsOf(path, writable: round % 2 == 1));
                AssertTrue(store);
                if (round == 1) Assert.Equal(0, (await store.CompactAsync(All, cancellationToken: Cancel)).SkippedSegments);
                AssertTrue(store);
                if (round == 3) Assert.InRange(store.Info.DiskBytes, store.Info.LiveBytes, (long)(store.Info.LiveBytes * 1.1) + 4000);
                Assert.True(store.FindDamagedFiles(Cancel).Count == 0, $"{path}, round {round}: {string.Join('\n', store.DescribeDamage())}");
            }
            Directory.Delete(path, recursive: true);
        }
    }

    [Fact]
    public async Task Whatever_is_done_counts_and_garbage_are_what_a_look_at_every_record_says()
    {
        Random random = TestSeed.For(nameof(CompactionCrashTests));
        var there = new HashSet<int>();
        for (int round = 0; round < 12; round++)
        {
            StoreOptions options = SampleStore.OptionsOf(Path) with { MinHintedBytes = round % 2 == 0 ? 1000 : long.MaxValue };
            await using (ChunkStore store = await SampleStore.OpenAsync(options))
            {
                for (int step = 0; step < 60; step++)
                {
                    int[] some = [.. Enumerable.Range(0, random.Next(1, 8)).Select(_ => random.Next(_chunks.Length))];
                    switch (random.Next(8))
                    {
                        case < 4:
                            store.Put([.. some.Select(i => _chunks[i])], new bool[some.Length]);
                            there.UnionWith(some);
                            break;
                        case < 6:
                            store.Remove([.. some.Select(i => _chunks[i].Hash)]);
                            there.ExceptWith(some);
                            break;
                        case 6:
                            store.SetName($"name-{some[0] % 5}", RefOf(some[0]));
                            break;
                        default:
                            await store.CompactAsync(new CompactionOptions { MinGarbageRatio = 0.05 + (random.NextDouble() * 0.9) }, cancellationToken: Cancel);
                            break;
                    }
                }
                AssertCounts(store, there.Count, "now");
            }
            await using ChunkStore reader = await SampleStore.OpenAsync(Path, writable: false);
            AssertCounts(reader, there.Count, "after reopening");
        }
    }

    private static IEnumerable<int> Gone => Enumerable.Range(0, 30).Where(i => i % 4 == 1);

    private SmallRef RefOf(int chunk) => SmallRef.Create(_chunks[chunk].Hash, (ulong)_chunks[chunk].Bytes.Length);

    private void AssertTrue(ChunkStore store)
    {
        for (int i = 0; i < _chunks.Length; i++)
        {
            if (Gone.Contains(i)) Assert.False(store.Contains(_chunks[i].Hash), $"chunk {i} is back in {store.Path}");
            else SampleStore.AssertHolds(store, _chunks[i].Hash, _chunks[i].Bytes.ToArray());
        }
        Assert.Equal(["kept"], store.ListNames().Select(entry => entry.Name));
        Assert.Equal([RefOf(3)], store.ListPins().Select(pin => pin.Ref));
    }

    private void AssertCounts(ChunkStore store, int chunks, string when)
    {
        long stored = 0, disk = 0;
        string log = System.IO.Path.Combine(Path, "log");
        foreach (ulong id in SegmentFile.List(log))
        {
            SegmentLogOptions options = OptionsOf(log, store.Info.StoreId);
            using var segment = new SegmentFile(options, new OpenFiles(1), id);
            List<LogRecord> records = new SegmentScan(segment, segment.File.Length, 0, long.MaxValue).RecordsFrom(FileHeader.SizeBytes);
            stored += records.Where(record => record.Kind == RecordKind.Chunk).Sum(record => (long)record.Location.Length);
            disk += segment.File.Length;
        }
        StoreInfo info = store.Info;
        Assert.Equal((when, chunks, disk), (when, (int)info.Chunks, info.DiskBytes));
        Assert.Equal((when, chunks * 6000L, stored - (chunks * 6000L)), (when, info.LiveBytes, info.GarbageBytes));
    }

    private static SegmentLogOptions OptionsOf(string folder, Guid storeId) => new()
    {
        Folder = folder,
        StoreId = storeId,
        Checkpoint = Checkpoint.Empty(storeId),
        Writable = false,
        SegmentBytes = SampleStore.SmallSegment,
        Time = TimeProvider.System,
    };
}
