using Dataforts.Blobs;
using Dataforts.Chunking;
using Dataforts.Content;

namespace Dataforts.Tests.Blobs;

/// <summary>How much is under way at once. What that gains is measured by the workload <c>latency</c>.</summary>
public sealed class WindowTests
{
    [Theory]
    [InlineData(16, 16)]
    [InlineData(1, 1)]
    [InlineData(3, 3)]
    public async Task A_put_stores_as_many_chunks_at_once_as_the_window_holds(int window, int most)
    {
        var chunks = new MemoryChunks { BeforeStore = (_, _, cancelled) => Task.Delay(2, cancelled) };
        var writer = new BlobWriter(chunks, ChunkingProfile.Fixed(1024), new WindowOptions { MaxChunks = window });
        await writer.PutAsync(new MemoryStream(Payload.Random(1, 100 * 1024)));
        Assert.Equal(most, chunks.MostActive);
    }

    [Theory]
    [InlineData(16, 16)]
    [InlineData(1, 1)]
    [InlineData(3, 3)]
    public async Task A_read_fetches_as_many_chunks_at_once_as_the_window_holds(int window, int most)
    {
        var chunks = new MemoryChunks();
        byte[] content = Payload.Random(2, 100 * 1024);
        PutResult put = await Payload.PutFixedAsync(chunks, content, 1024);
        chunks.ResetCounts();
        chunks.BeforeFetch = (_, _, cancelled) => Task.Delay(2, cancelled);
        byte[] read = await new BlobReader(chunks, null, new WindowOptions { MaxChunks = window }).ReadBytesAsync(put.Ref);
        Assert.Equal(content, read);
        Assert.Equal(most, chunks.MostActive);
    }

    [Theory]
    [InlineData(10_000, 9)]
    [InlineData(1024, 1)]
    [InlineData(1, 1)]
    public async Task Bytes_bound_it_as_well_but_never_hold_back_a_single_chunk(long maxBytes, int most)
    {
        var chunks = new MemoryChunks { BeforeStore = (_, _, cancelled) => Task.Delay(1, cancelled) };
        var window = new WindowOptions { MaxBytes = maxBytes };
        byte[] content = Payload.Random(3, 60 * 1024);
        PutResult put = await new BlobWriter(chunks, null, window).PutAsync(
            new MemoryStream(content), new PutOptions { Shape = BlobShape.Tree, Profile = ChunkingProfile.Fixed(1024) });
        Assert.Equal(most, chunks.MostActive);
        // The node at the end is longer than a chunk, and alone.
        Assert.InRange(chunks.MostActiveBytes, 1024, Math.Max(most * 1024, 2200));

        chunks.ResetCounts();
        chunks.BeforeFetch = (_, _, cancelled) => Task.Delay(1, cancelled);
        var cache = new TreeNodeCache();
        _ = await new BlobReader(chunks, cache).ReadBytesAsync(put.Ref, new BlobRange(0, 1));
        chunks.ResetCounts();
        Assert.Equal(content, await new BlobReader(chunks, cache, window).ReadBytesAsync(put.Ref));
        Assert.Equal(most, chunks.MostActive);
        Assert.Equal(most * 1024, chunks.MostActiveBytes);
    }

    [Fact]
    public async Task Order_is_kept_whatever_comes_first()
    {
        var chunks = new MemoryChunks { BeforeStore = (_, nth, cancelled) => Task.Delay(nth * 7 % 5, cancelled) };
        byte[] content = Payload.Random(4, 200 * 256);
        PutResult put = await new BlobWriter(chunks).PutAsync(
            new MemoryStream(content), new PutOptions { Shape = BlobShape.Tree, Profile = ChunkingProfile.Fixed(256) });
        Assert.Equal((await Payload.PutFixedAsync(new MemoryChunks(), content, 256)).Ref, put.Ref);

        chunks.BeforeFetch = (_, nth, cancelled) => Task.Delay(nth * 13 % 5, cancelled);
        Assert.Equal(content, await Payload.ReadAllAsync(chunks, put.Ref));
    }

    [Fact]
    public async Task A_put_starts_no_more_while_its_oldest_chunk_is_out()
    {
        var release = new TaskCompletionSource();
        var sixteen = new TaskCompletionSource();
        byte[] content = Payload.Random(5, 100 * 512);
        BlobHash oldest = BlobHash.Compute(content.AsSpan(0, 512));
        var chunks = new MemoryChunks
        {
            BeforeStore = (chunk, nth, _) =>
            {
                if (nth == BlobLimits.WindowChunks) sixteen.SetResult();
                return chunk.Hash == oldest ? release.Task : Task.CompletedTask;
            },
        };
        Task<PutResult> put = new BlobWriter(chunks, ChunkingProfile.Fixed(512)).PutAsync(
            new MemoryStream(content), new PutOptions { Shape = BlobShape.Tree });
        await sixteen.Task;
        await Task.Delay(20);
        Assert.Equal(BlobLimits.WindowChunks, chunks.Stores);
        release.SetResult();
        await put;
        Assert.Equal(101, chunks.Stores);
    }

    [Fact]
    public void A_window_holds_something()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new WindowOptions { MaxChunks = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new WindowOptions { MaxBytes = 0 });
    }
}
