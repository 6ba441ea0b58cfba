using Dataforts.Content;
using Dataforts.Log;
using Dataforts.Store;
using Dataforts.Testing;
using Dataforts.Tests.Devices;

namespace Dataforts.Tests.Store;

/// <summary>A scrub finds every wrong chunk, names it, and takes it out of service for good; it goes on past what cannot be read.</summary>
public sealed class ScrubTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly FaultyDevice _device = new(StorageDevice.System);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_sound_store_is_read_whole_and_nothing_is_found()
    {
        using SampleStore sample = await SampleStore.MakeAsync(crashed: false, rolls: 3);
        await using ChunkStore store = await SampleStore.OpenAsync(sample.Path, writable: true);
        var positions = new List<ScrubProgress>();
        ScrubReport report = await store.ScrubAsync(progress: new Told(positions.Add), cancellationToken: Cancel);
        Assert.True(report.IsSound);
        Assert.Equal((store.Info.Chunks, store.Info.LiveBytes), (report.Chunks, report.Bytes));
        Assert.Equal(store.Info.DiskBytes, positions[^1].BytesDone);
        Assert.Equal(positions[^1].BytesTotal, positions[^1].BytesDone);
        Assert.False(File.Exists(Path.Combine(sample.Path, QuarantineList.FileName)));
        sample.AssertWhole(store);
    }

    [Fact]
    public async Task Each_flipped_chunk_is_found_named_never_served_and_mended_by_a_put()
    {
        using SampleStore sample = await SampleStore.MakeAsync(crashed: false);
        Random random = TestSeed.For(nameof(ScrubTests));
        foreach ((BlobHash hash, byte[] content) in sample.Chunks.Where(chunk => chunk.Value.Length > 0))
        {
            string path = sample.Copy();
            Flip(path, content, random);
            await using (ChunkStore store = await SampleStore.OpenAsync(path, writable: true))
            {
                var told = new List<QuarantinedChunk>();
                store.ChunkQuarantined += told.Add;
                ScrubReport report = await store.ScrubAsync(cancellationToken: Cancel);
                Assert.Equal([hash], report.Corrupt);
                Assert.Equal(sample.Chunks.Count, report.Chunks);
                QuarantinedChunk listed = Assert.Single(store.ListQuarantine());
                Assert.Equal((hash, content.Length), (listed.Hash, listed.Length));
                Assert.Equal([listed], told);
                AssertGone(store, hash);
            }
            await AssertLastsAsync(sample, path, hash, content);
        }
    }

    private static async Task AssertLastsAsync(SampleStore sample, string path, BlobHash hash, byte[] content)
    {
        // It lasts: in a reader, in the next writer, and after the index was made anew.
        for (int round = 0; round < 3; round++)
        {
            if (round == 2) await ChunkStore.RebuildAsync(SampleStore.OptionsOf(path), Cancel);
            await using ChunkStore again = await SampleStore.OpenAsync(path, writable: round == 1);
            AssertGone(again, hash);
            Assert.Equal(hash, Assert.Single(again.ListQuarantine()).Hash);
            Assert.True(again.IsQuarantined(hash));
        }
        await using (ChunkStore store = await SampleStore.OpenAsync(path, writable: true))
        {
            Assert.True(store.Put(ChunkVerifier.Hash(content)));
            Assert.Empty(store.ListQuarantine());
            sample.AssertWhole(store);
            Assert.True((await store.ScrubAsync(cancellationToken: Cancel)).IsSound);
        }
        await using ChunkStore reader = await SampleStore.OpenAsync(path, writable: false);
        sample.AssertWhole(reader);
        Assert.Empty(reader.ListQuarantine());
        Assert.Empty(reader.FindDamagedFiles(Cancel));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whichever_byte_is_flipped_nothing_wrong_is_served_and_nothing_sound_is_given_up(bool hinted)
    {
        using SampleStore sample = hinted ? await SampleStore.MakeHintedAsync() : await SampleStore.MakeAsync(crashed: false);
        byte[] whole = File.ReadAllBytes(SampleStore.Segment(sample.Path));
        Random random = TestSeed.For($"{nameof(ScrubTests)} {hinted}");
        for (int at = random.Next(13); at < whole.Length; at += 13)
        {
            string path = sample.Copy();
            byte[] bytes = [.. whole];
            bytes[at] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(SampleStore.Segment(path), bytes);
            HashSet<BlobHash> wrong = await WrongAsync(sample, path);
            await using ChunkStore store = await SampleStore.OpenAsync(path, writable: true);
            ScrubReport report = await store.ScrubAsync(cancellationToken: Cancel);
            Assert.True(wrong.SetEquals(report.Corrupt), $"seed {TestSeed.Value}, byte {at}: found {string.Join(' ', report.Corrupt)}");
            foreach (BlobHash hash in report.Corrupt) AssertGone(store, hash);
            Assert.Equal(0, sample.AssertTrue(store));
        }
    }

    // What reads of it fail, before anything is done about it.
    private static async Task<HashSet<BlobHash>> WrongAsync(SampleStore sample, string path)
    {
        await using ChunkStore reader = await SampleStore.OpenAsync(path, writable: false);
        HashSet<BlobHash> wrong = [];
        foreach ((BlobHash hash, _) in reader.Enumerate())
        {
            if (Record.Exception(() => reader.Read(hash)?.Dispose()) is IntegrityException) wrong.Add(hash);
        }
        Assert.All(wrong, hash => Assert.True(sample.Chunks.ContainsKey(hash) || sample.Removed.ContainsKey(hash)));
        return wrong;
    }

    [Fact]
    public async Task A_chunk_whose_header_is_hidden_from_the_scan_is_verified_all_the_same()
    {
        using SampleStore sample = await SampleStore.MakeHintedAsync();
        (BlobHash hash, byte[] content) = sample.Chunks.ElementAt(2);
        string segment = SampleStore.Segment(sample.Path);
        byte[] bytes = File.ReadAllBytes(segment);
        int at = bytes.AsSpan().IndexOf(content);
        bytes[at - 20] ^= 1;
        bytes[at] ^= 1;
        File.WriteAllBytes(segment, bytes);
        await using ChunkStore store = await SampleStore.OpenAsync(sample.Path, writable: true);
        Assert.True(store.Contains(hash));
        ScrubReport report = await store.ScrubAsync(cancellationToken: Cancel);
        Assert.Equal([hash], report.Corrupt);
        Assert.Equal([segment], report.DamagedFiles);
    }

    [Fact]
    public async Task A_scrub_goes_on_past_what_cannot_be_read_and_does_not_give_it_up()
    {
        byte[][] contents = [.. Enumerable.Range(1, 3).Select(seed => SpecRandom.Bytes((ulong)seed, 5000))];
        await using ChunkStore store = await FaultyAsync();
        foreach (byte[] content in contents) store.Put(ChunkVerifier.Hash(content));
        await store.FlushAsync(Cancel);
        // From some read on nothing can be read: from the scan of the headers on, from the long read, from one of the chunks'.
        for (int read = 0; read < 8; read++)
        {
            _device.Fault = new Fault(DeviceDeed.Read, read, Fault.Io, IsLasting: true) { Where = ".segment" };
            ScrubReport report = await store.ScrubAsync(cancellationToken: Cancel);
            int fired = _device.Fired;
            _device.Mend();
            Assert.Equal(3, report.Chunks);
            Assert.Empty(report.Corrupt);
            if (read == 0) Assert.Equal(contents.Select(content => BlobHash.Compute(content)).Order(), report.Unreadable);
            if (fired == 0) Assert.True(report.IsSound);
            Assert.Empty(store.ListQuarantine());
            // The device has thought better of it: nothing was lost.
            foreach (byte[] content in contents) SampleStore.AssertHolds(store, BlobHash.Compute(content), content);
        }
        Assert.True((await store.ScrubAsync(cancellationToken: Cancel)).IsSound);
    }

    [Fact]
    public async Task One_unreadable_chunk_does_not_hide_the_others()
    {
        using SampleStore sample = await SampleStore.MakeAsync(crashed: false, rolls: 2);
        (BlobHash wrong, byte[] content) = sample.Chunks.ElementAt(6);
        (_, byte[] last) = sample.Chunks.Last();
        Flip(sample.Path, content, TestSeed.For("hidden"));
        string unreadable = Directory.GetFiles(Path.Combine(sample.Path, "log"), "*.segment")
            .Single(file => File.ReadAllBytes(file).AsSpan().IndexOf(last) >= 0);
        await using ChunkStore store = await SampleStore.OpenAsync(SampleStore.OptionsOf(sample.Path) with { Device = _device });
        _device.Fault = new Fault(DeviceDeed.Read, 0, Fault.Io, IsLasting: true) { Where = Path.GetFileName(unreadable) };
        ScrubReport report = await store.ScrubAsync(cancellationToken: Cancel);
        Assert.Equal([wrong], report.Corrupt);
        Assert.Contains(BlobHash.Compute(last), report.Unreadable);
        Assert.Equal([unreadable], report.DamagedFiles);
        Assert.Equal(sample.Chunks.Count, report.Chunks);
    }

    [Fact]
    public async Task One_bad_read_is_not_believed()
    {
        byte[] content = SpecRandom.Bytes(1, 5000);
        await using ChunkStore store = await FaultyAsync();
        store.Put(ChunkVerifier.Hash(content));
        await store.FlushAsync(Cancel);
        for (int read = 0; read < 4; read++)
        {
            _device.Fault = new Fault(DeviceDeed.Read, read, Fault.Io) { Where = ".segment" };
            ScrubReport report = await store.ScrubAsync(cancellationToken: Cancel);
            Assert.Empty(report.Unreadable);
            Assert.Empty(report.Corrupt);
        }
    }

    [Fact]
    public async Task What_can_be_had_elsewhere_is_repaired_and_wrong_bytes_are_not_taken_for_it()
    {
        using SampleStore sample = await SampleStore.MakeAsync(crashed: false);
        Random random = TestSeed.For("repair");
        (BlobHash one, byte[] oneContent) = sample.Chunks.ElementAt(3);
        (BlobHash other, byte[] otherContent) = sample.Chunks.ElementAt(5);
        string path = sample.Copy();
        Flip(path, oneContent, random);
        Flip(path, otherContent, random);
        await using (ChunkStore store = await SampleStore.OpenAsync(path, writable: true))
        {
            var repair = new KnownBytes { [one] = oneContent, [other] = oneContent };
            ScrubReport report = await store.ScrubAsync(new ScrubOptions { Repair = repair }, cancellationToken: Cancel);
            Assert.Equal([one], report.Repaired);
            Assert.Equal([other], report.Corrupt);
            SampleStore.AssertHolds(store, one, oneContent);
            AssertGone(store, other);
        }
        await using ChunkStore again = await SampleStore.OpenAsync(path, writable: false);
        SampleStore.AssertHolds(again, one, oneContent);
        Assert.Equal([other], again.ListQuarantine().Select(chunk => chunk.Hash));
    }

    [Fact]
    public async Task What_can_be_had_by_the_blob_only_is_asked_for_at_the_end_also_for_earlier_runs()
    {
        using SampleStore sample = await SampleStore.MakeAsync(crashed: false);
        KeyValuePair<BlobHash, byte[]>[] wrong = [.. sample.Chunks.Skip(3).Take(3)];
        foreach ((_, byte[] content) in wrong) Flip(sample.Path, content, TestSeed.For("blobs"));
        await using ChunkStore store = await SampleStore.OpenAsync(sample.Path, writable: true);
        Assert.Equal(3, (await store.ScrubAsync(cancellationToken: Cancel)).Corrupt.Count);
        var repair = new WholeBlobs(store, [wrong[0].Value, wrong[2].Value]);
        ScrubReport report = await store.ScrubAsync(new ScrubOptions { Repair = repair }, cancellationToken: Cancel);
        Assert.True(report.IsSound);
        Assert.Equal([.. new[] { wrong[0].Key, wrong[2].Key }.Order()], report.Repaired);
        Assert.Equal(wrong.Select(chunk => chunk.Key).Order(), repair.Left.Order());
        Assert.Equal([wrong[1].Key], store.ListQuarantine().Select(chunk => chunk.Hash));
        SampleStore.AssertHolds(store, wrong[0].Key, wrong[0].Value);
    }

    [Fact]
    public async Task Segments_of_many_mebibytes_and_chunks_of_all_sizes_are_read_to_their_ends()
    {
        string path = _folder["large"];
        StoreOptions options = SampleStore.OptionsOf(path) with { SegmentBytes = 48 << 20 };
        int[] sizes = [.. Enumerable.Repeat(50_000, 150), StoreLimits.MaxChunkBytes, 0, 1, 5_000_000, 4 << 20, .. Enumerable.Repeat(9_000, 50)];
        byte[][] contents = [.. sizes.Select((size, seed) => SpecRandom.Bytes((ulong)seed, size))];
        await using (ChunkStore store = await SampleStore.OpenAsync(options))
        {
            foreach (byte[] content in contents) store.Put(ChunkVerifier.Hash(content));
            ScrubReport sound = await store.ScrubAsync(cancellationToken: Cancel);
            Assert.True(sound.IsSound);
            Assert.Equal((store.Info.Chunks, store.Info.LiveBytes), (sound.Chunks, sound.Bytes));
        }
        int[] wrong = [0, 83, 149, 150, 153, 154, contents.Length - 1];
        foreach (int i in wrong) Flip(path, contents[i], TestSeed.For("large"));
        await using ChunkStore again = await SampleStore.OpenAsync(options);
        ScrubReport report = await again.ScrubAsync(cancellationToken: Cancel);
        Assert.Equal(wrong.Select(i => BlobHash.Compute(contents[i])).Order(), report.Corrupt);
        Assert.Empty(report.DamagedFiles);
        Assert.Equal(again.Info.Chunks + wrong.Length, report.Chunks);
    }

    [Fact]
    public async Task A_scrub_begins_where_another_ended()
    {
        using SampleStore sample = await SampleStore.MakeAsync(crashed: false, chunks: 200, rolls: 3);
        await using ChunkStore store = await SampleStore.OpenAsync(sample.Path, writable: true);
        var positions = new List<ScrubProgress>();
        ScrubReport whole = await store.ScrubAsync(progress: new Told(positions.Add), cancellationToken: Cancel);
        Assert.True(positions.Count > 5);
        long before = whole.Chunks;
        foreach (ScrubProgress at in positions)
        {
            ScrubReport rest = await store.ScrubAsync(new ScrubOptions { From = at.Position }, cancellationToken: Cancel);
            Assert.InRange(rest.Chunks, 0, before);
            before = rest.Chunks;
        }
        Assert.Equal(0, before);
    }

    [Fact]
    public async Task A_reader_tells_and_changes_nothing()
    {
        using SampleStore sample = await SampleStore.MakeAsync(crashed: false);
        (BlobHash hash, byte[] content) = sample.Chunks.ElementAt(4);
        Flip(sample.Path, content, TestSeed.For("reader"));
        await using ChunkStore reader = await SampleStore.OpenAsync(sample.Path, writable: false);
        Assert.Equal([hash], (await reader.ScrubAsync(new ScrubOptions { Repair = new KnownBytes { [hash] = content } }, cancellationToken: Cancel)).Corrupt);
        Assert.True(reader.Contains(hash));
        Assert.Empty(reader.ListQuarantine());
        Assert.Equal(ErrorKind.ReadOnly, (await Assert.ThrowsAsync<DatafortsException>(() => reader.QuarantineAsync([hash], null, Cancel))).Kind);
    }

    [Fact]
    public async Task What_is_sound_is_not_put_into_quarantine_because_somebody_says_so()
    {
        using SampleStore sample = await SampleStore.MakeAsync(crashed: false);
        await using ChunkStore store = await SampleStore.OpenAsync(sample.Path, writable: true);
        ScrubReport report = await store.QuarantineAsync([.. sample.Chunks.Keys, BlobHash.Compute([9, 9, 9])], null, Cancel);
        Assert.True(report.IsSound);
        sample.AssertWhole(store);
    }

    [Fact]
    public async Task The_wrong_bytes_stay_until_compaction_and_go_with_their_segment()
    {
        using SampleStore sample = await SampleStore.MakeAsync(crashed: false);
        (BlobHash hash, byte[] content) = sample.Chunks.ElementAt(6);
        Flip(sample.Path, content, TestSeed.For("compaction"));
        await using ChunkStore store = await SampleStore.OpenAsync(sample.Path, writable: true);
        // Before that, compaction could not rewrite the segment.
        var all = new CompactionOptions { MinGarbageRatio = 1e-9 };
        await store.ScrubAsync(cancellationToken: Cancel);
        Assert.Single(store.ListQuarantine());
        CompactionProgress done = await store.CompactAsync(all, cancellationToken: Cancel);
        Assert.Equal((1, 0), (done.Segments, done.SkippedSegments));
        Assert.Empty(store.ListQuarantine());
        AssertGone(store, hash);
        sample.Chunks.Remove(hash);
        sample.AssertTrue(store);
        Assert.Equal(sample.Chunks.Count, store.Info.Chunks);
    }

    [Fact]
    public async Task A_damaged_list_costs_the_list_only_and_is_told()
    {
        using SampleStore sample = await SampleStore.MakeAsync(crashed: false);
        (BlobHash hash, byte[] content) = sample.Chunks.ElementAt(6);
        Flip(sample.Path, content, TestSeed.For("list"));
        await using (ChunkStore store = await SampleStore.OpenAsync(sample.Path, writable: true)) await store.ScrubAsync(cancellationToken: Cancel);
        string list = Path.Combine(sample.Path, QuarantineList.FileName);
        byte[] whole = File.ReadAllBytes(list);
        for (int at = 0; at <= whole.Length; at++)
        {
            byte[] bytes = [.. whole];
            if (at < whole.Length) bytes[at] ^= 4;
            File.WriteAllBytes(list, at == whole.Length ? whole[..^9] : bytes);
            await using ChunkStore reader = await SampleStore.OpenAsync(sample.Path, writable: false);
            AssertGone(reader, hash);
            Assert.Empty(reader.ListQuarantine());
            Assert.Contains(list, reader.FindDamagedFiles(Cancel));
        }
    }

    [Fact]
    public async Task Killed_at_any_point_the_wrong_chunk_is_in_quarantine_or_is_found_by_the_next_scrub()
    {
        using SampleStore sample = await SampleStore.MakeAsync(crashed: false);
        (BlobHash hash, byte[] content) = sample.Chunks.ElementAt(5);
        Flip(sample.Path, content, TestSeed.For("killed"));
        int stopAt = 0;
        for (bool isDone = false; !isDone; stopAt++)
        {
            string path = _folder[$"killed-{stopAt}"], left = _folder[$"left-{stopAt}"];
            ScratchFolder.Copy(sample.Path, path);
            int calls = 0;
            bool isScrubbing = false;
            var device = new WatchedDevice(call =>
            {
                if (isScrubbing && call.Deed is not (WatchedDeed.Read or WatchedDeed.Open) && calls++ == stopAt) ScratchFolder.Copy(path, left);
            });
            await using (ChunkStore store = await SampleStore.OpenAsync(SampleStore.OptionsOf(path) with { Device = device }))
            {
                isScrubbing = true;
                Assert.Equal([hash], (await store.ScrubAsync(cancellationToken: Cancel)).Corrupt);
                isScrubbing = false;
            }
            isDone = calls <= stopAt;
            if (isDone) break;
            await using ChunkStore next = await SampleStore.OpenAsync(left, writable: true);
            ScrubReport report = await next.ScrubAsync(cancellationToken: Cancel);
            Assert.True(report.Corrupt is [var found] ? found == hash : next.IsQuarantined(hash), $"call {stopAt}");
            Assert.Equal([hash], next.ListQuarantine().Select(chunk => chunk.Hash));
            AssertGone(next, hash);
        }
        Assert.True(stopAt > 3, "nothing was written");
    }

    private async Task<ChunkStore> FaultyAsync() => await SampleStore.OpenAsync(SampleStore.OptionsOf(_folder["faulty"]) with { Device = _device });

    private static void AssertGone(ChunkStore store, BlobHash hash)
    {
        Assert.False(store.Contains(hash));
        Assert.Null(store.Read(hash));
    }

    private static void Flip(string path, byte[] content, Random random)
    {
        foreach (string file in Directory.GetFiles(Path.Combine(path, "log"), "*.segment"))
        {
            byte[] bytes = File.ReadAllBytes(file);
            int at = bytes.AsSpan().IndexOf(content);
            if (at < 0) continue;
            bytes[at + random.Next(content.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(file, bytes);
            return;
        }
        Assert.Fail("the chunk is in no segment");
    }

    private sealed class Told(Action<ScrubProgress> tell) : IProgress<ScrubProgress>
    {
        public void Report(ScrubProgress value) => tell(value);
    }

    private sealed class WholeBlobs(ChunkStore store, byte[][] known) : IChunkRepair
    {
        public List<BlobHash> Left { get; } = [];

        public ValueTask<ChunkBuffer?> RepairAsync(BlobHash hash, int length, CancellationToken cancellationToken) => default;

        public ValueTask MendAsync(IReadOnlyList<BlobHash> left, CancellationToken cancellationToken)
        {
            Left.AddRange(left);
            foreach (byte[] content in known) store.Put(ChunkVerifier.Hash(content));
            return default;
        }
    }

    private sealed class KnownBytes : Dictionary<BlobHash, byte[]>, IChunkRepair
    {
        public ValueTask<ChunkBuffer?> RepairAsync(BlobHash hash, int length, CancellationToken cancellationToken) =>
            new(TryGetValue(hash, out byte[]? bytes) ? ChunkBuffer.CopyOf(bytes) : null);
    }
}
