using System.IO.Pipelines;
using Dataforts.Blobs;
using Dataforts.Chunking;
using Dataforts.Content;
using Dataforts.Store;
using Dataforts.Testing;

namespace Dataforts.Tests.Blobs;

public sealed class RoundTripTests
{
    private const int MiB = 1 << 20;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(8192)]
    [InlineData(100_000)]
    public async Task Auto_is_small_up_to_one_chunk_and_a_tree_beyond(int length)
    {
        var chunks = new MemoryChunks();
        byte[] content = Payload.Random(1, length);
        PutResult put = await new BlobWriter(chunks, Payload.Tiny).PutAsync(new MemoryStream(content));

        Assert.Equal(length <= 4096 ? BlobRefKind.Small : BlobRefKind.Tree, put.Ref.Kind);
        Assert.Equal((ulong)length, put.Ref.SizeBytes);
        Assert.Equal(content, await Payload.ReadAllAsync(chunks, put.Ref));
    }

    [Theory]
    [InlineData("fixed", (4 * MiB) - 1, BlobRefKind.Small)]
    [InlineData("fixed", 4 * MiB, BlobRefKind.Small)]
    [InlineData("fixed", (4 * MiB) + 1, BlobRefKind.Tree)]
    [InlineData("cdc", 256 << 10, BlobRefKind.Small)]
    [InlineData("cdc", (256 << 10) + 1, BlobRefKind.Tree)]
    [InlineData("cdc:1048576,4194304,16777216", 4 * MiB, BlobRefKind.Small)]
    [InlineData("cdc:1048576,4194304,16777216", (4 * MiB) + 1, BlobRefKind.Tree)]
    public async Task Auto_draws_the_line_at_the_profiles_maximum_and_4_MiB(string profile, int length, BlobRefKind kind)
    {
        var chunks = new MemoryChunks();
        byte[] content = Payload.Random(2, length);
        foreach (long? promised in new long?[] { length, null })
        {
            PutResult put = await new BlobWriter(chunks, ChunkingProfile.Parse(profile)).PutAsync(new FeedStream(content) { Promised = promised });
            Assert.Equal(kind, put.Ref.Kind);
            Assert.Equal(content, await Payload.ReadAllAsync(chunks, put.Ref));
        }
    }

    [Theory]
    [InlineData(BlobShape.Small, 0)]
    [InlineData(BlobShape.Small, 1)]
    [InlineData(BlobShape.Small, (16 * MiB) - 1)]
    [InlineData(BlobShape.Small, 16 * MiB)]
    [InlineData(BlobShape.Manifest, 1)]
    [InlineData(BlobShape.Manifest, (4 * MiB) - 1)]
    [InlineData(BlobShape.Manifest, 4 * MiB)]
    [InlineData(BlobShape.Manifest, (4 * MiB) + 1)]
    [InlineData(BlobShape.Manifest, (16 * MiB) + 1)]
    [InlineData(BlobShape.Tree, 1)]
    [InlineData(BlobShape.Tree, 255)]
    [InlineData(BlobShape.Tree, (16 * MiB) + 1)]
    public async Task What_is_asked_for_is_what_comes_and_comes_back(BlobShape shape, int length)
    {
        var chunks = new MemoryChunks();
        byte[] content = Payload.Random(3, length);
        PutResult put = await new BlobWriter(chunks).PutAsync(new MemoryStream(content), new PutOptions { Shape = shape, RecordContentHash = true });

        Assert.Equal(shape.ToString(), put.Ref.Kind.ToString());
        Assert.Equal(BlobHash.Compute(content), put.ContentHash);
        Assert.Equal(content, await Payload.ReadAllAsync(chunks, put.Ref));
    }

    [Theory]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData((128 * 128) + 1)]
    public async Task Trees_of_full_and_overfull_nodes_come_back(int count)
    {
        var chunks = new MemoryChunks();
        byte[] content = Payload.Random(4, count * 16);
        PutResult put = await Payload.PutFixedAsync(chunks, content, 16);

        Assert.Equal(count, put.Chunks);
        Assert.Equal(count <= 128 ? 1 : count <= 128 * 128 ? 2 : 3, Assert.IsType<TreeRef>(put.Ref).Depth);
        Assert.Equal(content, await Payload.ReadAllAsync(chunks, put.Ref));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Chunk_borders_lose_nothing(int offset)
    {
        foreach (ChunkingProfile profile in new[] { Payload.Tiny, ChunkingProfile.Fixed(1000), ChunkingProfile.Default })
        {
            var chunks = new MemoryChunks();
            byte[] content = Payload.Random(5, (3 * profile.MaxChunkBytes) + offset);
            PutResult put = await new BlobWriter(chunks, profile).PutAsync(new MemoryStream(content), new PutOptions { Shape = BlobShape.Tree });
            Assert.Equal(content, await Payload.ReadAllAsync(chunks, put.Ref));
        }
    }

    [Fact]
    public async Task However_content_is_fed_the_ref_is_the_same()
    {
        byte[] content = Payload.Random(6, 30_000);
        PutResult whole = await new BlobWriter(new MemoryChunks(), Payload.Tiny).PutAsync(new MemoryStream(content));
        FeedStream[] feeds =
        [
            new(content) { PieceBytes = 1 },
            new(content) { PieceBytes = 1, Promised = 30_000 },
            new(content) { PieceBytes = 777 },
            new(content) { Promised = 0 },
            new(content) { Promised = 29_999 },
            new(content) { Promised = 1_000_000 },
            new(content) { Promised = -5 },
        ];
        foreach (FeedStream feed in feeds)
        {
            PutResult put = await new BlobWriter(new MemoryChunks(), Payload.Tiny).PutAsync(feed);
            Assert.Equal(whole.Ref, put.Ref);
            Assert.Equal(whole.StoredBytes, put.StoredBytes);
            Assert.False(feed.IsDisposed);
        }
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 5000, resumeWriterThreshold: 2000));
        Task feeding = FeedAsync(pipe.Writer, content);
        PutResult piped = await new BlobWriter(new MemoryChunks(), Payload.Tiny).PutAsync(pipe.Reader);
        await feeding;
        Assert.Equal(whole.Ref, piped.Ref);
    }

    [Fact]
    public async Task A_promise_of_much_and_a_gift_of_little_is_a_small()
    {
        foreach (byte[] content in new[] { [], Payload.Random(1, 10) })
        {
            PutResult put = await new BlobWriter(new MemoryChunks(), Payload.Tiny).PutAsync(new FeedStream(content) { Promised = 1_000_000 });
            Assert.Equal(SmallRef.Create(BlobHash.Compute(content), (ulong)content.Length), put.Ref);
        }
    }

    [Fact]
    public async Task A_stream_is_stored_from_its_position_on()
    {
        byte[] content = Payload.Random(7, 50_000);
        var stream = new MemoryStream(content) { Position = 20_000 };
        var chunks = new MemoryChunks();
        PutResult put = await new BlobWriter(chunks, Payload.Tiny).PutAsync(stream);
        Assert.Equal(content[20_000..], await Payload.ReadAllAsync(chunks, put.Ref));
    }

    [Fact]
    public async Task The_second_put_stores_nothing()
    {
        var chunks = new MemoryChunks();
        byte[] content = Payload.Random(8, 200_000);
        var writer = new BlobWriter(chunks, Payload.Tiny);
        PutResult first = await writer.PutAsync(new MemoryStream(content));
        PutResult second = await writer.PutAsync(new MemoryStream(content));

        Assert.Equal(0, first.DedupedBytes);
        Assert.Equal(chunks.Hashes.Sum(hash => chunks[hash].Length), first.StoredBytes);
        Assert.Equal(0, second.StoredBytes);
        Assert.Equal(content.Length, second.DedupedBytes);
        Assert.Equal(first.Ref, second.Ref);
        Assert.Equal(first.Chunks, second.Chunks);
    }

    [Fact]
    public async Task Repeated_content_is_stored_once()
    {
        var chunks = new MemoryChunks();
        PutResult put = await Payload.PutFixedAsync(chunks, new byte[100 * 4096], 4096);
        long nodes = chunks.Hashes.Sum(hash => chunks[hash].Length) - 4096;

        Assert.Equal(100, put.Chunks);
        Assert.Equal(4096 + nodes, put.StoredBytes);
        Assert.Equal(99 * 4096, put.DedupedBytes);
    }

    [Fact]
    public async Task A_shared_prefix_is_stored_once()
    {
        var chunks = new MemoryChunks();
        byte[] content = Payload.Random(9, 128 * 1024), longer = [.. content, .. Payload.Random(10, 1024)];
        await Payload.PutFixedAsync(chunks, content, 1024);
        int before = chunks.Count;
        PutResult put = await Payload.PutFixedAsync(chunks, longer, 1024);

        // The full first leaf is the old root; new are the chunk, its leaf and the root above both.
        Assert.Equal(3, chunks.Count - before);
        Assert.Equal(content.Length, put.DedupedBytes);
        Assert.Equal(longer, await Payload.ReadAllAsync(chunks, put.Ref));
    }

    [Fact]
    public async Task Progress_reaches_the_end_and_never_goes_back()
    {
        var reports = new List<BlobProgress>();
        byte[] content = Payload.Random(11, 100_000);
        var chunks = new MemoryChunks();
        PutResult put = await new BlobWriter(chunks, Payload.Tiny).PutAsync(new MemoryStream(content), null, new Reports(reports));

        Assert.Equal(put.Chunks, reports.Count);
        Assert.Equal(new BlobProgress(100_000, 100_000), reports[^1]);
        Assert.Equal(reports.Select(report => report.BytesDone).Order(), reports.Select(report => report.BytesDone));
    }

    [Theory]
    [InlineData(BlobShape.Tree)]
    [InlineData(BlobShape.Manifest)]
    [InlineData(BlobShape.Auto)]
    public async Task A_store_on_disk_gives_back_what_it_was_given(BlobShape shape)
    {
        using var folder = new TempFolder();
        byte[] content = Payload.Random(12, (9 * MiB) + 5);
        BlobRef blob;
        await using (BlobStore store = await BlobStore.OpenAsync(new StoreOptions { Path = folder["store"], Writable = true }))
        {
            PutResult put = await store.PutAsync(
                new MemoryStream(content), new PutOptions { Shape = shape, Name = "it", RecordContentHash = true, Durability = Durability.Durable });
            blob = put.Ref;
            Assert.Equal(blob, store.Chunks.FindName("it")?.Ref);
        }
        await using BlobStore again = await BlobStore.OpenAsync(new StoreOptions { Path = folder["store"] });
        Assert.Equal(content, await again.ReadBytesAsync(blob));
        Assert.Equal(BlobHash.Compute(content), again.FindContentHash(blob));
        await using Stream stream = await again.OpenReadAsync(blob);
        Assert.Equal(content, await Payload.ReadAllAsync(stream));
        Assert.True((await again.StatAsync(blob)).IsPresent);
        Assert.True((await again.VerifyAsync()).IsSound);
    }

    private static async Task FeedAsync(PipeWriter writer, byte[] content)
    {
        for (int at = 0; at < content.Length; at += 997) await writer.WriteAsync(content.AsMemory(at, Math.Min(997, content.Length - at)));
        await writer.CompleteAsync();
    }

    private sealed class Reports(List<BlobProgress> reports) : IProgress<BlobProgress>
    {
        public void Report(BlobProgress value) => reports.Add(value);
    }
}
