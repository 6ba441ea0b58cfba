using System.Runtime.InteropServices;
using Dataforts.Content;
using Dataforts.Log;
using Dataforts.Store.Indexing;
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

    [Fact]
    public void Many_at_once_are_answered_as_one_by_one()
    {
        var index = new ChunkIndex();
        for (int i = 0; i < 5_000; i++) index.Set(HashOf(i), new RecordLocation(1, (uint)i, i));
        for (int count = 0; count <= 100; count++)
        {
            BlobHash[] hashes = [.. Enumerable.Range(0, count).Select(i => HashOf(i % 3 == 0 ? -1 - i : i * 7))];
            var present = new bool[count];
            var locations = new RecordLocation[count];
            Array.Fill(locations, new RecordLocation(9, 9, 9));
            Assert.Equal(hashes.Count(hash => index.Contains(hash)), index.Contains(hashes, present));
            Assert.Equal(hashes.Count(hash => index.Contains(hash)), index.TryGet(hashes, locations));
            Assert.Equal(hashes.Select(hash => index.Contains(hash)), present);
            Assert.Equal(hashes.Select(hash => index.TryGet(hash, out RecordLocation location) ? location : default), locations);
        }
    }

    [Fact]
    public void Asking_for_many_and_changing_what_is_there_allocate_nothing()
    {
        var index = new ChunkIndex();
        BlobHash[] hashes = [.. Enumerable.Range(0, 1_000).Select(HashOf)];
        foreach (BlobHash hash in hashes) index.Set(hash, new RecordLocation(1, 1, 1));
        var present = new bool[hashes.Length];
        var locations = new RecordLocation[hashes.Length];
        Churn();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Churn();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Churn()
        {
            Assert.True(index.Contains(hashes, present) == hashes.Length && index.TryGet(hashes, locations) == hashes.Length);
            foreach (ref readonly BlobHash hash in hashes.AsSpan())
            {
                bool moved = index.Replace(hash, new RecordLocation(1, 1, 1), new RecordLocation(2, 2, 2));
                bool removed = index.Remove(hash, new RecordLocation(2, 2, 2)) && index.Set(hash, new RecordLocation(1, 1, 1)) is null;
                if (!moved || !removed || index.Count != hashes.Length) throw new InvalidOperationException();
            }
        }
    }

    [Slow]
    [Fact]
    public void At_every_count_above_a_million_a_chunk_costs_at_most_59_bytes()
    {
        var index = new ChunkIndex();
        for (int i = 0; i < 2_600_000; i++)
        {
            index.Set(Uniform(i), new RecordLocation(1, (uint)i, 1));
            if (i >= 1_000_000 && i % 1_000 == 0)
            {
                double bytes = index.TableBytes / (i + 1.0);
                Assert.True(bytes <= 59, $"{bytes} bytes a chunk at {i + 1}");
            }
        }
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(50_000)]
    [InlineData(1_000_000)]
    public void Room_made_at_once_is_enough_and_not_too_much(int count)
    {
        var index = new ChunkIndex();
        index.EnsureCapacity(count);
        long bytes = index.TableBytes;
        for (int i = 0; i < count; i++) index.Set(Uniform(i), new RecordLocation(1, (uint)i, 1));
        // A shard in 30,000 is fuller than planned for; one that grew shows in the last hundredth.
        Assert.InRange(index.TableBytes, bytes, bytes * 1.01);
        if (count >= 1_000_000) Assert.InRange(bytes / (double)count, 49, 59);
        index.EnsureCapacity(1);
        Assert.Equal(count, index.Count);
        Assert.InRange(index.TableBytes, bytes, bytes * 1.01);
    }

    [Fact]
    public void Removing_leaves_no_trace_in_what_is_kept_or_in_memory()
    {
        var index = new ChunkIndex();
        for (int i = 0; i < 20_000; i++) index.Set(HashOf(i), new RecordLocation(1, (uint)i, 1));
        long bytes = index.TableBytes;
        // A table that kept a mark for every removal would have filled up with them many times over.
        for (int i = 0; i < 400_000; i++)
        {
            Assert.Equal(new RecordLocation(1, (uint)i, 1), index.Remove(HashOf(i)));
            Assert.Null(index.Set(HashOf(i + 20_000), new RecordLocation(1, (uint)(i + 20_000), 1)));
        }
        Assert.Equal(20_000, index.Count);
        // Shards drift by a few entries, and the fullest grow a step.
        Assert.InRange(index.TableBytes, bytes, bytes * 2);
        for (int i = 400_000; i < 420_000; i++) Assert.True(index.Remove(HashOf(i), new RecordLocation(1, (uint)i, 1)));
        Assert.Equal(0, index.Count);
        Assert.Empty(index.Enumerate());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(60)]
    [InlineData(100_000)]
    public void Whatever_is_done_the_index_agrees_with_a_dictionary(int distinct)
    {
        var index = new ChunkIndex();
        var truth = new Dictionary<BlobHash, RecordLocation>();
        Random random = TestSeed.For(nameof(Whatever_is_done_the_index_agrees_with_a_dictionary));
        for (int step = 0; step < 200_000; step++)
        {
            BlobHash hash = Crowded(random.Next(distinct));
            var location = new RecordLocation((uint)random.Next(1, 4), (uint)step, random.Next(3));
            RecordLocation known = truth.GetValueOrDefault(hash);
            RecordLocation expected = random.Next(3) == 0 ? location with { Segment = 9 } : known;
            RecordLocation? before = known == default ? null : known;
            switch (random.Next(5))
            {
                case 0 or 1:
                    Assert.Equal(before, index.Set(hash, location));
                    truth[hash] = location;
                    break;
                case 2:
                    Assert.Equal(expected == known, index.Replace(hash, expected, location));
                    if (expected == known) truth[hash] = location;
                    break;
                case 3:
                    Assert.Equal(before, index.Remove(hash));
                    truth.Remove(hash);
                    break;
                default:
                    Assert.Equal(before is not null && expected == known, index.Remove(hash, expected));
                    if (expected == known) truth.Remove(hash);
                    break;
            }
            Assert.Equal(truth.TryGetValue(hash, out known), index.TryGet(hash, out RecordLocation found));
            Assert.Equal(known, found);
        }
        Assert.Equal(truth.Count, index.Count);
        Assert.Equal(truth.OrderBy(entry => entry.Key), index.Enumerate().OrderBy(entry => entry.Key));
    }

    // All in one shard, which grows, and whose entries shift under the readers as neighbours come and go.
    [Fact]
    public async Task Readers_beside_removals_and_growth_never_see_a_torn_entry()
    {
        const int Stable = 500, Passing = 6_000;
        var index = new ChunkIndex();
        for (int i = 0; i < Stable; i++) index.Set(OneShard(i), Sealed(i, 1));
        Task writer = Task.Run(
            () =>
            {
                for (uint round = 2; round < 30; round++)
                {
                    for (int i = Stable; i < Stable + Passing; i++) index.Set(OneShard(i), Sealed(i, round));
                    for (int i = 0; i < Stable; i++) Assert.True(index.Replace(OneShard(i), Sealed(i, round - 1), Sealed(i, round)));
                    for (int i = Stable; i < Stable + Passing; i++) Assert.Equal(Sealed(i, round), index.Remove(OneShard(i)));
                }
            },
            TestContext.Current.CancellationToken);
        Task[] readers = [.. Enumerable.Range(0, 3).Select(seed => Task.Run(() => ReadSealed(index, seed, writer, Stable, Passing)))];
        await Task.WhenAll([writer, .. readers]);
        Assert.Equal(Stable, index.Count);
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

    // One run of entries with one home, of which the first is taken out again and again, so that all others shift under the readers.
    [Fact]
    public async Task In_a_run_that_shifts_all_the_time_no_reader_gets_a_neighbour_s_place()
    {
        const int Entries = 12, Rounds = 100_000;
        BlobHash[] hashes = [.. Enumerable.Range(0, Entries).Select(OneHome)];
        var index = new ChunkIndex();
        for (int i = 0; i < Entries; i++) index.Set(hashes[i], Sealed(i, 1));
        Task writer = Task.Run(
            () =>
            {
                for (uint round = 2; round < Rounds; round++)
                {
                    for (int i = 0; i < Entries; i++)
                    {
                        Assert.True(index.Remove(hashes[i], Sealed(i, round - 1)));
                        Assert.Null(index.Set(hashes[i], Sealed(i, round)));
                    }
                }
            },
            TestContext.Current.CancellationToken);
        Task[] readers = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(() => Watch(index, hashes, writer)))];
        await Task.WhenAll([writer, .. readers]);
        Assert.Equal(Entries, index.Count);

        static void Watch(ChunkIndex index, BlobHash[] hashes, Task writer)
        {
            while (!writer.IsCompleted)
            {
                for (int i = 0; i < hashes.Length; i++)
                {
                    if (index.TryGet(hashes[i], out RecordLocation found) && found != Sealed(i, found.Segment))
                        Assert.Fail($"entry {i} is at {found}");
                }
            }
        }
    }

    private static void ReadSealed(ChunkIndex index, int seed, Task writer, int stable, int passing)
    {
        var random = new Random(seed);
        var locations = new RecordLocation[64];
        do
        {
            int[] numbers = [.. Enumerable.Range(0, 64).Select(_ => random.Next(stable + passing))];
            BlobHash[] hashes = [.. numbers.Select(OneShard)];
            index.TryGet(hashes, locations);
            for (int i = 0; i < hashes.Length; i++) Check(numbers[i], locations[i]);
            index.TryGet(hashes[0], out RecordLocation found);
            Check(numbers[0], found);
        }
        while (!writer.IsCompleted);

        void Check(int number, RecordLocation found)
        {
            if (found == default && number >= stable) return;
            Assert.Equal(Sealed(number, found.Segment), found);
        }
    }

    // A place of which no part fits another entry or another round.
    private static RecordLocation Sealed(int number, uint round) => new(round, (uint)HashCode.Combine(number, round), number);

    private static BlobHash HashOf(int number) => BlobHash.Compute(BitConverter.GetBytes(number));

    private static BlobHash OneShard(int number)
    {
        BlobHash hash = HashOf(number);
        Span<byte> bytes = stackalloc byte[32];
        hash.CopyTo(bytes);
        bytes[0] = 7;
        return new BlobHash(bytes);
    }

    private static BlobHash OneHome(int number)
    {
        Span<byte> bytes = stackalloc byte[32];
        HashOf(number).CopyTo(bytes);
        bytes[..17].Fill(7);
        return new BlobHash(bytes);
    }

    // Few shards, few homes and few tags, so that runs are long and tags alike.
    private static BlobHash Crowded(int number)
    {
        Span<byte> bytes = stackalloc byte[32];
        HashOf(number).CopyTo(bytes);
        bytes[0] &= 1;
        bytes[15] &= 0xC3;
        bytes[16] &= 1;
        return new BlobHash(bytes);
    }

    // As spread as a hash, and faster: Steele, Lea and Flood's SplitMix64.
    private static BlobHash Uniform(int number)
    {
        Span<ulong> words = stackalloc ulong[4];
        ulong state = (ulong)number * 4;
        foreach (ref ulong word in words)
        {
            ulong z = ++state * 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            word = z ^ (z >> 31);
        }
        return new BlobHash(MemoryMarshal.AsBytes(words));
    }
}
