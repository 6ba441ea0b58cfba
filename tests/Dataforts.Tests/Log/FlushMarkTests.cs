using Dataforts.Content;
using Dataforts.Log;
using Dataforts.Store;
using Dataforts.Testing;
using Dataforts.Tests.Store;
using Microsoft.Extensions.Time.Testing;

namespace Dataforts.Tests.Log;

/// <summary>What the log says of itself: how far it had reached the device, and what a device refused.</summary>
public sealed class FlushMarkTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly VerifiedChunk[] _chunks = [.. Enumerable.Range(0, 8).Select(i => ChunkVerifier.Hash(SpecRandom.Bytes((ulong)i + 1, 20_000)))];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Path => _folder["store"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_flushed_and_rots_before_the_power_goes_is_damage_and_is_not_given_up(bool inHeader)
    {
        // No second passes, so no checkpoint speaks of any of this: only the mark behind the flushed chunks does.
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(50));
        string crashed = _folder["crashed"];
        await using (ChunkStore store = await SampleStore.OpenAsync(SampleStore.OptionsOf(Path) with { Time = time }))
        {
            store.Put(_chunks.AsSpan(0, 2), new bool[2]);
            await store.FlushAsync(Cancel);
            store.Put(_chunks[2]);
            ScratchFolder.Copy(Path, crashed);
        }
        SampleStore.LosePower(crashed);
        string segment = SampleStore.Segment(crashed);
        LogRecord[] records = [.. SegmentRecoveryTests.RecordsOf(crashed)];
        byte[] bytes = File.ReadAllBytes(segment);
        bytes[inHeader ? records[0].Start + 20 : records[0].Location.Offset + 20] ^= 1;
        // The last one was not flushed: that it is torn is what a loss of power does.
        bytes[records[2].Location.Offset + 20] ^= 1;
        File.WriteAllBytes(segment, bytes);
        for (int round = 0; round < 3; round++)
        {
            await using ChunkStore store = await SampleStore.OpenAsync(crashed, writable: round == 1);
            SampleStore.AssertHolds(store, _chunks[1].Hash, _chunks[1].Bytes.ToArray());
            Assert.Null(store.Read(_chunks[2].Hash));
            if (inHeader)
            {
                Assert.Equal([segment], store.FindDamagedFiles(Cancel));
                Assert.Null(store.Read(_chunks[0].Hash));
            }
            else Assert.Equal(_chunks[0].Hash, Assert.Throws<IntegrityException>(() => store.Read(_chunks[0].Hash)).Hash);
        }
    }

    [Fact]
    public async Task A_mark_comes_once_after_a_flush_and_says_how_far_that_reached()
    {
        await using ChunkStore store = await SampleStore.OpenAsync(Path, writable: true);
        store.Put(_chunks[0]);
        await store.FlushAsync(Cancel);
        long reached = new FileInfo(SampleStore.Segment(Path)).Length;
        await store.FlushAsync(Cancel);
        store.Put(_chunks[1]);
        store.Put(_chunks[2]);
        LogRecord[] records = AllRecords(1);
        Assert.Equal([RecordKind.Chunk, RecordKind.Flushed, RecordKind.Chunk, RecordKind.Chunk], records.Select(record => record.Kind));
        Assert.Equal(new FlushMark(1, reached), FlushMark.Of(records[1].Hash));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(6)]
    public async Task What_a_device_refuses_is_written_anew_and_the_latest_counts(int puts)
    {
        // Refused is the flush of the first segment that is not on the device; with six chunks there are two of them, and the name in the
        // second one must stay the later.
        int refused = 0;
        var device = new WatchedDevice(call =>
        {
            if (call is { Deed: DeviceDeed.Flush, IsSegment: true } && Interlocked.CompareExchange(ref refused, 2, 1) == 1) throw new IOException("refused");
        });
        await using (ChunkStore store = await SampleStore.OpenAsync(SampleStore.OptionsOf(Path) with { Device = device }))
        {
            store.SetName("name", RefOf(0));
            for (int i = 0; i < puts; i++) store.Put(_chunks[i]);
            store.Remove([_chunks[0].Hash]);
            store.SetName("name", RefOf(1));
            Volatile.Write(ref refused, 1);
            DatafortsException error = await Assert.ThrowsAsync<DatafortsException>(() => store.FlushAsync(Cancel));
            Assert.Equal(ErrorKind.Io, error.Kind);
            Assert.Contains(SampleStore.Segment(Path), error.Message, StringComparison.Ordinal);
            Assert.Equal([error.Message], store.DescribeRefusals());
            AssertTrue(store, puts);
            await store.FlushAsync(Cancel);
            ScratchFolder.Copy(Path, _folder["killed"]);
            ScratchFolder.Copy(Path, _folder["lost"]);
            AssertTrue(store, puts);
        }
        SampleStore.LosePower(_folder["lost"]);
        foreach (string path in (string[])[Path, _folder["killed"], _folder["lost"]])
        {
            for (int round = 0; round < 3; round++)
            {
                await using ChunkStore store = await SampleStore.OpenAsync(path, writable: round == 1);
                AssertTrue(store, puts);
                Assert.True(store.FindDamagedFiles(Cancel).Count == 0, $"{path}, round {round}: {string.Join('\n', store.DescribeDamage())}");
            }
        }
    }

    private SmallRef RefOf(int chunk) => SmallRef.Create(_chunks[chunk].Hash, (ulong)_chunks[chunk].Bytes.Length);

    private void AssertTrue(ChunkStore store, int puts)
    {
        Assert.Equal((puts - 1, 20_000), (store.Info.Chunks, store.Info.GarbageBytes));
        Assert.Null(store.Read(_chunks[0].Hash));
        for (int i = 1; i < puts; i++) SampleStore.AssertHolds(store, _chunks[i].Hash, _chunks[i].Bytes.ToArray());
        Assert.Equal(RefOf(1), store.FindName("name")?.Ref);
    }

    private LogRecord[] AllRecords(ulong id)
    {
        Guid store = StoreHeader.Load(StorageDevice.System, Path).StoreId;
        var options = new SegmentLogOptions
        {
            Folder = System.IO.Path.Combine(Path, "log"),
            StoreId = store,
            Checkpoint = Checkpoint.Empty(store),
            Writable = false,
            SegmentBytes = SampleStore.SmallSegment,
            Time = TimeProvider.System,
        };
        using var segment = new SegmentFile(options, new OpenFiles(1), id);
        return [.. new SegmentScan(segment, segment.File.Length, 0, long.MaxValue).RecordsFrom(FileHeader.SizeBytes)];
    }
}
