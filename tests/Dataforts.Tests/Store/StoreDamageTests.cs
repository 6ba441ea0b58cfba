using Dataforts.Content;
using Dataforts.Log;
using Dataforts.Store;
using Dataforts.Testing;

namespace Dataforts.Tests.Store;

/// <summary>Bits that flip, files that end early, grow, go and come: a store that was closed in order shows it, and never says what is not so.</summary>
public sealed class StoreDamageTests
{
    /// <summary>Only that it is held means anything.</summary>
    private static readonly string[] Insignificant = ["lock", "gate"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task A_flipped_bit_anywhere_is_found_and_gives_no_wrong_answer(bool hinted) => FlipAsync(hinted, step: 61, masks: [0x01, 0x80]);

    [Theory]
    [Slow]
    [InlineData(false)]
    [InlineData(true)]
    public Task Every_byte_of_every_file_is_found_when_its_lowest_bit_is_wrong(bool hinted) => FlipAsync(hinted, step: 1, masks: [0x01]);

    [Theory]
    [Slow]
    [InlineData(false)]
    [InlineData(true)]
    public Task Every_byte_of_every_file_is_found_when_a_bit_amid_it_is_wrong(bool hinted) => FlipAsync(hinted, step: 1, masks: [0x10]);

    [Theory]
    [Slow]
    [InlineData(false)]
    [InlineData(true)]
    public Task Every_byte_of_every_file_is_found_when_every_bit_of_it_flips(bool hinted) => FlipAsync(hinted, step: 1, masks: [0xFF]);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_bit_in_every_byte_of_the_log_is_found_when_it_flips(bool hinted)
    {
        using SampleStore sample = hinted ? await SampleStore.MakeHintedAsync() : await SampleStore.MakeAsync(crashed: false, chunks: 4);
        byte bit = (byte)(1 << TestSeed.For("bit").Next(8));
        await FlipFileAsync(sample, sample.Copy(), Path.Combine("log", Path.GetFileName(SampleStore.Segment(""))), 1, [bit]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_that_ends_early_or_late_is_found(bool hinted)
    {
        using SampleStore sample = hinted ? await SampleStore.MakeHintedAsync() : await SampleStore.MakeAsync(crashed: false);
        string copy = sample.Copy();
        foreach (string file in FilesOf(copy))
        {
            byte[] whole = File.ReadAllBytes(file);
            int step = Math.Max(1, whole.Length / 300);
            for (int length = 0; length < whole.Length; length += step)
            {
                File.WriteAllBytes(file, whole[..length]);
                await AssertFoundAsync(sample, copy, file);
            }
            foreach (int more in (int[])[1, 8, 64, 5000])
            {
                File.WriteAllBytes(file, [.. whole, .. SpecRandom.Bytes((ulong)more, more)]);
                await AssertFoundAsync(sample, copy, file);
                File.WriteAllBytes(file, [.. whole, .. whole.Take(more)]);
                await AssertFoundAsync(sample, copy, file);
            }
            File.Delete(file);
            // Hints are derived: none is as good as one, only slower.
            await AssertFoundAsync(sample, copy, file, isUnused: IsHint(file));
            File.WriteAllBytes(file, whole);
        }
    }

    [Fact]
    public async Task A_damaged_chunk_is_named_when_it_is_read_and_the_others_are_served()
    {
        using SampleStore sample = await SampleStore.MakeAsync(crashed: false);
        byte[] bytes = File.ReadAllBytes(SampleStore.Segment(sample.Path));
        (BlobHash hash, byte[] content) = sample.Chunks.Last();
        bytes[bytes.AsSpan().IndexOf(content) + 3] ^= 4;
        File.WriteAllBytes(SampleStore.Segment(sample.Path), bytes);
        await using ChunkStore store = await SampleStore.OpenAsync(sample.Path, writable: false);
        IntegrityException error = Assert.Throws<IntegrityException>(() => store.Read(hash));
        Assert.Equal((ErrorKind.ChunkCorrupt, hash), (error.Kind, error.Hash));
        Assert.Equal(1, sample.AssertTrue(store));
        sample.AssertNames(store);
    }

    [Fact]
    public async Task A_file_cut_under_an_open_store_is_a_typed_error()
    {
        using SampleStore sample = await SampleStore.MakeAsync(crashed: false);
        await using ChunkStore store = await SampleStore.OpenAsync(sample.Path, writable: false);
        using (var file = new FileStream(SampleStore.Segment(sample.Path), FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) file.SetLength(100);
        IntegrityException error = Assert.Throws<IntegrityException>(() => store.Read(sample.Chunks.Keys.Last()));
        Assert.Equal(ErrorKind.ChunkLength, error.Kind);
    }

    [Fact]
    public async Task A_chunk_that_holds_a_segment_yields_no_records_when_its_own_header_is_lost()
    {
        using SampleStore sample = await SampleStore.MakeAsync(crashed: true, chunks: 6);
        await using (ChunkStore writer = await SampleStore.OpenAsync(sample.Path, writable: true))
        {
            sample.Put(writer, [.. File.ReadAllBytes(SampleStore.Segment(sample.Path))]);
            sample.Put(writer, [.. new byte[8], .. File.ReadAllBytes(SampleStore.Segment(sample.Path))]);
            writer.RemoveName("name-2");
            sample.Names.Remove("name-2");
            sample.Put(writer, "last"u8.ToArray());
        }
        byte[] whole = File.ReadAllBytes(SampleStore.Segment(sample.Path));
        foreach (bool crashed in (bool[])[false, true])
        {
            foreach (Dataforts.Log.LogRecord record in Log.SegmentRecoveryTests.RecordsOf(sample.Path).Where(r => r.Location.Length > 500))
            {
                string copy = sample.Copy();
                byte[] bytes = [.. whole];
                bytes.AsSpan((int)record.Start, 64).Clear();
                File.WriteAllBytes(SampleStore.Segment(copy), bytes);
                if (crashed) Vouch(copy, 64);
                await using ChunkStore store = await SampleStore.OpenAsync(copy, writable: crashed);
                Assert.Equal(sample.Chunks.Count - 1, store.Info.Chunks);
                Assert.Equal(0, sample.AssertTrue(store));
                sample.AssertNames(store);
            }
        }

        static void Vouch(string path, long length)
        {
            var checkpoint = Dataforts.Log.Checkpoint.Load(StorageDevice.System, path, StoreHeader.Load(StorageDevice.System, path).StoreId);
            (checkpoint with { Clean = false, Segments = [new(1, length, length)] }).Save(StorageDevice.System, path, 0);
        }
    }

    [Fact]
    public async Task A_writer_over_a_damaged_hint_names_it_loses_nothing_and_writes_it_anew()
    {
        using SampleStore sample = await SampleStore.MakeHintedAsync();
        byte[] whole = File.ReadAllBytes(SampleStore.Hint(sample.Path));
        for (int at = 0; at < whole.Length; at += 251)
        {
            string copy = sample.Copy();
            byte[] bytes = [.. whole];
            bytes[at] ^= 4;
            File.WriteAllBytes(SampleStore.Hint(copy), bytes);
            await using (ChunkStore writer = await SampleStore.OpenAsync(SampleStore.OptionsOf(copy) with { MinHintedBytes = 256 }))
            {
                sample.AssertWhole(writer);
                Assert.Equal([SampleStore.Hint(copy)], writer.FindDamagedFiles(Cancel));
                Assert.Contains(SampleStore.Hint(copy) + ", byte ", Assert.Single(writer.DescribeDamage()), StringComparison.Ordinal);
            }
            Assert.True(File.Exists(SampleStore.Hint(copy)));
            await using ChunkStore reader = await SampleStore.OpenAsync(copy, writable: false);
            sample.AssertWhole(reader);
            Assert.Empty(reader.FindDamagedFiles(Cancel));
        }
    }

    private static async Task FlipAsync(bool hinted, int step, byte[] masks)
    {
        using SampleStore sample = hinted ? await SampleStore.MakeHintedAsync() : await SampleStore.MakeAsync(crashed: false);
        string copy = sample.Copy();
        File.Copy(Path.Combine(sample.Path, "lock"), Path.Combine(copy, "lock"), overwrite: true);
        // What is not in the log's folder is the same in both.
        foreach (string file in FilesOf(hinted ? Path.Combine(copy, "log") : copy).Select(f => Path.GetRelativePath(copy, f)).ToList())
            await FlipFileAsync(sample, copy, file, step, masks);
    }

    private static async Task FlipFileAsync(SampleStore sample, string copy, string file, int step, byte[] masks)
    {
        string path = Path.Combine(copy, file);
        byte[] whole = File.ReadAllBytes(path);
        List<(long Start, long End)> unused = file.EndsWith(SegmentFile.Extension, StringComparison.Ordinal) ? UnusedOf(sample) : [];
        for (int i = TestSeed.For(file).Next(step); i < whole.Length; i += step)
        {
            foreach (byte mask in masks)
            {
                byte[] bytes = [.. whole];
                bytes[i] ^= mask;
                File.WriteAllBytes(path, bytes);
                await AssertFoundAsync(sample, copy, path, $"byte {i} ^ {mask:x2}", unused.Exists(range => i >= range.Start && i < range.End));
            }
        }
        File.WriteAllBytes(path, whole);
    }

    // What removed chunks held is nobody's: that it changes is no damage.
    private static List<(long Start, long End)> UnusedOf(SampleStore sample) =>
        [.. Log.SegmentRecoveryTests.RecordsOf(sample.Path).Where(r => sample.Removed.ContainsKey(r.Hash)).Select(r => ((long)r.Location.Offset, r.End))];

    private static bool IsHint(string file) => file.EndsWith(".hint", StringComparison.Ordinal);

    private static IEnumerable<string> FilesOf(string path) => Directory.GetFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    /// <summary>Opening refuses and names the file, or the store says which file it is, or a chunk does when it is read; never a wrong answer.</summary>
    private static async Task AssertFoundAsync(SampleStore sample, string path, string file, string what = "", bool isUnused = false)
    {
        ChunkStore store;
        try
        {
            store = await SampleStore.OpenAsync(path, writable: false);
        }
        catch (DatafortsException error)
        {
            Assert.True(error.Kind is ErrorKind.StoreDamaged or ErrorKind.UnsupportedVersion, $"{file} {what}: {error}");
            Assert.Contains(file, error.Message, StringComparison.Ordinal);
            return;
        }
        await using (store)
        {
            int broken = sample.AssertTrue(store);
            bool namesRefused = !NamesAreTrue(sample, store);
            IReadOnlyList<string> damaged = store.FindDamagedFiles(Cancel);
            if (isUnused || Insignificant.Contains(Path.GetFileName(file)))
            {
                Assert.True(damaged.Count == 0, $"{file} {what}: {string.Join('\n', store.DescribeDamage())}");
                sample.AssertWhole(store);
                return;
            }
            Assert.True(damaged.Count > 0 || broken > 0, $"{file} {what} is not found");
            Assert.All(damaged, found => Assert.Equal(file, found));
            Assert.True(!namesRefused || damaged.Count > 0, $"{file} {what}: names cannot be read, and no file is named");
            if (file.EndsWith(RootIndex.FileName, StringComparison.Ordinal) || IsHint(file)) sample.AssertWhole(store);
        }
    }

    // A segment that was cut off or lost takes its names with it; what is said of the others must be so.
    private static bool NamesAreTrue(SampleStore sample, ChunkStore store)
    {
        try
        {
            foreach (NameEntry entry in store.ListNames())
            {
                Assert.True(sample.Names.TryGetValue(entry.Name, out BlobRef? blob), entry.Name);
                if (entry.Ref != blob) Assert.NotEmpty(store.FindDamagedFiles(Cancel));
            }
            return true;
        }
        catch (DatafortsException error) when (error.Kind == ErrorKind.StoreDamaged)
        {
            return false;
        }
    }
}
