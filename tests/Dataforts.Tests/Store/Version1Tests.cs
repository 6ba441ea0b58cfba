using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Dataforts.Content;
using Dataforts.CrashChild;
using Dataforts.Log;
using Dataforts.Store;
using Dataforts.Testing;

namespace Dataforts.Tests.Store;

/// <summary>Stores that the program of format version 1 wrote: one was killed after 60 steps, the other recovered from that, given one more
/// name and closed in order.</summary>
public sealed class Version1Tests : IDisposable
{
    private const ulong Seed = 12;
    private const int Steps = 60;
    private static readonly byte[] Closed = Encoding.ASCII.GetBytes("hello\n");

    private readonly TempFolder _folder = new();
    private readonly HashSet<int> _chunks = [];
    private readonly Dictionary<string, BlobRef> _names = [];
    private readonly HashSet<BlobRef> _pins = [];

    public Version1Tests()
    {
        using FileStream file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Store", "Fixtures", "version1.tgz"));
        using var tar = new GZipStream(file, CompressionMode.Decompress);
        TarFile.ExtractToDirectory(tar, _folder.Path, overwriteFiles: false);
        for (int step = 0; step < Steps; step++) Take(WorkloadV1.At(Seed, step));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("v1clean", true)]
    [InlineData("v1clean", false)]
    [InlineData("v1killed", true)]
    [InlineData("v1killed", false)]
    public async Task A_store_of_version_1_is_read_written_and_compacted(string name, bool readFirst)
    {
        string path = _folder[name];
        Assert.Equal(1u, BitConverter.ToUInt32(File.ReadAllBytes(SampleStore.Segment(path)), 8));
        if (readFirst) await CheckAsync(path, name, more: 0);
        await using (ChunkStore writer = await SampleStore.OpenAsync(path, writable: true))
        {
            bool[] isNew = new bool[2];
            writer.Put([MoreOf(0), MoreOf(0)], isNew);
            Assert.Equal([true, false], isNew);
            await writer.FlushAsync(Cancel);
            writer.Put(MoreOf(1));
        }
        await CheckAsync(path, name, more: 2);

        await using (ChunkStore writer = await SampleStore.OpenAsync(SampleStore.OptionsOf(path) with { MinHintedBytes = 4096 }))
        {
            BlobHash gone = BlobHash.Compute(WorkloadV1.Content(_chunks.First()));
            _chunks.RemoveWhere(chunk => BlobHash.Compute(WorkloadV1.Content(chunk)) == gone);
            Assert.Equal(1, writer.Remove([gone]));
            CompactionProgress done = await writer.CompactAsync(new CompactionOptions { MinGarbageRatio = 1e-6 }, cancellationToken: Cancel);
            Assert.NotEqual(0, done.Segments);
            Assert.Equal(0, done.SkippedSegments);
        }
        await CheckAsync(path, name, more: 2);
        await ChunkStore.RebuildAsync(SampleStore.OptionsOf(path), Cancel);
        await CheckAsync(path, name, more: 2);
    }

    [Fact]
    public async Task A_record_kind_that_version_1_did_not_know_is_written_all_the_same()
    {
        string path = _folder["v1clean"];
        await using ChunkStore writer = await SampleStore.OpenAsync(path, writable: true);
        writer.Put(MoreOf(0));
        await writer.FlushAsync(Cancel);
        writer.Put(MoreOf(1));
        Assert.Contains(LastSegmentRecords(path), record => record.Kind == RecordKind.Flushed);
    }

    private static VerifiedChunk MoreOf(int number) => ChunkVerifier.Hash(SpecRandom.Bytes(90_000 + (ulong)number, 700));

    private static List<LogRecord> LastSegmentRecords(string path)
    {
        ulong last = SegmentFile.List(Path.Combine(path, "log"))[^1];
        Guid id = StoreHeader.Load(StorageDevice.System, path).StoreId;
        var options = new SegmentLogOptions
        {
            Folder = Path.Combine(path, "log"),
            StoreId = id,
            Checkpoint = Checkpoint.Empty(id),
            Writable = false,
            SegmentBytes = SampleStore.SmallSegment,
            Time = TimeProvider.System,
        };
        using var segment = new SegmentFile(options, new OpenFiles(1), last);
        return new SegmentScan(segment, segment.File.Length, 0, long.MaxValue).RecordsFrom(FileHeader.SizeBytes);
    }

    private async Task CheckAsync(string path, string name, int more)
    {
        await using ChunkStore store = await SampleStore.OpenAsync(path, writable: false);
        HashSet<BlobHash> expected = [];
        foreach (byte[] content in _chunks.Select(WorkloadV1.Content))
        {
            SampleStore.AssertHolds(store, BlobHash.Compute(content), content);
            expected.Add(BlobHash.Compute(content));
        }
        for (int i = 0; i < more; i++) expected.Add(MoreOf(i).Hash);
        if (name == "v1clean") expected.Add(BlobHash.Compute(Closed));
        Assert.Equal(expected.Order(), store.Enumerate().Select(entry => entry.Key).Order());
        foreach (BlobHash hash in expected) store.Read(hash)!.Dispose();

        Dictionary<string, BlobRef> names = new(_names);
        if (name == "v1clean") names["closed"] = SmallRef.Create(BlobHash.Compute(Closed), (ulong)Closed.Length);
        Assert.Equal(names.OrderBy(n => n.Key, StringComparer.Ordinal), store.ListNames().ToDictionary(n => n.Name, n => n.Ref));
        Assert.Equal(_pins.Count, store.ListPins().Count);
        Assert.Subset(_pins, store.ListPins().Select(pin => pin.Ref).ToHashSet());
        Assert.True(store.FindDamagedFiles(Cancel).Count == 0, string.Join('\n', store.DescribeDamage()));
    }

    private void Take(WorkloadV1.Step step)
    {
        switch (step.Deed)
        {
            case WorkloadV1.Deed.Put:
                _chunks.Add(step.Chunk);
                break;
            case WorkloadV1.Deed.SetName:
                _names[step.Name] = WorkloadV1.RefOf(step.Chunk);
                break;
            case WorkloadV1.Deed.RemoveName:
                _names.Remove(step.Name);
                break;
            case WorkloadV1.Deed.Pin:
                _pins.Add(WorkloadV1.RefOf(step.Chunk));
                break;
        }
    }
}
