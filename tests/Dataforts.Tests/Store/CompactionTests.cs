using Dataforts.Content;
using Dataforts.Log;
using Dataforts.Store;
using Dataforts.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Dataforts.Tests.Store;

/// <summary>Compaction gives back what is of no use, keeps all that is, and may end anywhere.</summary>
public sealed class CompactionTests : IDisposable
{
    private static readonly CompactionOptions All = new() { MinGarbageRatio = 1e-6 };

    private readonly ScratchFolder _folder = new();
    private readonly VerifiedChunk[] _chunks = [.. Enumerable.Range(0, 60).Select(i => ChunkVerifier.Hash(SpecRandom.Bytes((ulong)i + 1, 4000 + i)))];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Path => _folder["store"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_segment_with_the_largest_share_of_garbage_goes_first()
    {
        SegmentUsage[] segments = [Usage(1, 40), Usage(2, 70), Usage(3, 90, isSealed: false), Usage(4, 99, isDamaged: true), Usage(5, 70), Usage(6, 0)];
        Assert.Equal(2ul, CompactionPolicy.Next(segments, new HashSet<ulong>(), 0.5)?.Id);
        Assert.Equal(5ul, CompactionPolicy.Next(segments, new HashSet<ulong> { 2 }, 0.5)?.Id);
        Assert.Null(CompactionPolicy.Next(segments, new HashSet<ulong> { 2, 5 }, 0.5));
        Assert.Equal(1ul, CompactionPolicy.Next(segments, new HashSet<ulong> { 2, 5 }, 0.4)?.Id);
        Assert.Null(CompactionPolicy.Next(segments, new HashSet<ulong> { 1, 2, 5 }, double.Epsilon));
        Assert.Null(CompactionPolicy.Next([], new HashSet<ulong>(), 0.5));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void A_share_of_garbage_is_above_0_and_at_most_1(double ratio) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new CompactionOptions { MinGarbageRatio = ratio });

    [Fact]
    public async Task Segments_with_less_garbage_than_asked_for_stay()
    {
        await using ChunkStore store = await SampleStore.OpenAsync(Path, writable: true);
        store.Put(_chunks, new bool[_chunks.Length]);
        store.Remove([_chunks[0].Hash]);
        Assert.Equal(new CompactionProgress(0, 0, 0, 0), await store.CompactAsync(new CompactionOptions { MinGarbageRatio = 0.5 }, cancellationToken: Cancel));
        long before = store.Info.DiskBytes;
        var told = new List<CompactionProgress>();
        CompactionProgress done = await store.CompactAsync(All, new Listener(told), Cancel);
        Assert.Equal(1, done.Segments);
        Assert.Equal([done], told);
        Assert.InRange(before - store.Info.DiskBytes, 3500, 4200);
        Assert.False(File.Exists(SampleStore.Segment(Path)));
    }

    [Fact]
    public async Task A_reader_is_refused()
    {
        await using (await SampleStore.OpenAsync(Path, writable: true)) Assert.False(File.Exists(SampleStore.Segment(Path)));
        await using ChunkStore reader = await SampleStore.OpenAsync(Path, writable: false);
        Assert.Equal(ErrorKind.ReadOnly, (await Assert.ThrowsAsync<DatafortsException>(() => reader.CompactAsync(All, cancellationToken: Cancel))).Kind);
    }

    [Fact]
    public async Task A_removal_stays_as_long_as_an_older_segment_may_hold_what_it_removed()
    {
        await using (ChunkStore store = await SampleStore.OpenAsync(Path, writable: true))
        {
            // Segment 1 holds chunks only; the removals lie behind the last chunk.
            store.Put(_chunks.AsSpan(0, 30), new bool[30]);
            store.Remove([_chunks[0].Hash]);
            store.SetName("gone", RefOf(0));
            store.RemoveName("gone");
            store.Put(_chunks.AsSpan(20, 40), new bool[40]);
            store.Remove([.. _chunks[14..45].Select(chunk => chunk.Hash)]);
            // Only the one in the middle has that much garbage.
            CompactionProgress done = await store.CompactAsync(new CompactionOptions { MinGarbageRatio = 0.6 }, cancellationToken: Cancel);
            Assert.NotEqual(0, done.Segments);
            Assert.True(File.Exists(SampleStore.Segment(Path)));
        }
        Assert.Contains(_chunks[0].Hash, Removed());
        await CheckAsync([.. _chunks[1..14], .. _chunks[45..]]);

        await using (ChunkStore store = await SampleStore.OpenAsync(Path, writable: true))
        {
            await store.CompactAsync(All, cancellationToken: Cancel);
            store.Remove([_chunks[1].Hash]);
            // All that is older goes before the segment with the removals.
            while ((await store.CompactAsync(All, cancellationToken: Cancel)).Segments > 0) store.Put(_chunks[2]);
        }
        Assert.DoesNotContain(_chunks[0].Hash, Removed());
        await CheckAsync([.. _chunks[2..14], .. _chunks[45..]]);
    }

    [Fact]
    public async Task A_damaged_segment_is_skipped_and_told_and_the_others_are_compacted()
    {
        await using (ChunkStore store = await SampleStore.OpenAsync(Path, writable: true)) store.Put(_chunks, new bool[_chunks.Length]);
        string segment = SampleStore.Segment(Path, 2);
        byte[] bytes = File.ReadAllBytes(segment);
        LogRecord rotten = Log.SegmentRecoveryTests.RecordsOf(Path).First(record => record.Location.Segment == 2);
        bytes[rotten.Location.Offset + 7] ^= 1;
        File.WriteAllBytes(segment, bytes);
        await using (ChunkStore store = await SampleStore.OpenAsync(Path, writable: true))
        {
            VerifiedChunk[] gone = [.. _chunks.Where((chunk, i) => i % 3 == 0 && chunk.Hash != rotten.Hash)];
            store.Remove([.. gone.Select(chunk => chunk.Hash)]);
            CompactionProgress done = await store.CompactAsync(All, cancellationToken: Cancel);
            Assert.Equal(1, done.SkippedSegments);
            Assert.True(done.Segments >= 3);
            Assert.Equal(bytes, File.ReadAllBytes(segment));
            Assert.Throws<IntegrityException>(() => store.Read(rotten.Hash));
            foreach (VerifiedChunk chunk in _chunks.Except(gone).Where(chunk => chunk.Hash != rotten.Hash)) AssertHolds(store, chunk);
            // Put again it is whole again, and then the segment can go, too.
            VerifiedChunk again = _chunks.Single(chunk => chunk.Hash == rotten.Hash);
            Assert.True(store.Put(again));
            Assert.False(store.Put(again));
            Assert.Equal(0, (await store.CompactAsync(All, cancellationToken: Cancel)).SkippedSegments);
            Assert.False(File.Exists(segment));
        }
        await CheckAsync([.. _chunks.Where((chunk, i) => i % 3 != 0 || chunk.Hash == rotten.Hash)]);
    }

    [Fact]
    public async Task A_segment_whose_removals_cannot_be_read_stays_so_that_nothing_they_removed_comes_back_unseen()
    {
        await using (ChunkStore store = await SampleStore.OpenAsync(Path, writable: true))
        {
            store.Put(_chunks.AsSpan(0, 20), new bool[20]);
            store.Remove([_chunks[0].Hash]);
            store.Remove([_chunks[18].Hash]);
            Assert.Equal(2, store.Info.Segments);
            LogRecord removal = Log.SegmentRecoveryTests.RecordsOf(Path).First(record => record.Kind == RecordKind.Removal);
            using (var file = new FileStream(SampleStore.Segment(Path, 2), FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            {
                file.Position = removal.Location.Offset + 3;
                file.Write([0x55, 0x55, 0x55]);
            }
            Assert.Equal(2u, removal.Location.Segment);
            CompactionProgress done = await store.CompactAsync(new CompactionOptions { MinGarbageRatio = 0.1 }, cancellationToken: Cancel);
            Assert.Equal((0, 1), (done.Segments, done.SkippedSegments));
        }
        await using ChunkStore again = await SampleStore.OpenAsync(Path, writable: false);
        Assert.Equal([SampleStore.Segment(Path, 2)], again.FindDamagedFiles(Cancel));
    }

    [Fact]
    public async Task A_chunk_that_compaction_found_rotten_can_be_put_again()
    {
        await using (ChunkStore store = await SampleStore.OpenAsync(Path, writable: true)) store.Put(_chunks.AsSpan(0, 4), new bool[4]);
        byte[] bytes = File.ReadAllBytes(SampleStore.Segment(Path));
        bytes[bytes.AsSpan().IndexOf(_chunks[2].Bytes.Span) + 9] ^= 1;
        File.WriteAllBytes(SampleStore.Segment(Path), bytes);
        await using (ChunkStore store = await SampleStore.OpenAsync(Path, writable: true))
        {
            store.Remove([_chunks[0].Hash]);
            Assert.Equal(1, (await store.CompactAsync(All, cancellationToken: Cancel)).SkippedSegments);
            Assert.True(store.Put(_chunks[2]));
        }
        await CheckAsync(_chunks[1..4]);
    }

    [Fact]
    public async Task It_takes_as_long_as_it_is_told_to()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(50));
        await using ChunkStore store = await SampleStore.OpenAsync(SampleStore.OptionsOf(Path) with { Time = time });
        store.Put(_chunks, new bool[_chunks.Length]);
        store.Remove([.. _chunks.Where((_, i) => i % 2 == 0).Select(chunk => chunk.Hash)]);
        long live = store.Info.LiveBytes;
        Task<CompactionProgress> compaction = store.CompactAsync(All with { BytesPerSecond = 1000 }, cancellationToken: Cancel);
        int seconds = 0;
        while (!compaction.IsCompleted)
        {
            // It asks the clock when it is to go on; nothing but the clock's going on lets it.
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, Cancel);
            if (compaction.IsCompleted) break;
            time.Advance(TimeSpan.FromSeconds(1));
            seconds++;
        }
        CompactionProgress done = await compaction;
        Assert.True(done.CopiedBytes >= live);
        Assert.True(seconds >= done.CopiedBytes / 1000, $"{done.CopiedBytes} bytes in {seconds} s");
    }

