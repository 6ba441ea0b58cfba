using Dataforts.Content;
using Dataforts.Log;
using Dataforts.Store;
using Dataforts.Testing;
using Dataforts.Tests.Store;

namespace Dataforts.Tests.Log;

/// <summary>What a writer that died leaves, in every state that it may leave it in.</summary>
public sealed class SegmentRecoveryTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Whatever_the_length_at_which_the_last_segment_ends_the_whole_records_stay(bool powerLost) => CutAsync(powerLost, step: 11);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Slow]
    public Task At_every_length_at_which_the_last_segment_ends_the_whole_records_stay(bool powerLost) => CutAsync(powerLost, step: 1);

    // Every record's ends and their neighbours, and every so manyth length from a random one on.
    private static async Task CutAsync(bool powerLost, int step)
    {
        int first = TestSeed.For(nameof(CutAsync)).Next(step);
        using SampleStore sample = await SampleStore.MakeAsync(crashed: true, chunks: 4);
        byte[] whole = File.ReadAllBytes(SampleStore.Segment(sample.Path));
        List<LogRecord> records = RecordsOf(sample.Path);
        Assert.Equal(whole.Length, records[^1].End);
        for (int length = 0; length < whole.Length; length++)
        {
            if (length % step != first && !records.Exists(r => Math.Abs(r.End - length) <= 1)) continue;
            string copy = sample.Copy();
            File.WriteAllBytes(SampleStore.Segment(copy), whole[..length]);
            if (powerLost) SampleStore.LosePower(copy);
            await AssertRecoversAsync(sample, copy, [.. records.Where(r => r.End <= length)]);
        }
    }

    [Fact]
    public async Task Garbage_behind_the_last_record_is_cut_off()
    {
        using SampleStore sample = await SampleStore.MakeAsync(crashed: true, chunks: 7);
        byte[] whole = File.ReadAllBytes(SampleStore.Segment(sample.Path));
        List<LogRecord> records = RecordsOf(sample.Path);
        Random random = TestSeed.For("garbage");
        for (int round = 0; round < 60; round++)
        {
            byte[] garbage = new byte[random.Next(1, 3000)];
            random.NextBytes(garbage);
            // Half a record of the store's own, or bytes that begin like one, are garbage too.
            if (round % 3 == 0) whole.AsSpan((int)records[^2].Start, Math.Min(garbage.Length, 60)).CopyTo(garbage);
            string copy = sample.Copy();
            File.WriteAllBytes(SampleStore.Segment(copy), [.. whole, .. garbage]);
            if (round % 2 == 0) SampleStore.LosePower(copy);
            await AssertRecoversAsync(sample, copy, records);
            Assert.True(new FileInfo(SampleStore.Segment(copy)).Length < whole.Length + 400);
        }
    }

    [Fact]
    public async Task A_hole_of_zeros_takes_the_records_in_it_and_no_chunk_behind_it()
    {
        using SampleStore sample = await SampleStore.MakeAsync(crashed: true, chunks: 12);
        byte[] whole = File.ReadAllBytes(SampleStore.Segment(sample.Path));
        List<LogRecord> records = RecordsOf(sample.Path);
        Random random = TestSeed.For("hole");
        for (int round = 0; round < 150; round++)
        {
            bool powerLost = round % 2 == 0;
            int start = random.Next(64, whole.Length);
            int end = random.Next(start + 1, whole.Length + 1);
            byte[] bytes = [.. whole];
            bytes.AsSpan(start, end - start).Clear();
            string copy = sample.Copy();
            File.WriteAllBytes(SampleStore.Segment(copy), bytes);
            if (powerLost) SampleStore.LosePower(copy);
            List<LogRecord> spared = [.. records.Where(r => IsSpared(r, whole, bytes))];
            bool holed = spared.Count < records.Count;
            if (powerLost && holed)
            {
                long hole = records.Except(spared).Min(r => r.Start);
                spared = [.. spared.Where(r => r.Kind == RecordKind.Chunk || r.Start < hole)];
            }
            // Nobody has booted since: what the reader's system has cached is what was written, so the reader does not hash it all.
            await AssertRecoversAsync(sample, copy, spared, readerVerifies: powerLost);
        }
    }

    [Fact]
    public async Task What_was_flushed_before_the_power_went_is_never_given_up_for_a_hole()
    {
        using SampleStore sample = await SampleStore.MakeAsync(crashed: false, chunks: 5, flushed: true);
        string copy = sample.Copy();
        SampleStore.LosePower(copy);
        string segment = SampleStore.Segment(copy);
        byte[] bytes = File.ReadAllBytes(segment);
        RecordsOf(sample.Path)[2].Hash.Span.CopyTo(bytes.AsSpan(64 + 8));
        File.WriteAllBytes(segment, bytes);
        for (int round = 0; round < 2; round++)
        {
            await using ChunkStore store = await SampleStore.OpenAsync(copy, writable: round == 0);
            Assert.Equal([segment], store.FindDamagedFiles(Cancel));
            Assert.Equal(sample.Chunks.Count - 1, store.Info.Chunks);
            sample.AssertNames(store);
        }
    }

    [Fact]
    public async Task Files_whose_header_or_folder_entry_went_with_the_power_are_no_damage()
    {
        byte[][] lost = [[], new byte[10], new byte[64], new byte[4000]];
        foreach (byte[]? left in lost.Append(null))
        {
            using SampleStore sample = await SampleStore.MakeAsync(crashed: false, chunks: 5);
            string path = sample.Path;
            SampleStore.LosePower(path);
            if (left is null) File.Delete(SampleStore.Segment(path));
            else File.WriteAllBytes(SampleStore.Segment(path), left);
            for (int round = 0; round < 3; round++)
            {
                await using ChunkStore store = await SampleStore.OpenAsync(path, writable: round == 1);
                Assert.Empty(store.FindDamagedFiles(Cancel));
                Assert.Equal(round == 2 ? 1 : 0, store.Info.Chunks);
                Assert.Empty(store.ListNames());
                if (round == 1) Assert.True(store.Put(ChunkVerifier.Hash("again"u8.ToArray())));
            }
        }
    }

    [Fact]
    public async Task Names_behind_a_segment_that_went_with_the_power_are_given_up()
    {
        using SampleStore sample = await SampleStore.MakeAsync(crashed: true, chunks: 4, rolls: 2);
        SampleStore.LosePower(sample.Path);
        File.Delete(SampleStore.Segment(sample.Path, 2));
        for (int round = 0; round < 3; round++)
        {
            await using ChunkStore store = await SampleStore.OpenAsync(sample.Path, writable: round == 1);
            Assert.Equal(sample.Chunks.Count - 1, store.Info.Chunks);
            Assert.Empty(store.ListNames());
            Assert.Empty(store.ListPins());
            Assert.Empty(store.FindDamagedFiles(Cancel));
        }
    }

    [Fact]
    public async Task After_a_kill_alone_nothing_that_was_whole_before_is_taken_for_torn()
    {
        using SampleStore sample = await SampleStore.MakeAsync(crashed: false, chunks: 6);
        string copy;
        await using (ChunkStore writer = await SampleStore.OpenAsync(sample.Path, writable: true))
        {
            sample.Put(writer, "later"u8.ToArray());
            copy = sample.Copy();
        }
        string segment = SampleStore.Segment(copy);
        byte[] bytes = File.ReadAllBytes(segment);
        bytes[64 + 20] ^= 1;
        File.WriteAllBytes(segment, bytes);
        for (int round = 0; round < 4; round++)
        {
            await using ChunkStore store = await SampleStore.OpenAsync(copy, writable: round is 1 or 2);
            Assert.Equal([segment], store.FindDamagedFiles(Cancel));
            Assert.Equal(sample.Chunks.Count - 1, store.Info.Chunks);
            Assert.Equal(0, sample.AssertTrue(store));
            sample.AssertNames(store);
        }
    }

    [Theory]
    [InlineData("flip")]
    [InlineData("cut")]
    [InlineData("longer")]
    [InlineData("gone")]
    public async Task Damage_outlives_writers_and_crashes_until_a_rebuild(string harm)
    {
        using SampleStore sample = await SampleStore.MakeAsync(crashed: false, chunks: 6, rolls: 1);
        string segment = SampleStore.Segment(sample.Path);
        byte[] bytes = File.ReadAllBytes(segment);
        List<LogRecord> records = RecordsOf(sample.Path);
        if (harm == "flip") bytes[records[1].Start + 20] ^= 1;
        if (harm == "cut") bytes = bytes[..(int)records[3].Start];
        if (harm == "longer") bytes = [.. bytes, .. new byte[100]];
        if (harm == "gone") File.Delete(segment);
        else File.WriteAllBytes(segment, bytes);
        byte[]? left = harm == "gone" ? null : bytes;

        string path = sample.Path;
        for (int round = 0; round < 3; round++)
        {
            await using (ChunkStore writer = await SampleStore.OpenAsync(path, writable: true))
            {
                writer.Put(ChunkVerifier.Hash(BitConverter.GetBytes(round)));
                // The next round finds what a writer that died leaves; the last one what an orderly close does.
                if (round < 2) path = sample.MoveToCopy();
            }
            await using ChunkStore reader = await SampleStore.OpenAsync(path, writable: false);
            Assert.Equal([SampleStore.Segment(path)], reader.FindDamagedFiles(Cancel));
            Assert.Equal(left, File.Exists(SampleStore.Segment(path)) ? File.ReadAllBytes(SampleStore.Segment(path)) : null);
        }
        await ChunkStore.RebuildAsync(new StoreOptions { Path = path }, Cancel);
        await using ChunkStore rebuilt = await SampleStore.OpenAsync(path, writable: false);
        Assert.Empty(rebuilt.FindDamagedFiles(Cancel));
    }

    [Fact]
    public async Task A_rebuild_verifies_what_a_flush_vouches_for_and_tells_what_it_gives_up()
    {
        using SampleStore sample = await SampleStore.MakeAsync(crashed: true, flushed: true);
        string path = sample.Path;
        // A record behind the flush has the mark of it written down.
        await using (ChunkStore writer = await SampleStore.OpenAsync(path, writable: true))
        {
            writer.Put(ChunkVerifier.Hash("one more"u8.ToArray()));
            await writer.FlushAsync(Cancel);
            writer.Put(ChunkVerifier.Hash("and another"u8.ToArray()));
            path = sample.MoveToCopy();
        }
        (BlobHash hash, byte[] content) = sample.Chunks.First(chunk => chunk.Value.Length == 138);
        byte[] bytes = File.ReadAllBytes(SampleStore.Segment(path));
        bytes[bytes.AsSpan().IndexOf(content) + 9] ^= 1;
        File.WriteAllBytes(SampleStore.Segment(path), bytes);
        StoreInfo info = await ChunkStore.RebuildAsync(new StoreOptions { Path = path }, Cancel);
        Assert.Contains($"the Chunk record {hash} does not verify", Assert.Single(info.GivenUp), StringComparison.Ordinal);
        await using ChunkStore rebuilt = await SampleStore.OpenAsync(path, writable: false);
        Assert.False(rebuilt.Contains(hash));
        Assert.Empty(rebuilt.FindDamagedFiles(Cancel));
        foreach ((BlobHash other, byte[] whole) in sample.Chunks.Where(chunk => chunk.Key != hash)) SampleStore.AssertHolds(rebuilt, other, whole);
    }

    [Fact]
    public async Task A_segment_of_another_store_or_place_is_named_and_left_alone()
    {
        using SampleStore sample = await SampleStore.MakeAsync(crashed: true);
        using SampleStore other = await SampleStore.MakeAsync(crashed: false);
        foreach (string origin in (string[])[SampleStore.Segment(other.Path), SampleStore.Segment(sample.Path)])
        {
            string copy = sample.Copy();
            string foreign = SampleStore.Segment(copy, 7);
            File.Copy(origin, foreign);
            byte[] bytes = File.ReadAllBytes(foreign);
            for (int round = 0; round < 4; round++)
            {
                await using ChunkStore store = await SampleStore.OpenAsync(copy, writable: round % 2 == 1);
                sample.AssertNames(store);
                Assert.Equal(0, sample.AssertTrue(store));
                Assert.Equal([foreign], store.FindDamagedFiles(Cancel));
                if (round == 3) store.Put(ChunkVerifier.Hash(sample.Chunks.Values.First()));
            }
            await ChunkStore.RebuildAsync(new StoreOptions { Path = copy }, Cancel);
            Assert.Equal(bytes, File.ReadAllBytes(foreign));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(32)]
    [InlineData(64)]
    public async Task A_segment_that_could_not_be_made_may_come_back_with_the_power(int bytes)
    {
        using SampleStore sample = await SampleStore.MakeAsync(crashed: false);
        string undone = SampleStore.Segment(sample.Path, 2);
        File.WriteAllBytes(undone, File.ReadAllBytes(SampleStore.Segment(sample.Path))[..bytes]);
        await using (ChunkStore reader = await SampleStore.OpenAsync(sample.Path, writable: false))
            Assert.Equal([undone], reader.FindDamagedFiles(Cancel));
        SampleStore.LosePower(sample.Path);
        foreach (bool writable in (bool[])[false, true])
        {
            await using ChunkStore store = await SampleStore.OpenAsync(sample.Path, writable);
            sample.AssertWhole(store);
            Assert.Empty(store.FindDamagedFiles(Cancel));
            Assert.Equal(!writable, File.Exists(undone));
        }
    }

    [Fact]
    public async Task Files_that_are_not_segments_are_left_alone()
    {
        using SampleStore sample = await SampleStore.MakeAsync(crashed: true);
        foreach (string name in (string[])["notes.txt", " 000000000000001.segment", "+000000000000002.segment", "0.segment", "99999999999999999999.segment"])
            File.WriteAllText(Path.Combine(sample.Path, "log", name), "mine");
        await using ChunkStore store = await SampleStore.OpenAsync(sample.Path, writable: true);
        sample.AssertWhole(store);
        Assert.Empty(store.FindDamagedFiles(Cancel));
    }

    [Fact]
    public async Task Where_the_segment_numbers_end_a_put_is_refused_and_nothing_lost()
    {
        using SampleStore sample = await SampleStore.MakeAsync(crashed: false);
        File.Copy(SampleStore.Segment(sample.Path), SampleStore.Segment(sample.Path, uint.MaxValue));
        await using ChunkStore store = await SampleStore.OpenAsync(sample.Path, writable: true);
        sample.AssertNames(store);
        DatafortsException error = Assert.Throws<DatafortsException>(() => store.Put(ChunkVerifier.Hash(new byte[100_000])));
        Assert.Equal(ErrorKind.LimitExceeded, error.Kind);
    }

    private static bool IsSpared(LogRecord record, byte[] before, byte[] after) =>
        before.AsSpan((int)record.Start, 64 + record.Location.Length).SequenceEqual(after.AsSpan((int)record.Start, 64 + record.Location.Length));

    /// <summary>The records of a store, as the log finds them.</summary>
    internal static List<LogRecord> RecordsOf(string path)
    {
        var records = new List<LogRecord>();
        StoreHeader header = StoreHeader.Load(StorageDevice.System, path);
        using var log = new SegmentLog(
            new SegmentLogOptions
            {
                Folder = Path.Combine(path, "log"),
                StoreId = header.StoreId,
                Checkpoint = Checkpoint.Load(StorageDevice.System, path, header.StoreId),
                Writable = false,
                SegmentBytes = SampleStore.SmallSegment,
                Time = TimeProvider.System,
            });
        log.Open(records.Add, Cancel);
        return records;
    }

    private static async Task AssertRecoversAsync(SampleStore sample, string path, List<LogRecord> left, bool readerVerifies = true)
    {
        int chunks = left.Count(r => r.Kind == RecordKind.Chunk);
        await using (ChunkStore reader = await SampleStore.OpenAsync(path, writable: false))
        {
            int broken = sample.AssertTrue(reader);
            if (readerVerifies) Assert.Empty(reader.FindDamagedFiles(Cancel));
            if (readerVerifies) Assert.Equal(0, broken);
            Assert.Equal(chunks, reader.Info.Chunks - broken);
        }
        byte[] more = "more"u8.ToArray();
        await using (ChunkStore writer = await SampleStore.OpenAsync(path, writable: true))
        {
            Assert.Equal(0, sample.AssertTrue(writer));
            Assert.Equal(chunks, writer.Info.Chunks);
            foreach (LogRecord record in left.Where(r => r.Kind == RecordKind.Chunk))
                SampleStore.AssertHolds(writer, record.Hash, sample.Chunks[record.Hash]);
            foreach (NameEntry entry in writer.ListNames()) Assert.StartsWith("name-", entry.Name, StringComparison.Ordinal);
            Assert.True(writer.Put(ChunkVerifier.Hash(more)));
        }
        await using ChunkStore again = await SampleStore.OpenAsync(path, writable: false);
        Assert.Equal(chunks + 1, again.Info.Chunks);
        SampleStore.AssertHolds(again, BlobHash.Compute(more), more);
        foreach (LogRecord record in left.Where(r => r.Kind == RecordKind.Chunk)) Assert.True(again.Contains(record.Hash));
        Assert.True(again.FindDamagedFiles(Cancel).Count == 0, string.Join('\n', again.FindDamagedFiles(Cancel).Concat(again.DescribeDamage())));
        Assert.Equal(left.Count(r => r.Kind != RecordKind.Chunk), RecordsOf(path).Count(r => r.Kind != RecordKind.Chunk));
    }
}
