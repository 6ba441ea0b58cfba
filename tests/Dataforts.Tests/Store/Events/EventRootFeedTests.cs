using Dataforts.Content;
using Dataforts.Log;
using Dataforts.Store;
using Dataforts.Store.Events;
using Dataforts.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Dataforts.Tests.Store.Events;

/// <summary>What events keep is told in an order in which nothing is let go too early, and at a price.</summary>
public sealed class EventRootFeedTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(56));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private StoreOptions Options => SampleStore.OptionsOf(_folder["store"]) with { Time = _time };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_channel_of_refs_with_retention_is_recorded_once_for_many_appends(bool isCounted)
    {
        const int Appends = 2000, Kept = 10;
        await using ChunkStore store = await SampleStore.OpenAsync(Options with { SegmentBytes = 16 << 20 });
        StoredChannel channel = store.Events.OpenOrCreate("refs", new EventRetention { MaxCount = Kept });
        var watch = new Watch(channel);
        if (isCounted) store.Events.BeginCounting(watch);
        for (int i = 0; i < Appends; i++) channel.TryAppend(RefOf(i), isRef: true, null, out _);
        Assert.Equal((ulong)(Appends - Kept), channel.First);
        Assert.InRange(ChannelRecords(store), 2, 2 + (Appends / StoredChannel.DropsPerSave));
        Assert.InRange(watch.Held.Count, isCounted ? Kept : 0, Kept + StoredChannel.DropsPerSave);
        store.Events.SaveUnsaved();
        Assert.Equal(isCounted ? Kept : 0, watch.Held.Count);
        Assert.InRange(ChannelRecords(store), 2, 3 + (Appends / StoredChannel.DropsPerSave));
    }

    [Fact]
    public async Task A_writer_that_dies_before_it_wrote_down_the_front_has_let_nothing_go_that_comes_back()
    {
        var held = new SortedSet<ulong>();
        ulong first;
        await using (ChunkStore store = await SampleStore.OpenAsync(Options))
        {
            StoredChannel channel = store.Events.OpenOrCreate("refs", new EventRetention { MaxAge = TimeSpan.FromSeconds(10) });
            var watch = new Watch(channel);
            store.Events.BeginCounting(watch);
            for (int i = 0; i < 100; i++)
            {
                channel.TryAppend(RefOf(i), isRef: true, null, out _);
                _time.Advance(TimeSpan.FromSeconds(1));
            }
            first = channel.First;
            held.UnionWith(watch.Held);
            ScratchFolder.Copy(store.Path, _folder["dead"]);
        }
        // The clock goes back, so that age does not say again what it said.
        var earlier = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        await using ChunkStore again = await SampleStore.OpenAsync(Options with { Path = _folder["dead"], Time = earlier });
        StoredChannel back = again.Events.Find("refs")!;
        Assert.Equal(100UL, back.Next);
        Assert.InRange(back.First, first - StoredChannel.DropsPerSave, first);
        for (ulong sequence = back.First; sequence < back.Next; sequence++) Assert.Contains(sequence, held);
    }

    [Fact]
    public async Task Appends_and_drops_go_on_while_what_events_keep_is_read()
    {
        ChunkStore? store = null;
        StoredChannel? busy = null;
        int looks = 0;
        bool isListing = false;
        var device = new WatchedDevice(call =>
        {
            if (!isListing || call.Deed != WatchedDeed.Read || !call.IsSegment) return;
            isListing = false;
            // Someone else appends, drops and makes a channel: none of them waits for this read.
            Task others = Task.Run(() =>
            {
                for (int i = 0; i < 20; i++) busy!.TryAppend(RefOf(1000 + i), isRef: true, null, out _);
                busy!.Trim(30);
                store!.Events.OpenOrCreate($"new{looks++}", EventRetention.Everything).TryAppend(RefOf(5000 + looks), isRef: true, null, out _);
            }, Cancel);
            Assert.True(others.Wait(TimeSpan.FromSeconds(30), Cancel), "an append waits for the listing");
            isListing = looks < 3;
        });
        store = await SampleStore.OpenAsync(Options with { Device = device });
        await using ChunkStore closing = store;
        busy = store.Events.OpenOrCreate("busy", new EventRetention { MaxCount = 200 });
        StoredChannel other = store.Events.OpenOrCreate("other", EventRetention.Everything);
        for (int i = 0; i < 150; i++)
        {
            busy.TryAppend(RefOf(i), isRef: true, null, out ulong _);
            other.TryAppend(RefOf(i), isRef: true, null, out ulong _);
        }
        var watch = new Watch(busy);
        isListing = true;
        foreach (EventRoot root in store.Events.BeginCounting(watch)) watch.Count(root, 1);
        isListing = false;
        Assert.True(looks > 0);
        store.Events.SaveUnsaved();
        var wanted = new List<(ulong, ulong)>();
        foreach (StoredChannel channel in store.Events.List())
        {
            for (ulong sequence = channel.First; sequence < channel.Next; sequence++) wanted.Add((channel.Id, sequence));
        }
        Assert.Equal(wanted.Order(), watch.Counts.Where(one => one.Value == 1).Select(one => one.Key).Order());
        Assert.All(watch.Counts.Values, count => Assert.InRange(count, 0, 1));
    }

    [Fact]
    public async Task Asking_of_one_record_or_segment_does_not_go_through_all_channels()
    {
        const int Channels = 5000;
        await using ChunkStore store = await SampleStore.OpenAsync(Options with { SegmentBytes = 64 << 20 });
        for (int i = 0; i < Channels; i++) store.Events.OpenOrCreate($"c/{i}", EventRetention.Everything);
        RecordLocation[] places = [.. store.Events.List().Select(channel => channel.StateAt)];
        LogRecord[] records = [.. places.Select(place => new LogRecord { Kind = RecordKind.Channel, Location = place })];
        int live = 0;
        Count();
        live = 0;
        long before = GC.GetAllocatedBytesForCurrentThread();
        Count();
        Assert.Equal((Channels, 0L), (live, GC.GetAllocatedBytesForCurrentThread() - before));
        Assert.False(store.Events.IsLive(records[0] with { Location = records[0].Location with { Offset = records[0].Location.Offset + 8 } }));
        // A segment that holds nothing of any channel.
        before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(0L, store.Events.MoveOut(77, []));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2000);

        void Count()
        {
            foreach (LogRecord record in records)
            {
                if (store.Events.IsLive(record)) live++;
            }
        }
    }

    private static byte[] RefOf(int n) => SmallRef.Create(BlobHash.Compute(SpecRandom.Bytes((ulong)n, 20)), 20).Encode();

    private static int ChannelRecords(ChunkStore store)
    {
        SegmentLog log = ((IEventStore)store).CurrentLog;
        return log.Usage().Sum(segment => log.RecordsOf(segment.Id)!.Count(record => record.Kind == RecordKind.Channel));
    }

    private sealed class Watch(StoredChannel channel) : IEventRoots
    {
        public SortedSet<ulong> Held { get; } = [];

        public Dictionary<(ulong, ulong), int> Counts { get; } = [];

        public void Add(in EventRoot root)
        {
            if (root.Channel == channel.Id) Held.Add(root.Sequence);
            Count(root, 1);
        }

        public void Drop(in EventRoot root)
        {
            if (root.Channel == channel.Id)
            {
                Held.Remove(root.Sequence);
                Assert.True(channel.State.First > root.Sequence, "let go before the log was told");
            }
            Count(root, -1);
        }

        public void Break() => Assert.Fail("everything can be read");

        public void Count(EventRoot root, int by)
        {
            lock (Counts) Counts[(root.Channel, root.Sequence)] = Counts.GetValueOrDefault((root.Channel, root.Sequence)) + by;
        }
    }
}
