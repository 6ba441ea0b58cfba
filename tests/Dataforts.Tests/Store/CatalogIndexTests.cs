using Dataforts.Content;
using Dataforts.Log;
using Dataforts.Store.Indexing;

namespace Dataforts.Tests.Store;

public sealed class CatalogIndexTests
{
    private static readonly KeySeed Seed = new(43);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_happens_to_chunks_and_segments_the_catalog_agrees_with_a_dictionary(int run)
    {
        Random random = TestSeed.For($"{nameof(Whatever_happens_to_chunks_and_segments_the_catalog_agrees_with_a_dictionary)} {run}");
        var store = new CatalogModel(random, numbers: 40 * run * run);
        for (int step = 0; step < 5_000; step++)
        {
            store.DoSomething();
            if (step % 100 == 0) store.Check();
        }
        store.Check();
        Assert.True(store.PagedOut > 20 && store.Compacted > 20, $"{store.PagedOut} paged out, {store.Compacted} compacted");
    }

    [Fact]
    public void A_store_is_opened_from_its_hint_files_with_an_exact_count()
    {
        HintFile[] files = [.. Enumerable.Range(0, 50).Select(i => HintSample.Numbered((uint)i + 1, Enumerable.Range(i * 90, 100)).Open())];
        ChunkCatalog catalog = Paging();
        catalog.Load(files[..30]);
        foreach (HintFile file in files[30..]) catalog.Load([file]);
        Assert.Equal((49 * 90) + 100, catalog.Count);
        Assert.Equal(catalog.Count, catalog.Enumerate().Select(entry => entry.Key).Distinct().Count());
        Assert.Equal(catalog.Count, catalog.Enumerate().Count());
        // The later segment counts.
        Assert.True(catalog.TryGet(HintSample.Hash(95), out RecordLocation location));
        Assert.Equal(2u, location.Segment);
    }

    [Fact]
    public void What_is_removed_does_not_come_back_with_an_older_copy_and_its_mark_goes_when_it_can()
    {
        ChunkCatalog catalog = Paging();
        BlobHash hash = HintSample.Hash(1);
        catalog.Load([HintSample.Numbered(1, [1, 5]).Open(), HintSample.Numbered(2, [1, 6]).Open()]);
        catalog.Load([HintSample.Numbered(3, [1, 7]).Open()]);
        Assert.Equal(4, catalog.Count);
        Assert.Equal(3u, catalog.Remove(hash)?.Segment);
        Assert.Equal(3, catalog.Count);
        foreach (uint segment in new uint[] { 3, 2, 1 })
        {
            Assert.False(catalog.Contains(hash));
            Assert.Null(catalog.Remove(hash));
            catalog.Remove(HintSample.Hash((int)segment + 4));
            Assert.Equal(2, catalog.MarkCount);
            catalog.DropSegment(segment);
            catalog.Consolidate();
        }
        Assert.Equal((0, 0), (catalog.Count, catalog.MarkCount));
    }

    [Fact]
    public void What_was_removed_and_forgotten_does_not_come_back_when_its_segment_is_paged_out()
    {
        ChunkCatalog catalog = Paging();
        BlobHash hash = HintSample.Hash(1);
        catalog.Set(hash, Place(1, 1));
        catalog.Remove(hash);
        catalog.Set(hash, Place(2, 1));
        catalog.Remove(hash);
        catalog.DropSegment(2);
        Assert.Equal(0, catalog.MarkCount);
        catalog.PageOut([HintSample.Numbered(1, [1]).Open()]);
        Assert.False(catalog.Contains(hash));
        Assert.Equal((0, 1), (catalog.Count, catalog.MarkCount));
    }

