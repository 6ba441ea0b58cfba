using Dataforts.Content;
using Dataforts.Store;
using Dataforts.Store.Events;
using Dataforts.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Dataforts.Tests.Store.Events;

public sealed class EventLogTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(56));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private StoreOptions Options => SampleStore.OptionsOf(_folder["store"]) with { Time = _time };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Events_are_numbered_from_zero_and_read_back_here_after_reopening_and_beside_the_writer()
    {
        byte[][] payloads = [.. Enumerable.Range(0, 300).Select(i => SpecRandom.Bytes((ulong)i, i % 5 == 0 ? 32 : i * 7 % 200))];
        await using (ChunkStore store = await SampleStore.OpenAsync(Options))
        {
            StoredChannel channel = store.Events.OpenOrCreate("a/b", EventRetention.Everything);
            for (int i = 0; i < 100; i++)
            {
                Assert.True(channel.TryAppend(payloads[i], isRef: false, null, out ulong sequence));
                Assert.Equal((ulong)i, sequence);
            }
            Assert.True(channel.TryAppend([.. payloads[100..].Select(payload => new NewEvent(payload))], 100, out ulong first));
            Assert.Equal(100UL, first);
            AssertHolds(channel, 0, payloads);
            await using ChunkStore reader = await SampleStore.OpenAsync(Options with { Writable = false });
            AssertHolds(reader.Events.Find("a/b")!, 0, payloads);
        }
        await using (ChunkStore store = await SampleStore.OpenAsync(Options)) AssertHolds(store.Events.Find("a/b")!, 0, payloads);
    }

    [Fact]
    public async Task An_event_of_32_bytes_takes_96_in_the_log_and_64_of_them_together_2112()
    {
        await using ChunkStore store = await SampleStore.OpenAsync(Options);
        StoredChannel channel = store.Events.OpenOrCreate("a", EventRetention.Everything);
        long before = store.Info.DiskBytes;
        channel.TryAppend(new byte[32], isRef: false, null, out _);
        Assert.Equal(before + 96, store.Info.DiskBytes);
        channel.TryAppend([.. Enumerable.Repeat(new NewEvent(new byte[32]), 64)], null, out _);
        Assert.Equal(before + 96 + 64 + 2048, store.Info.DiskBytes);
    }

    [Fact]
    public async Task A_number_that_was_not_expected_appends_nothing()
    {
        await using ChunkStore store = await SampleStore.OpenAsync(Options);
        StoredChannel channel = store.Events.OpenOrCreate("a", EventRetention.Everything);
        Assert.True(channel.TryAppend("one"u8, isRef: false, 0, out _));
        Assert.False(channel.TryAppend("two"u8, isRef: false, 0, out ulong next));
        Assert.Equal(1UL, next);
        Assert.False(channel.TryAppend([new NewEvent("x"u8.ToArray()), new NewEvent("y"u8.ToArray())], 2, out next));
        Assert.Equal((1UL, 1UL), (next, channel.Next));
    }

    [Fact]
    public async Task What_is_too_long_is_refused_by_its_limit()
    {
        await using ChunkStore store = await SampleStore.OpenAsync(Options);
        StoredChannel channel = store.Events.OpenOrCreate("a", EventRetention.Everything);
        byte[] most = new byte[EventLimits.MaxEventBytes];
        Assert.True(channel.TryAppend(most, isRef: false, null, out _));
        DatafortsException tooLong = Assert.Throws<DatafortsException>(() => channel.TryAppend(new byte[most.Length + 1], isRef: false, null, out _));
        Assert.Equal(ErrorKind.LimitExceeded, tooLong.Kind);
        Assert.Contains("1048576", tooLong.Message, StringComparison.Ordinal);
        NewEvent[] batch = [.. Enumerable.Repeat(new NewEvent(most), 8)];
        Assert.True(channel.TryAppend(batch, null, out _));
        NewEvent[] tooMuch = [.. batch, new NewEvent(new byte[1])];
        Assert.Equal(ErrorKind.LimitExceeded, Assert.Throws<DatafortsException>(() => channel.TryAppend(tooMuch, null, out _)).Kind);
        NewEvent[] many = [.. Enumerable.Repeat(default(NewEvent), EventLimits.MaxBatchEvents)];
        Assert.True(channel.TryAppend(many, null, out _));
        Assert.Equal(ErrorKind.LimitExceeded, Assert.Throws<DatafortsException>(() => channel.TryAppend([.. many, default], null, out _)).Kind);
        Assert.Equal(ErrorKind.LimitExceeded,
            Assert.Throws<DatafortsException>(() => store.Events.OpenOrCreate(new string('é', 128), EventRetention.Everything)).Kind);
        Assert.Equal(9UL + EventLimits.MaxBatchEvents, channel.Next);
        using var page = new EventPage();
        channel.Read(9, int.MaxValue, int.MaxValue, page);
        Assert.Equal(EventLimits.MaxBatchEvents, page.Count);
        channel.Read(3, 10, 5, page);
        Assert.Equal((1, EventLimits.MaxEventBytes), (page.Count, page[0].Payload.Length));
    }

    [Fact]
    public async Task A_page_is_bounded_by_bytes_and_events_and_reading_goes_on_behind_it()
    {
        await using ChunkStore store = await SampleStore.OpenAsync(Options);
        StoredChannel channel = store.Events.OpenOrCreate("a", EventRetention.Everything);
        for (int i = 0; i < 500; i++)
            channel.TryAppend([.. Enumerable.Range(0, 1 + (i % 3)).Select(k => new NewEvent(SpecRandom.Bytes((ulong)k, 10 + k)))], null, out _);
        using var page = new EventPage();
        ulong next = 0;
        while (next < channel.Next)
        {
            channel.Read(next, 55, 4, page);
            Assert.InRange(page.Count, 1, 4);
            Assert.InRange(page.Bytes, 1, 55);
            Assert.Equal((next, EventGap.None), (page[0].Sequence, page.Gap));
            next = page.Next;
        }
        channel.Read(next, 55, 4, page);
        Assert.Equal((0, next, EventGap.None), (page.Count, page.Next, page.Gap));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    public async Task The_newest_stay_by_count_and_by_bytes_and_age_is_asked_now_and_then(int batch)
    {
        await using ChunkStore store = await SampleStore.OpenAsync(Options);
        StoredChannel count = store.Events.OpenOrCreate("count", new EventRetention { MaxCount = 100 });
        StoredChannel bytes = store.Events.OpenOrCreate("bytes", new EventRetention { MaxBytes = 3000 });
        StoredChannel age = store.Events.OpenOrCreate("age", new EventRetention { MaxAge = TimeSpan.FromSeconds(50) });
        var lengths = new List<int>();
        for (int i = 0; i < 60 + (400 / batch); i++)
        {
            NewEvent[] events = [.. Enumerable.Range(0, batch).Select(k => new NewEvent(SpecRandom.Bytes((ulong)k, ((i * 31) + (k * 17)) % 90)))];
            lengths.AddRange(events.Select(one => one.Payload.Length));
            foreach (StoredChannel channel in (StoredChannel[])[count, bytes, age]) channel.TryAppend(events, null, out _);
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(count.Next - Math.Min(100, count.Next), count.First);
            Assert.Equal(FirstWithin(lengths, 3000), bytes.First);
            Assert.Equal(lengths.Skip((int)count.First).Sum(), count.Bytes);
            Assert.Equal(lengths.Skip((int)bytes.First).Sum(), bytes.Bytes);
        }
        store.Events.Sweep(Cancel);
        Assert.Equal(age.Next - (ulong)(50 * batch), age.First);
        Assert.Equal(lengths.Skip((int)age.First).Sum(), age.Bytes);
        _time.Advance(TimeSpan.FromSeconds(100));
        store.Events.Sweep(Cancel);
        Assert.Equal((age.Next, 0L), (age.First, age.Bytes));
    }

    [Fact]
    public async Task Empty_events_end_by_bytes_as_well()
    {
        await using ChunkStore store = await SampleStore.OpenAsync(Options);
        StoredChannel channel = store.Events.OpenOrCreate("a", new EventRetention { MaxBytes = 100 * EventLimits.EventOverheadBytes });
        for (int i = 0; i < 1000; i++) channel.TryAppend([], isRef: false, null, out _);
        Assert.Equal((900UL, 1000UL), (channel.First, channel.Next));
        channel.TryAppend([.. Enumerable.Repeat(new NewEvent(default), 150)], null, out _);
        Assert.Equal((1050UL, 1150UL), (channel.First, channel.Next));
        await store.CompactAsync(new CompactionOptions { MinGarbageRatio = 0.01 }, cancellationToken: Cancel);
        Assert.InRange(store.Info.DiskBytes, 0, 20_000);
    }

    [Fact]
    public async Task Numbers_go_on_after_everything_was_dropped_compacted_away_and_the_writer_died()
    {
        ulong next;
        await using (ChunkStore store = await SampleStore.OpenAsync(Options))
        {
            StoredChannel channel = store.Events.OpenOrCreate("a", new EventRetention { MaxAge = TimeSpan.FromSeconds(1) });
            for (int i = 0; i < 3000; i++) channel.TryAppend(SpecRandom.Bytes((ulong)i, 64), isRef: false, null, out _);
            next = channel.Next;
            _time.Advance(TimeSpan.FromSeconds(5));
            store.Events.Sweep(Cancel);
            Assert.Equal(next, channel.First);
            await store.CompactAsync(new CompactionOptions { MinGarbageRatio = 0.01 }, cancellationToken: Cancel);
            Assert.InRange(store.Info.DiskBytes, 0, 2000);
            ScratchFolder.Copy(store.Path, _folder["dead"]);
        }
        foreach (string path in (string[])[_folder["dead"], Options.Path])
        {
            await using ChunkStore store = await SampleStore.OpenAsync(Options with { Path = path });
            StoredChannel channel = store.Events.Find("a")!;
            Assert.Equal((next, next), (channel.First, channel.Next));
            channel.TryAppend("x"u8, isRef: false, null, out ulong sequence);
            Assert.Equal(next, sequence);
        }
    }

    [Fact]
    public async Task Names_with_one_hash_are_two_channels_and_counted()
    {
        StoreOptions colliding = Options with { ChannelIdOf = _ => ulong.MaxValue };
        for (int round = 0; round < 3; round++)
        {
            await using ChunkStore store = await SampleStore.OpenAsync(colliding);
            foreach (string name in (string[])["a", "b", "c"])
            {
                StoredChannel channel = store.Events.OpenOrCreate(name, EventRetention.Everything);
                channel.TryAppend(System.Text.Encoding.UTF8.GetBytes(name + round), isRef: false, (ulong)round, out _);
            }
            Assert.Equal((3, 2), (store.Events.ChannelCount, store.Events.Collisions));
            Assert.Equal(3, store.Events.List().Select(channel => channel.Id).Distinct().Count());
            foreach (StoredChannel channel in store.Events.List())
                AssertHolds(channel, 0, [.. Enumerable.Range(0, round + 1).Select(r => System.Text.Encoding.UTF8.GetBytes(channel.Name + r))]);
        }
    }

    [Fact]
    public async Task The_canonical_number_of_a_name_is_its_XxHash3()
    {
        Assert.Equal(0x2D06800538D394C2UL, System.IO.Hashing.XxHash3.HashToUInt64([]));
        Assert.Equal(System.IO.Hashing.XxHash3.HashToUInt64("a/b"u8), EventLog.CanonicalId("a/b"));
        await using ChunkStore store = await SampleStore.OpenAsync(Options);
        Assert.Equal(EventLog.CanonicalId("a/b"), store.Events.OpenOrCreate("a/b", EventRetention.Everything).Id);
    }

    [Fact]
    public async Task A_reader_sees_what_was_appended_since_when_it_looks_again()
    {
        await using ChunkStore store = await SampleStore.OpenAsync(Options);
        StoredChannel channel = store.Events.OpenOrCreate("a", new EventRetention { MaxCount = 1000 });
        channel.TryAppend(SpecRandom.Bytes(199, 40), isRef: false, null, out _);
        await using ChunkStore reader = await SampleStore.OpenAsync(Options with { Writable = false });
        StoredChannel seen = reader.Events.Find("a")!;
        Assert.False(reader.Events.Refresh());
        for (int round = 0; round < 30; round++)
        {
            for (int i = 0; i < 200; i++) channel.TryAppend(SpecRandom.Bytes((ulong)i, 40), isRef: false, null, out _);
            Assert.True(reader.Events.Refresh());
            Assert.Equal((channel.First, channel.Next, channel.Bytes), (seen.First, seen.Next, seen.Bytes));
            if (round % 7 == 6) await store.CompactAsync(new CompactionOptions { MinGarbageRatio = 0.1 }, cancellationToken: Cancel);
            IEnumerable<int> left = Enumerable.Range((int)seen.First, (int)(seen.Next - seen.First));
            AssertHolds(seen, seen.First, [.. left.Select(n => SpecRandom.Bytes((ulong)((n + 199) % 200), 40))]);
        }
        Assert.Throws<DatafortsException>(() => seen.TryAppend("x"u8, isRef: false, null, out _));
    }

    [Fact]
    public async Task A_reader_that_looks_again_reads_what_was_appended_since_and_no_more()
    {
        await using ChunkStore store = await SampleStore.OpenAsync(Options);
        StoredChannel channel = store.Events.OpenOrCreate("a", EventRetention.Everything);
        Append(5000);
        long read = 0;
        var device = new WatchedDevice(call => read += call.Deed == WatchedDeed.Read ? call.Bytes : 0);
        await using ChunkStore reader = await SampleStore.OpenAsync(Options with { Writable = false, Device = device });
        StoredChannel seen = reader.Events.Find("a")!;
        long all = read;
        for (int round = 1; round <= 100; round++)
        {
            // Now and then a segment is full, a channel and a name are made, and a chunk is put.
            Append(round % 10 == 0 ? 500 : 3);
            if (round % 20 == 0) store.Events.OpenOrCreate($"b{round}", EventRetention.Everything).TryAppend("x"u8, isRef: false, null, out _);
            VerifiedChunk chunk = ChunkVerifier.Hash(SpecRandom.Bytes((ulong)round, 50));
            store.Put(chunk);
            if (round % 7 == 0) store.SetName($"name-{round}", SmallRef.Create(chunk.Hash, 50));
            if (round % 9 == 0) store.Remove([chunk.Hash]);
            (long before, long wrote) = (read, store.Info.DiskBytes - reader.Info.DiskBytes);
            Assert.True(reader.Events.Refresh());
            // A window of the scan for each segment, and the record of a channel.
            Assert.InRange(read - before, 1, wrote + (4 * 65_536));
            Assert.Equal((channel.First, channel.Next, channel.Bytes), (seen.First, seen.Next, seen.Bytes));
            Assert.Equal(store.Events.ChannelCount, reader.Events.ChannelCount);
            Assert.Equal(store.Contains(chunk.Hash), reader.Contains(chunk.Hash));
            Assert.Equal(store.ListNames().Count(), reader.ListNames().Count());
        }
        Assert.True(all > 10 * 65_536, "the store is too small to tell");
        AssertHolds(seen, 0, [.. Enumerable.Range(0, (int)seen.Next).Select(n => SpecRandom.Bytes((ulong)n, 100))]);
        await store.CompactAsync(new CompactionOptions { MinGarbageRatio = 0.0001 }, cancellationToken: Cancel);
        Assert.True(reader.Events.Refresh());
        Append(5);
        Assert.True(reader.Events.Refresh());
        AssertHolds(seen, 0, [.. Enumerable.Range(0, (int)seen.Next).Select(n => SpecRandom.Bytes((ulong)n, 100))]);
        Assert.Empty(reader.FindDamagedFiles(Cancel));

        void Append(int count)
        {
            for (int i = 0; i < count; i++) channel.TryAppend(SpecRandom.Bytes(channel.Next, 100), isRef: false, null, out _);
        }
    }

    internal static void AssertHolds(StoredChannel channel, ulong first, IReadOnlyList<byte[]> payloads)
    {
        Assert.Equal((first, first + (ulong)payloads.Count), (channel.First, channel.Next));
        using var page = new EventPage();
        ulong next = first;
        while (next < channel.Next)
        {
            channel.Read(next, 4096, 1000, page);
            Assert.Equal(EventGap.None, page.Gap);
            Assert.NotEmpty(page.Events);
            foreach (StoredEvent one in page.Events)
            {
                Assert.Equal(next, one.Sequence);
                Assert.True(one.Payload.Span.SequenceEqual(payloads[(int)(next++ - first)]), $"event {one.Sequence} of {channel.Name} is another");
            }
        }
    }

    private static ulong FirstWithin(List<int> lengths, int most)
    {
        int first = lengths.Count - 1;
        for (int sum = Counted(first); first > 0 && sum + Counted(first - 1) <= most; first--) sum += Counted(first - 1);
        return (ulong)first;

        int Counted(int index) => lengths[index] + EventLimits.EventOverheadBytes;
    }
}
