using Dataforts.Store;
using Dataforts.Store.Events;
using Dataforts.Testing;

namespace Dataforts.Tests.Store.Events;

/// <summary>Flipped bits and cut files: an event is what was appended, or is told to be missing.</summary>
public sealed class EventDamageTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly Dictionary<string, List<byte[]>> _events = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Path => _folder["store"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task A_bit_in_every_byte_is_found_when_it_flips(bool hinted) => FlipAsync(hinted, step: 3);

    [Theory]
    [Slow]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_byte_is_found_when_any_bit_of_it_flips(bool hinted)
    {
        for (int i = 0; i < 8; i++) await FlipAsync(hinted, step: 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_log_that_ends_early_is_found_and_what_is_left_of_it_true(bool hinted)
    {
        await MakeAsync(hinted);
        string file = SampleStore.Segment(Path);
        byte[] whole = File.ReadAllBytes(file);
        for (int length = 0; length < whole.Length; length += 5)
        {
            File.WriteAllBytes(file, whole[..length]);
            Assert.True(await CheckAsync(Path), $"cut to {length} of {whole.Length} bytes: not found");
        }
    }

    [Fact]
    public async Task A_tail_that_was_never_flushed_and_went_with_the_power_leaves_whole_events_and_another_epoch()
    {
        await MakeAsync(hinted: false);
        string dead = _folder["dead"];
        uint epoch;
        byte[] whole;
        await using (ChunkStore store = await SampleStore.OpenAsync(Path, writable: true))
        {
            epoch = store.Events.Epoch;
            await store.FlushAsync(Cancel);
            whole = File.ReadAllBytes(SampleStore.Segment(Path));
            for (int i = 0; i < 10; i++) store.Events.Find("a")!.TryAppend(SpecRandom.Bytes((ulong)i, 50), isRef: false, null, out _);
            ScratchFolder.Copy(Path, dead);
        }
        byte[] after = File.ReadAllBytes(SampleStore.Segment(dead));
        for (int length = whole.Length; length <= after.Length; length += 13)
        {
            ScratchFolder.Copy(dead, _folder["lost"]);
            File.WriteAllBytes(SampleStore.Segment(_folder["lost"]), after[..length]);
            SampleStore.LosePower(_folder["lost"]);
            await using ChunkStore store = await SampleStore.OpenAsync(_folder["lost"], writable: true);
            StoredChannel channel = store.Events.Find("a")!;
            Assert.True(store.Events.Epoch > epoch);
            Assert.InRange(channel.Next, (ulong)_events["a"].Count, (ulong)_events["a"].Count + 10);
            Assert.Empty(store.FindDamagedFiles(Cancel));
            channel.TryAppend("new"u8, isRef: false, null, out ulong sequence);
            using var page = new EventPage();
            channel.Read(sequence, 100, 1, page);
            Assert.Equal((store.Events.Epoch, sequence), (page[0].Epoch, page[0].Sequence));
        }
    }

    [Fact]
    public async Task A_process_that_was_killed_between_two_appends_leaves_the_epoch_as_it_was()
    {
        await MakeAsync(hinted: false);
        uint epoch;
        await using (ChunkStore store = await SampleStore.OpenAsync(Path, writable: true))
        {
            epoch = store.Events.Epoch;
            store.Events.Find("a")!.TryAppend("more"u8, isRef: false, null, out _);
            ScratchFolder.Copy(Path, _folder["dead"]);
        }
        await using ChunkStore again = await SampleStore.OpenAsync(_folder["dead"], writable: true);
        Assert.Equal(epoch, again.Events.Epoch);
    }

    [Fact]
    public async Task A_damaged_event_is_a_gap_and_those_behind_it_are_read_and_its_segment_stays()
    {
        await MakeAsync(hinted: false);
        byte[] bytes = File.ReadAllBytes(SampleStore.Segment(Path));
        bytes[bytes.AsSpan().IndexOf(_events["a"][5]) + 1] ^= 1;
        File.WriteAllBytes(SampleStore.Segment(Path), bytes);
        await using ChunkStore store = await SampleStore.OpenAsync(Path, writable: true);
        StoredChannel channel = store.Events.Find("a")!;
        using var page = new EventPage();
        channel.Read(0, 1 << 20, 1000, page);
        Assert.Equal((5, 5UL, EventGap.None), (page.Count, page.Next, page.Gap));
        channel.Read(5, 1 << 20, 1000, page);
        Assert.Equal((0, 6UL, EventGap.Damaged), (page.Count, page.Next, page.Gap));
        channel.Read(6, 1 << 20, 1000, page);
        Assert.Equal(6UL, page[0].Sequence);
        channel.Trim(3);
        Assert.Equal(1, (await store.CompactAsync(new CompactionOptions { MinGarbageRatio = 0.001 }, cancellationToken: Cancel)).SkippedSegments);
        Assert.Equal([SampleStore.Segment(Path)], (await store.ScrubAsync(cancellationToken: Cancel)).DamagedFiles);
        // What nobody keeps need not be whole.
        channel.Trim(6);
        Assert.Equal(0, (await store.CompactAsync(new CompactionOptions { MinGarbageRatio = 0.001 }, cancellationToken: Cancel)).SkippedSegments);
        Assert.Empty((await store.ScrubAsync(cancellationToken: Cancel)).DamagedFiles);
        EventLogTests.AssertHolds(channel, 6, _events["a"][6..]);
    }

    [Fact]
    public async Task A_store_whose_derived_files_are_made_anew_has_its_channels()
    {
        await MakeAsync(hinted: true);
        await ChunkStore.RebuildAsync(SampleStore.OptionsOf(Path), Cancel);
        Assert.False(await CheckAsync(Path));
        await using ChunkStore store = await SampleStore.OpenAsync(Path, writable: true);
        foreach ((string name, List<byte[]> events) in _events) Assert.Equal((ulong)events.Count, store.Events.Find(name)!.Next);
    }

    private async Task FlipAsync(bool hinted, int step)
    {
        await MakeAsync(hinted);
        Random random = TestSeed.For($"{nameof(EventDamageTests)} {hinted}");
        string file = SampleStore.Segment(Path);
        byte[] whole = File.ReadAllBytes(file);
        for (int at = random.Next(step); at < whole.Length; at += step)
        {
            byte[] bytes = [.. whole];
            bytes[at] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(file, bytes);
            Assert.True(await CheckAsync(Path), $"DATAFORTS_TEST_SEED={TestSeed.Value}: byte {at} of {whole.Length} is wrong, and nothing is found");
        }
        File.WriteAllBytes(file, whole);
        Assert.False(await CheckAsync(Path));
    }

    // Two channels by turns: single events, alike and unlike batches, a trim.
    private async Task MakeAsync(bool hinted)
    {
        if (Directory.Exists(Path)) Directory.Delete(Path, recursive: true);
        _events.Clear();
        await using ChunkStore store = await SampleStore.OpenAsync(SampleStore.OptionsOf(Path) with { MinHintedBytes = hinted ? 256 : long.MaxValue });
        for (int i = 0; i < 12; i++)
        {
            foreach (string name in (string[])["a", "b"])
            {
                StoredChannel channel = store.Events.OpenOrCreate(name, new EventRetention { MaxCount = 1000 });
                int count = name == "b" ? 1 + (i % 3) : 1;
                byte[][] payloads = [.. Enumerable.Range(0, count).Select(k => SpecRandom.Bytes((ulong)((100 * i) + k + name[0]), 8 + ((i % 2) * k * 5)))];
                channel.TryAppend([.. payloads.Select(payload => new NewEvent(payload))], null, out _);
                if (!_events.TryGetValue(name, out List<byte[]>? all)) _events.Add(name, all = []);
                all.AddRange(payloads);
            }
            if (i == 8) await store.FlushAsync(Cancel);
        }
        await store.FlushAsync(Cancel);
    }

    /// <summary>Whether damage is told; whatever is read is what was appended.</summary>
    private async Task<bool> CheckAsync(string path)
    {
        await using ChunkStore store = await SampleStore.OpenAsync(path, writable: false);
        bool isFound = store.FindDamagedFiles(Cancel).Count > 0;
        using var page = new EventPage();
        foreach (StoredChannel channel in store.Events.List())
        {
            for (ulong next = channel.First; next < channel.Next; next = page.Next)
            {
                channel.Read(next, 1000, 10, page);
                Assert.True(page.Next > next, "no way on");
                foreach (StoredEvent one in page.Events)
                    Assert.True(one.Payload.Span.SequenceEqual(_events[channel.Name][(int)one.Sequence]), $"{channel.Name} {one.Sequence} is another");
            }
        }
        return isFound;
    }
}