    [Fact]
    public void A_damaged_hint_file_is_named_and_replaced_by_a_new_one()
    {
        ChunkCatalog catalog = Paging();
        HintSample damaged = HintSample.Numbered(7, Enumerable.Range(0, 300)), whole = HintSample.Numbered(7, Enumerable.Range(0, 300));
        catalog.Load([damaged.Open(), HintSample.Numbered(8, [1_000]).Open()]);
        damaged.Bytes[5_000] ^= 1;
        int refused = 0;
        for (int i = 0; i < 300; i++)
        {
            HintException? error = Record.Exception(() => catalog.Contains(HintSample.Hash(i))) as HintException;
            refused += error is null ? 0 : 1;
            Assert.True(error is { Segment: 7, Path: "7.hints", Offset: 4096 } || catalog.Contains(HintSample.Hash(i)));
        }
        Assert.InRange(refused, 100, 104);
        HintFile broken = damaged.Open();
        Assert.Throws<HintException>(() => catalog.PageOut([broken]));
        Assert.Equal(301, catalog.Count);
        catalog.PageOut([whole.Open()]);
        catalog.Consolidate();
        Assert.Equal(301, catalog.Count);
        for (int i = 0; i < 300; i++) Assert.True(catalog.Contains(HintSample.Hash(i)));
    }

    [Fact]
    public void What_is_in_memory_or_unknown_costs_no_read_and_no_allocation_even_when_much_is_paged_out()
    {
        ChunkCatalog catalog = Paging();
        HintSample paged = HintSample.Numbered(1, Enumerable.Range(0, 1_000));
        catalog.Load([paged.Open()]);
        BlobHash[] hashes = [.. Enumerable.Range(1_000, 4_000).Select(HintSample.Hash)];
        for (int i = 0; i < 1_000; i++) catalog.Set(hashes[i], new RecordLocation(2, (uint)i, i));
        catalog.Remove(hashes[0]);
        var present = new bool[hashes.Length];
        var locations = new RecordLocation[hashes.Length];
        int reads = paged.Reads;
        Assert.Equal(999, catalog.Contains(hashes, present));
        long before = GC.GetAllocatedBytesForCurrentThread();
        int found = catalog.Contains(hashes, present) + catalog.TryGet(hashes, locations);
        for (int i = 0; i < hashes.Length; i++) found += catalog.Contains(hashes[i]) ? 1 : 0;
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal((3 * 999, 0), (found, paged.Reads - reads));
        Assert.Equal(hashes.Select(hash => catalog.Contains(hash)), present);
    }

    [Fact]
    public void A_catalog_that_keeps_all_in_memory_keeps_no_marks_and_pages_nothing_out()
    {
        var catalog = new ChunkCatalog(null, 1 << 20, Seed);
        for (int i = 0; i < 1_000; i++) Assert.Null(catalog.Set(HintSample.Hash(i), new RecordLocation(1, (uint)i, i)));
        for (int i = 0; i < 1_000; i++) Assert.Equal(new RecordLocation(1, (uint)i, i), catalog.Remove(HintSample.Hash(i)));
        Assert.Equal((0, 0), (catalog.Count, catalog.MarkCount));
        Assert.False(catalog.IsOverBudget);
        HintFile file = HintSample.Numbered(1, [1]).Open();
        Assert.Throws<InvalidOperationException>(() => catalog.PageOut([file]));
    }

    [Fact]
    public void Paging_out_brings_a_catalog_back_within_its_budget()
    {
        var catalog = new ChunkCatalog(64 * 1024, 0, Seed);
        for (int i = 0; i < 2_000; i++) catalog.Set(HintSample.Hash(i), new RecordLocation((uint)(i / 500) + 1, (uint)(i * 8), i));
        Assert.True(catalog.IsOverBudget);
        for (int i = 0; catalog.IsOverBudget; i++) catalog.PageOut([HintSample.Numbered((uint)i + 1, Enumerable.Range(i * 500, 500)).Open()]);
        Assert.Equal(2_000, catalog.Count);
        for (int i = 0; i < 2_000; i++) Assert.Equal((uint)(i / 500) + 1, catalog.TryGet(HintSample.Hash(i), out RecordLocation found) ? found.Segment : 0);
    }