    [Fact]
    public async Task Cancelled_it_leaves_a_sound_store_and_what_it_moved_moved()
    {
        using var cancel = new CancellationTokenSource();
        await using (ChunkStore store = await SampleStore.OpenAsync(Path, writable: true))
        {
            store.Put(_chunks, new bool[_chunks.Length]);
            store.Remove([.. _chunks.Where((_, i) => i % 2 == 0).Select(chunk => chunk.Hash)]);
            int before = store.Info.Segments;
            var told = new List<CompactionProgress>();
            var listener = new Listener(told, cancel.Cancel);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.CompactAsync(All, listener, cancel.Token));
            Assert.Equal(1, Assert.Single(told).Segments);
            foreach (VerifiedChunk chunk in _chunks.Where((_, i) => i % 2 == 1)) AssertHolds(store, chunk);
            Assert.InRange((await store.CompactAsync(All, cancellationToken: Cancel)).Segments, 1, before - 1);
        }
        await CheckAsync([.. _chunks.Where((_, i) => i % 2 == 1)]);
    }

    [Fact]
    public async Task At_half_garbage_a_byte_regained_costs_a_tenth_more_than_a_byte_written()
    {
        const int Count = 2000, Bytes = 8 << 10;
        long written = 0;
        var device = new WatchedDevice(call =>
        {
            if (call.Deed == WatchedDeed.Write) Interlocked.Add(ref written, call.Bytes);
        });
        StoreOptions options = SampleStore.OptionsOf(Path) with { SegmentBytes = 1 << 20, Device = device };
        await using ChunkStore store = await SampleStore.OpenAsync(options);
        BlobHash[] hashes = new BlobHash[Count];
        for (int i = 0; i < Count; i++)
        {
            VerifiedChunk chunk = ChunkVerifier.Hash(SpecRandom.Bytes((ulong)i, Bytes));
            store.Put(chunk);
            hashes[i] = chunk.Hash;
        }
        Random random = TestSeed.For(nameof(CompactionTests));
        store.Remove([.. hashes.OrderBy(_ => random.Next()).Take(Count / 2)]);
        long disk = store.Info.DiskBytes;
        Interlocked.Exchange(ref written, 0);
        // The lead that random halves have over each other must not leave any of them out.
        CompactionProgress done = await store.CompactAsync(new CompactionOptions { MinGarbageRatio = 0.3 }, cancellationToken: Cancel);
        long regained = disk - store.Info.DiskBytes;
        Assert.InRange(regained, disk * 0.48, disk * 0.51);
        Assert.Equal(done.RegainedBytes, regained, tolerance: 64 * 1024);
        double amplification = 1 + (Interlocked.Read(ref written) / (double)regained);
        Assert.InRange(amplification, 1.9, 2.1);
    }

    private static SegmentUsage Usage(ulong id, int percent, bool isSealed = true, bool isDamaged = false) =>
        new(id, 64 + 10_000, percent * 100, isSealed, isDamaged);

    private static void AssertHolds(ChunkStore store, VerifiedChunk chunk) => SampleStore.AssertHolds(store, chunk.Hash, chunk.Bytes.ToArray());

    private SmallRef RefOf(int chunk) => SmallRef.Create(_chunks[chunk].Hash, (ulong)_chunks[chunk].Bytes.Length);

    private HashSet<BlobHash> Removed()
    {
        var removed = new HashSet<BlobHash>();
        foreach (LogRecord record in Log.SegmentRecoveryTests.RecordsOf(Path).Where(record => record.Kind == RecordKind.Removal))
        {
            byte[] bytes = File.ReadAllBytes(SampleStore.Segment(Path, record.Location.Segment));
            for (int at = 0; at < record.Location.Length; at += BlobHash.SizeBytes)
                removed.Add(new BlobHash(bytes.AsSpan((int)record.Location.Offset + at, BlobHash.SizeBytes)));
        }
        return removed;
    }

    private async Task CheckAsync(VerifiedChunk[] expected)
    {
        await using ChunkStore store = await SampleStore.OpenAsync(Path, writable: false);
        Assert.Equal(expected.Select(chunk => chunk.Hash).Order(), store.Enumerate().Select(entry => entry.Key).Order());
        foreach (VerifiedChunk chunk in expected) AssertHolds(store, chunk);
        Assert.Empty(store.ListNames());
        Assert.True(store.FindDamagedFiles(Cancel).Count == 0, string.Join('\n', store.FindDamagedFiles(Cancel).Concat(store.DescribeDamage())));
    }

    /// <summary>Hears of progress at once, on the thread that makes it.</summary>
    private sealed class Listener(List<CompactionProgress> told, Action? then = null) : IProgress<CompactionProgress>
    {
        public void Report(CompactionProgress value)
        {
            told.Add(value);
            then?.Invoke();
        }
    }
}
