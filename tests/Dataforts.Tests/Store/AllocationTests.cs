using System.Diagnostics.Metrics;
using Dataforts.Content;
using Dataforts.Store;
using Dataforts.Testing;
using Dataforts.Tests.Log;

namespace Dataforts.Tests.Store;

[Collection(nameof(AloneCollection))]
public sealed class AllocationTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Asking_for_a_chunk_and_putting_it_again_allocate_nothing()
    {
        await using ChunkStore store = await OpenAsync();
        VerifiedChunk chunk = ChunkVerifier.Hash(SpecRandom.Bytes(1, 1000));
        BlobHash unknown = BlobHash.Compute("unknown"u8);
        store.Put(chunk);
        Assert.Equal(0, Spent(1000, _ => store.Put(chunk)));
        Assert.Equal(0, Spent(1000, _ => store.Contains(chunk.Hash)));
        Assert.Equal(0, Spent(1000, _ => store.Contains(unknown)));
        Assert.Equal(0, Spent(1000, _ => store.LengthOf(unknown)));
        Assert.Equal(0, Spent(1000, _ => store.Read(unknown)));
    }

    [Fact]
    public async Task Putting_a_chunk_allocates_little_and_reading_one_no_bytes_of_it()
    {
        const int Count = 200;
        await using ChunkStore store = await OpenAsync();
        VerifiedChunk[] chunks = [.. Enumerable.Range(0, 2 * Count).Select(i => ChunkVerifier.Hash(SpecRandom.Bytes((ulong)i, 64 * 1024)))];
        for (int i = 0; i < Count; i++) store.Put(chunks[i]);
        Assert.InRange(Spent(Count, i => store.Put(chunks[Count + i])) / Count, 0, 1024);
        for (int i = 0; i < Count; i++) store.Read(chunks[i].Hash)!.Dispose();
        Assert.InRange(Spent(Count, i => store.Read(chunks[i].Hash)!.Dispose()) / Count, 0, 200);
    }

    [Fact]
    public async Task A_batch_allocates_little_for_each_of_its_chunks_and_nothing_when_all_are_there()
    {
        const int Batch = 32, Batches = 20;
        await using ChunkStore store = await OpenAsync();
        VerifiedChunk[] chunks = [.. Enumerable.Range(0, Batch * (Batches + 1)).Select(i => ChunkVerifier.Hash(SpecRandom.Bytes((ulong)i, 4096)))];
        bool[] isNew = new bool[Batch];
        int next = 0;
        long spent = Spent(Batches, _ => store.Put(chunks.AsSpan(Batch * next++, Batch), isNew));
        Assert.InRange(spent / (Batch * Batches), 0, 1023);
        Assert.Equal(0, Spent(100, _ => store.Put(chunks.AsSpan(0, Batch), isNew)));
    }

    [Fact]
    public async Task What_the_store_does_is_metered_with_units()
    {
        var units = new Dictionary<string, string?>();
        var sums = new Dictionary<string, double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name != DatafortsMeter.Name) return;
            units[instrument.Name] = instrument.Unit;
            l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((i, value, _, _) => Add(i.Name, value));
        listener.SetMeasurementEventCallback<double>((i, value, _, _) => Add(i.Name, value));
        listener.Start();
        await using (ChunkStore store = await OpenAsync())
        {
            VerifiedChunk chunk = ChunkVerifier.Hash(new byte[100]);
            store.Put(chunk);
            store.Put(chunk);
            store.Read(chunk.Hash)!.Dispose();
            await store.FlushAsync(TestContext.Current.CancellationToken);
        }
        Assert.Equal(("{chunk}", 1.0), (units["dataforts.store.chunks.stored"], sums["dataforts.store.chunks.stored"]));
        Assert.Equal(("{chunk}", 1.0), (units["dataforts.store.chunks.deduplicated"], sums["dataforts.store.chunks.deduplicated"]));
        Assert.Equal(("By", 100.0), (units["dataforts.store.io.stored"], sums["dataforts.store.io.stored"]));
        Assert.Equal(("By", 100.0), (units["dataforts.store.io.read"], sums["dataforts.store.io.read"]));
        Assert.Equal(("{flush}", 1.0), (units["dataforts.log.flushes"], sums["dataforts.log.flushes"]));
        Assert.Equal("s", units["dataforts.log.flush.duration"]);
        Assert.InRange(sums["dataforts.log.flush.duration"], 1e-9, 60);
        Assert.All(units, unit => Assert.False(string.IsNullOrEmpty(unit.Value), unit.Key));

        void Add(string name, double value)
        {
            lock (sums) sums[name] = sums.GetValueOrDefault(name) + value;
        }
    }

    private static long Spent(int times, Action<int> action)
    {
        action(0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < times; i++) action(i);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private Task<ChunkStore> OpenAsync() =>
        ChunkStore.OpenAsync(new StoreOptions { Path = _folder["store"], Writable = true }, TestContext.Current.CancellationToken);
}