    [Fact]
    public void What_is_moved_once_while_all_are_enumerated_is_not_missed()
    {
        for (int before = 0; before <= 400; before += 40)
        {
            ChunkCatalog catalog = Paging();
            catalog.Load([HintSample.Numbered(1, Enumerable.Range(0, 200)).Open()]);
            for (int i = 200; i < 400; i++) catalog.Set(HintSample.Hash(i), Place(2, i));
            var seen = new HashSet<BlobHash>();
            int count = 0;
            foreach ((BlobHash hash, _) in catalog.Enumerate())
            {
                if (count++ == before) Move(catalog);
                seen.Add(hash);
            }
            Assert.Equal(400, seen.Count);
        }

        // From memory into a file, and from a file into memory.
        static void Move(ChunkCatalog catalog)
        {
            catalog.PageOut([HintSample.Numbered(2, Enumerable.Range(200, 200)).Open()]);
            for (int i = 0; i < 200; i++) Assert.True(catalog.Replace(HintSample.Hash(i), Place(1, i), Place(3, i)));
            catalog.DropSegment(1);
        }
    }

    // Chunks wander from memory into files, by compaction back into memory, and their old files go, under the eyes of readers.
    [Fact]
    public async Task Chunks_that_stay_are_found_at_any_time_while_segments_come_and_go()
    {
        const int Chunks = 600, Rounds = 150;
        ChunkCatalog catalog = Paging();
        for (int i = 0; i < Chunks; i++) catalog.Set(HintSample.Hash(i), Place(1, i));
        Task writer = Task.Run(
            () =>
            {
                for (uint segment = 1; segment <= Rounds; segment++)
                {
                    for (int i = Chunks; i < Chunks + 100; i++) catalog.Set(HintSample.Hash(i), Place(segment, i));
                    HintSample sample = HintSample.Numbered(segment, Enumerable.Range(0, Chunks + 100));
                    catalog.PageOut([sample.Open()]);
                    if (segment % 3 == 0) catalog.PageOut([HintSample.Numbered(segment, Enumerable.Range(0, Chunks + 100)).Open()]);
                    for (int i = Chunks; i < Chunks + 100; i++) Assert.NotNull(catalog.Remove(HintSample.Hash(i)));
                    for (int i = 0; i < Chunks; i++) Assert.True(catalog.Replace(HintSample.Hash(i), Place(segment, i), Place(segment + 1, i)));
                    catalog.DropSegment(segment);
                    sample.Close();
                    catalog.Consolidate();
                }
            },
            TestContext.Current.CancellationToken);
        Task[] readers = [.. Enumerable.Range(0, 3).Select(seed => Task.Run(() => Watch(catalog, seed, writer, Chunks)))];
        await Task.WhenAll([writer, .. readers]);
        Assert.Equal((Chunks, 0), (catalog.Count, catalog.MarkCount));
    }

    private static void Watch(ChunkCatalog catalog, int seed, Task writer, int chunks)
    {
        var random = new Random(seed);
        var present = new bool[32];
        BlobHash[] all = [.. Enumerable.Range(0, chunks).Select(HintSample.Hash)];
        do
        {
            int i = random.Next(chunks);
            Assert.True(catalog.TryGet(all[i], out RecordLocation location));
            Assert.Equal(Place(location.Segment, i), location);
            int start = random.Next(chunks - 32);
            Assert.Equal(32, catalog.Contains(all.AsSpan(start, 32), present));
            Assert.False(catalog.Contains(HintSample.Hash(-1 - i)));
            if (i >= 10) continue;
            foreach ((_, RecordLocation any) in catalog.Enumerate()) Assert.Equal(Place(any.Segment, any.Length), any);
        }
        while (!writer.IsCompleted);
    }

    private static RecordLocation Place(uint segment, int number) => new(segment, (uint)(number * 8), number);

    private static ChunkCatalog Paging() => new(1 << 20, 1 << 18, Seed);
}
