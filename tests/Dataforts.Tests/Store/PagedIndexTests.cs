using Dataforts.Content;
using Dataforts.Log;
using Dataforts.Store.Indexing;

namespace Dataforts.Tests.Store;

public sealed class PagedIndexTests
{
    private static readonly KeySeed Seed = new(42);

    [Fact]
    public void Every_key_of_a_fuse_map_gives_its_value()
    {
        var random = new Random(1);
        foreach (int count in Enumerable.Range(0, 100).Concat([1_000, 4_096, 50_000, 300_000]))
        {
            (ulong[] keys, ushort[] values) = Keys(count, random, 4096);
            FuseMap map = FuseMap.Build(keys, values, 12);
            for (int i = 0; i < count; i++)
            {
                Assert.True(map.TryGet(keys[i], out int value));
                Assert.Equal(values[i], value);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(12)]
    public void Other_keys_pass_as_often_as_the_width_of_a_cell_says(int valueBits)
    {
        const int Asked = 4_000_000;
        var random = new Random(2);
        (ulong[] keys, ushort[] values) = Keys(100, random, 1 << valueBits);
        FuseMap map = FuseMap.Build(keys, values, valueBits);
        int passed = 0;
        for (int i = 0; i < Asked; i++) passed += map.TryGet((ulong)random.NextInt64(), out _) ? 1 : 0;
        double expected = Asked / Math.Pow(2, map.CellBits - valueBits);
        Assert.InRange(passed, expected * 0.8, expected * 1.2);
    }

    [Fact]
    public void A_map_takes_at_most_31_bits_a_key_and_a_large_one_leaves_27_a_cell()
    {
        var random = new Random(3);
        foreach (int count in new[] { 4_000, 30_000, 250_000, 1_000_000 })
        {
            (ulong[] keys, ushort[] values) = Keys(count, random, 1);
            FuseMap map = FuseMap.Build(keys, values, 0);
            Assert.InRange(map.Bytes * 8.0 / count, 20, 31.1);
            if (count >= 1_000_000) Assert.InRange(map.CellBits, 27, 28);
        }
    }

    [Fact]
    public void Keys_that_are_the_same_end_the_build()
    {
        Assert.Throws<InvalidOperationException>(() => FuseMap.Build([7, 7], [0, 1], 1));
    }

    [Fact]
    public void Keys_are_sorted_with_their_values()
    {
        var random = new Random(4);
        foreach (int count in new[] { 0, 1, 2, 15, 100, 10_000 })
        {
            (ulong[] keys, ushort[] values) = Keys(count, random, 65_536);
            if (count > 2) keys[2] = keys[0];
            var expected = keys.Zip(values).Order().ToList();
            KeySort.Sort(keys, values);
            Assert.Equal(expected, keys.Zip(values).OrderBy(pair => pair.First).ThenBy(pair => pair.Second));
            Assert.Equal(keys.Order(), keys);
        }
    }

    [Fact]
    public void An_unknown_chunk_touches_no_file_and_a_known_one_costs_one_read()
    {
        HintSample[] samples = [.. Enumerable.Range(0, 40).Select(i => HintSample.Numbered((uint)i + 1, Enumerable.Range(i * 1_000, 1_000)))];
        var index = new PagedIndex(0, Seed);
        foreach (HintSample sample in samples) Add(index, sample);
        index.Consolidate(TestContext.Current.CancellationToken);
        int before = Reads(samples);
        for (int i = 0; i < 200_000; i++) Assert.False(index.TryGet(HintSample.Hash(-1 - i), out _));
        // About one in 2^27 for each of 40 segments, a little more often in small groups: none is expected.
        Assert.InRange(Reads(samples) - before, 0, 1);
        for (int i = 0; i < 40_000; i++)
        {
            before = samples[i / 1_000].Reads;
            Assert.True(index.TryGet(HintSample.Hash(i), out RecordLocation location));
            Assert.Equal(new RecordLocation((uint)(i / 1_000) + 1, (uint)(i * 8), i), location);
            Assert.Equal(1, samples[i / 1_000].Reads - before);
        }
    }

    [Fact]
    public void Pages_are_kept_within_the_bytes_given()
    {
        const long CacheBytes = 256 * 1024;
        HintSample[] samples = [.. Enumerable.Range(0, 20).Select(i => HintSample.Numbered((uint)i + 1, Enumerable.Range(i * 1_000, 1_000)))];
        var index = new PagedIndex(CacheBytes, Seed);
        foreach (HintSample sample in samples) Add(index, sample);
        int before = Reads(samples);
        for (int i = 0; i < 100; i++) Assert.True(index.TryGet(HintSample.Hash(7), out _));
        Assert.Equal(1, Reads(samples) - before);
        for (int i = 0; i < 20_000; i++) Assert.True(index.TryGet(HintSample.Hash(i), out RecordLocation location) && location.Length == i);
        Assert.InRange(index.CacheBytes, CacheBytes / 2, CacheBytes);
        for (int i = 0; i < 20_000; i++) Assert.True(index.TryGet(HintSample.Hash(i), out RecordLocation location) && location.Length == i);
    }

    [Fact]
    public void Asking_allocates_nothing()
    {
        HintSample[] samples = [.. Enumerable.Range(0, 3).Select(i => HintSample.Numbered((uint)i + 1, Enumerable.Range(i * 1_000, 1_000)))];
        var index = new PagedIndex(64 * 1024, Seed);
        foreach (HintSample sample in samples) Add(index, sample);
        BlobHash[] hashes = [.. Enumerable.Range(-2_000, 5_000).Select(HintSample.Hash)];
        Ask();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Ask();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Ask()
        {
            int found = 0;
            foreach (ref readonly BlobHash hash in hashes.AsSpan()) found += index.TryGet(hash, out _) ? 1 : 0;
            if (found != 3_000) throw new InvalidOperationException();
        }
    }

    [Fact]
    public void A_million_chunks_take_at_most_4_bytes_each_however_many_segments_they_are_in()
    {
        const int Segments = 400, Each = 4_000;
        var index = new PagedIndex(0, Seed);
        var random = new Random(5);
        for (int i = 0; i < Segments; i++)
        {
            var chunks = new HintChunk[Each];
            random.NextBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(chunks.AsSpan()));
            Add(index, HintSample.Of((uint)i + 1, chunks));
            index.Consolidate(TestContext.Current.CancellationToken);
            double bytes = index.TableBytes / ((i + 1.0) * Each);
            // Filters over few chunks have more air in them.
            Assert.True(bytes <= (i < 10 ? 4.1 : 4), $"{bytes} bytes a chunk in {i + 1} segments");
            Assert.InRange(index.GroupCount, 1, 3 * 7);
        }
    }

    [Fact]
    public void A_group_is_made_anew_when_half_of_it_is_dropped()
    {
        var index = new PagedIndex(0, Seed);
        index.Add(index.Build(Enumerable.Range(0, 20).Select(i => HintSample.Numbered((uint)i + 1, Enumerable.Range(i * 1_000, 1_000)).Open()), default));
        long whole = index.TableBytes;
        for (uint id = 1; id <= 10; id++) Assert.True(index.Drop(id));
        Assert.False(index.Drop(1));
        index.Consolidate(TestContext.Current.CancellationToken);
        Assert.Equal(whole, index.TableBytes);
        Assert.True(index.Drop(11));
        index.Consolidate(TestContext.Current.CancellationToken);
        Assert.InRange(index.TableBytes, 1, whole * 6 / 10);
        for (int i = 0; i < 20_000; i++) Assert.Equal(i >= 11_000, index.TryGet(HintSample.Hash(i), out _));
        for (uint id = 12; id <= 20; id++) Assert.True(index.Drop(id));
        Assert.True(index.IsEmpty);
    }

    [Fact]
    public void Of_copies_the_latest_segment_that_is_there_counts()
    {
        var index = new PagedIndex(0, Seed);
        // Within a group, across groups, and with a group of old segments that came last.
        index.Add(index.Build([HintSample.Numbered(4, [1, 2]).Open(), HintSample.Numbered(3, [1]).Open(), HintSample.Numbered(2, [1, 3]).Open()], default));
        index.Add(index.Build([HintSample.Numbered(9, [1]).Open()], default));
        index.Add(index.Build([HintSample.Numbered(1, [1, 2]).Open()], default));
        foreach (uint latest in new uint[] { 9, 4, 3, 2, 1 })
        {
            Assert.True(index.TryGet(HintSample.Hash(1), out RecordLocation location));
            Assert.Equal(latest, location.Segment);
            Assert.Equal(latest >= 4 ? 4u : 1u, index.TryGet(HintSample.Hash(2), out location) ? location.Segment : 0);
            Assert.True(index.Drop(latest));
            if (latest % 2 == 0) index.Consolidate(TestContext.Current.CancellationToken);
        }
        Assert.False(index.TryGet(HintSample.Hash(1), out _));
    }

    [Fact]
    public void Chunks_that_share_eight_bytes_across_pages_are_found()
    {
        var chunks = new HintChunk[500];
        Span<byte> bytes = stackalloc byte[32];
        for (int i = 0; i < chunks.Length; i++)
        {
            HintSample.Hash(i).CopyTo(bytes);
            bytes[..8].Fill((byte)(i < 50 ? 1 : i < 450 ? 2 : 3));
            chunks[i] = new HintChunk(new BlobHash(bytes), (uint)i, i);
        }
        HintChunk[] known = [.. chunks];
        var index = new PagedIndex(0, Seed);
        Add(index, HintSample.Of(1, chunks));
        foreach (HintChunk chunk in known)
        {
            Assert.True(index.TryGet(chunk.Hash, out RecordLocation location));
            Assert.Equal((chunk.Offset, chunk.Length), (location.Offset, location.Length));
        }
    }

    [Fact]
    public void A_damaged_page_is_an_error_with_its_place_and_never_an_absent_chunk()
    {
        HintSample sample = HintSample.Numbered(3, Enumerable.Range(0, 300));
        byte[] whole = [.. sample.Bytes];
        var index = new PagedIndex(0, Seed);
        Add(index, sample);
        var random = new Random(6);
        for (int i = 0; i < 3_000; i++)
        {
            int at = 4096 + random.Next(3 * 4096), page = at / 4096;
            sample.Bytes[at] ^= (byte)(1 << random.Next(8));
            int refused = 0;
            for (int number = i % 10; number < 300; number += 10)
            {
                try
                {
                    Assert.True(index.TryGet(HintSample.Hash(number), out RecordLocation location));
                    Assert.Equal(new RecordLocation(3, (uint)number * 8, number), location);
                }
                catch (HintException error)
                {
                    refused++;
                    Assert.Equal((3u, "3.hints", (long)page * 4096), (error.Segment, error.Path, error.Offset));
                }
            }
            Assert.InRange(refused, 1, 29);
            sample.Bytes[at] = whole[at];
        }
    }

    private static void Add(PagedIndex index, HintSample sample) => index.Add(index.Build([sample.Open()], default));

    private static int Reads(HintSample[] samples) => samples.Sum(sample => sample.Reads);

    private static (ulong[] Keys, ushort[] Values) Keys(int count, Random random, int values)
    {
        var keys = new HashSet<ulong>();
        while (keys.Count < count) keys.Add((ulong)random.NextInt64(long.MinValue, long.MaxValue));
        return ([.. keys], [.. Enumerable.Range(0, count).Select(_ => (ushort)random.Next(values))]);
    }
}
