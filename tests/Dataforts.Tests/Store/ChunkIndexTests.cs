using Dataforts.Content;
using Dataforts.Log;
using Dataforts.Store;
using Dataforts.Testing;

namespace Dataforts.Tests.Store;

public sealed class ChunkIndexTests
{
    [Fact]
    public void What_is_set_is_found_and_the_latest_place_counts()
    {
        var index = new ChunkIndex();
        var truth = new Dictionary<BlobHash, RecordLocation>();
        var random = new Random(7);
        for (int i = 0; i < 50_000; i++)
        {
            BlobHash hash = HashOf(random.Next(20_000));
            var location = new RecordLocation((uint)random.Next(1, 9), (uint)i, i % 100);
            RecordLocation? before = index.Set(hash, location);
            Assert.Equal(truth.TryGetValue(hash, out RecordLocation known) ? known : null, before);
            truth[hash] = location;
        }
        Assert.Equal(truth.Count, index.Count);
        foreach ((BlobHash hash, RecordLocation location) in truth)
        {
            Assert.True(index.TryGet(hash, out RecordLocation found));
            Assert.Equal(location, found);
        }
        for (int i = 20_000; i < 40_000; i++) Assert.False(index.Contains(HashOf(i)));
        Assert.Equal(truth.Keys.Order(), index.Enumerate().Select(entry => entry.Key).Order());
    }

    [Fact]
    public void Hashes_that_share_their_slot_are_told_apart()
    {
        var index = new ChunkIndex();
        var bytes = new byte[32];
        for (int i = 1; i <= 1_000; i++)
        {
            BitConverter.TryWriteBytes(bytes.AsSpan(16), i);
            Assert.Null(index.Set(new BlobHash(bytes), new RecordLocation(1, (uint)i, i)));
        }
        for (int i = 1; i <= 1_000; i++)
        {
            BitConverter.TryWriteBytes(bytes.AsSpan(16), i);
            Assert.True(index.TryGet(new BlobHash(bytes), out RecordLocation found));
            Assert.Equal(i, found.Length);
        }
        Assert.False(index.Contains(default));
    }

    [Fact]
    public void Asking_allocates_nothing()
    {
        var index = new ChunkIndex();
        for (int i = 0; i < 1_000; i++) index.Set(HashOf(i), new RecordLocation(1, 1, i));
        BlobHash known = HashOf(1);
        BlobHash unknown = HashOf(-1);
        Assert.True(index.Contains(known) && !index.Contains(unknown));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++) _ = index.TryGet(known, out _) | index.Contains(unknown);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Slow]
    [Fact]
    public void At_every_count_above_a_million_a_chunk_costs_at_most_56_bytes()
    {
        var index = new ChunkIndex();
        for (int i = 0; i < 1_700_000; i++)
        {
            index.Set(HashOf(i), new RecordLocation(1, (uint)i, 1));
            if (i >= 1_000_000 && i % 1_000 == 0) Assert.True(index.TableBytes <= 56L * (i + 1), $"{index.TableBytes} bytes for {i + 1}");
        }
    }

    [Fact]
    public async Task Readers_beside_a_writer_see_whole_entries()
    {
        const int Chunks = 20_000;
        var index = new ChunkIndex();
        int written = 0;
        Task writer = Task.Run(
            () =>
            {
                for (int round = 1; round <= 5; round++)
                {
                    for (int i = 0; i < Chunks; i++)
                    {
                        index.Set(HashOf(i), new RecordLocation((uint)round, (uint)(i * round), i));
                        if (round == 1) Volatile.Write(ref written, i + 1);
                    }
                }
            },
            TestContext.Current.CancellationToken);
        Task[] readers = [.. Enumerable.Range(0, 3).Select(seed => Task.Run(() => Read(index, seed, ref written, writer)))];
        await Task.WhenAll([writer, .. readers]);
        Assert.Equal(Chunks, index.Count);
    }

    private static void Read(ChunkIndex index, int seed, ref int written, Task writer)
    {
        var random = new Random(seed);
        while (!writer.IsCompleted)
        {
            int known = Volatile.Read(ref written);
            if (known == 0) continue;
            int i = random.Next(known);
            Assert.True(index.TryGet(HashOf(i), out RecordLocation found));
            Assert.Equal((i, (uint)(i * found.Segment)), (found.Length, found.Offset));
            Assert.False(index.Contains(HashOf(-1 - i)));
        }
    }

    private static BlobHash HashOf(int number) => BlobHash.Compute(BitConverter.GetBytes(number));
}
