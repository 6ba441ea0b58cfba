using Dataforts.Store;
using Dataforts.Store.Events;
using Dataforts.Tests.Log;

namespace Dataforts.Tests.Store.Events;

/// <summary>What events and channels cost in memory and files.</summary>
[Collection(nameof(AloneCollection))]
public sealed class EventCostTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Appending_and_reading_allocate_nothing_once_under_way()
    {
        await using ChunkStore store = await SampleStore.OpenAsync(SampleStore.OptionsOf(_folder["store"]) with { SegmentBytes = 64 << 20 });
        StoredChannel all = store.Events.OpenOrCreate("all", EventRetention.Everything);
        StoredChannel some = store.Events.OpenOrCreate("some", new EventRetention { MaxCount = 100, MaxBytes = 10_000, MaxAge = TimeSpan.FromHours(1) });
        byte[] payload = new byte[32];
        NewEvent[] batch = [.. Enumerable.Range(0, 64).Select(i => new NewEvent(new byte[i % 2 == 0 ? 32 : 40]))];
        using var page = new EventPage();
        ulong next = 0;
        foreach (StoredChannel channel in (StoredChannel[])[all, some])
        {
            // What grows with the events is their index, by halves: 24 bytes for 4 KiB of them.
            for (int i = 0; i < 3000; i++) Append(channel);
            Assert.InRange(Spent(500, () => Append(channel)), 0, 24 * 3000);
        }
        for (int i = 0; i < 100; i++) Read();
        Assert.Equal(0, Spent(1000, Read));
        Assert.Equal(0, Spent(20, () => Append(some)));

        void Append(StoredChannel channel)
        {
            channel.TryAppend(payload, isRef: false, null, out _);
            channel.TryAppend(batch, null, out _);
        }

        void Read()
        {
            all.Read(next, 1000, 30, page);
            next = page.Next;
        }
    }

    [Fact]
    public async Task A_million_events_are_indexed_in_less_than_a_byte_each()
    {
        await using ChunkStore store = await SampleStore.OpenAsync(SampleStore.OptionsOf(_folder["store"]) with { SegmentBytes = 256 << 20 });
        StoredChannel alone = store.Events.OpenOrCreate("alone", EventRetention.Everything);
        for (int i = 0; i < 100_000; i++) alone.TryAppend(new byte[32], isRef: false, null, out _);
        Assert.InRange(alone.IndexBytes, 1, 100_000);
        StoredChannel one = store.Events.OpenOrCreate("one", EventRetention.Everything), other = store.Events.OpenOrCreate("other", EventRetention.Everything);
        for (int i = 0; i < 20_000; i++)
        {
            one.TryAppend(new byte[32], isRef: false, null, out _);
            other.TryAppend(new byte[32], isRef: false, null, out _);
        }
        // By turns, each is a run of its own; half as much again may be set aside.
        Assert.InRange(one.IndexBytes, 24 * 20_000, 36 * 20_000);
    }

    [Fact]
    public async Task Ten_thousand_idle_channels_cost_less_than_a_kibibyte_each_and_no_file()
    {
        const int Channels = 10_000;
        StoreOptions options = SampleStore.OptionsOf(_folder["store"]) with { SegmentBytes = 64 << 20 };
        string[] names = [.. Enumerable.Range(0, Channels).Select(i => $"tenant/{i:D6}/orders/created")];
        ChunkStore store = await SampleStore.OpenAsync(options);
        await using (store)
        {
            int files = Directory.GetFiles(store.Path, "*", SearchOption.AllDirectories).Length;
            StoredChannel first = store.Events.OpenOrCreate("first", EventRetention.Everything);
            first.TryAppend(new byte[32], isRef: false, null, out _);
            long before = GC.GetTotalMemory(forceFullCollection: true);
            foreach (string name in names)
            {
                StoredChannel channel = store.Events.OpenOrCreate(name, new EventRetention { MaxCount = 3 });
                for (int i = 0; i < 5; i++) channel.TryAppend(new byte[32], isRef: false, null, out _);
            }
            store.Events.Sweep(TestContext.Current.CancellationToken);
            Assert.InRange((GC.GetTotalMemory(forceFullCollection: true) - before) / Channels, 0, 1024);
            Assert.Equal(files + 1, Directory.GetFiles(store.Path, "*", SearchOption.AllDirectories).Length);
        }
        long closed = GC.GetTotalMemory(forceFullCollection: true);
        await using ChunkStore again = await SampleStore.OpenAsync(options);
        Assert.InRange((GC.GetTotalMemory(forceFullCollection: true) - closed) / Channels, 0, 1024);
        Assert.Equal(Channels + 1, again.Events.ChannelCount);
        Assert.Equal((2UL, 5UL), (again.Events.Find(names[77])!.First, again.Events.Find(names[77])!.Next));
    }

    private static long Spent(int times, Action deed)
    {
        deed();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < times; i++) deed();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
