using Dataforts.Blobs;
using Dataforts.Chunking;
using Dataforts.Content;
using Dataforts.Store;
using Dataforts.Testing;

namespace Dataforts.Tests.Blobs;

/// <summary>After the first error nothing starts, what was started is awaited, and that error is what is thrown.</summary>
public sealed class PutFailureTests
{
    private static readonly PutOptions InFixed = new() { Shape = BlobShape.Tree, Profile = ChunkingProfile.Fixed(1024) };

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1023)]
    [InlineData(50_000)]
    [InlineData(199_999)]
    public async Task A_source_that_fails_midway(int at)
    {
        foreach (BlobShape shape in Enum.GetValues<BlobShape>())
        {
            var chunks = new MemoryChunks();
            var content = new FeedStream(Payload.Random(1, 200_000)) { FailsAt = at, PieceBytes = 3000 };
            Exception error = await Assert.ThrowsAsync<IOException>(
                () => new BlobWriter(chunks, Payload.Tiny).PutAsync(content, new PutOptions { Shape = shape }));
            Assert.Same(content.Error, error);
            Assert.Equal(0, chunks.Active);
            await NothingMoreStartsAsync(chunks);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(16)]
    public async Task A_sink_that_fails_while_older_chunks_hang_on_a_token(int failing)
    {
        // All sixteen of the window are under way; the failing one is not the oldest.
        var all = new TaskCompletionSource();
        var error = new DatafortsException(ErrorKind.NoSpace, "full");
        var chunks = new MemoryChunks
        {
            BeforeStore = async (_, nth, cancelled) =>
            {
                if (nth == BlobLimits.WindowChunks) all.SetResult();
                await all.Task;
                if (nth == failing) throw error;
                await Task.Delay(Timeout.Infinite, cancelled);
            },
        };
        Exception thrown = await Assert.ThrowsAsync<DatafortsException>(() => PutAsync(chunks, 200));
        Assert.Same(error, thrown);
        Assert.Equal(BlobLimits.WindowChunks, chunks.Stores);
        Assert.Equal(0, chunks.Active);
        Assert.Equal(0, chunks.Count);
    }

    [Fact]
    public async Task A_sink_that_heeds_no_token_is_awaited()
    {
        TaskCompletionSource all = new(), release = new();
        var chunks = new MemoryChunks
        {
            BeforeStore = async (_, nth, _) =>
            {
                if (nth == BlobLimits.WindowChunks) all.SetResult();
                await all.Task;
                if (nth == 3) throw new DatafortsException(ErrorKind.Io, "broken");
                await release.Task;
            },
        };
        Task put = PutAsync(chunks, 200);
        await all.Task;
        await Task.Delay(30);
        Assert.False(put.IsCompleted);
        release.SetResult();
        await Assert.ThrowsAsync<DatafortsException>(() => put);
        Assert.Equal(0, chunks.Active);
        Assert.Equal(BlobLimits.WindowChunks, chunks.Stores);
    }

    [Fact]
    public async Task The_first_error_is_told_not_the_oldest_chunks()
    {
        TaskCompletionSource third = new(), all = new();
        var chunks = new MemoryChunks
        {
            BeforeStore = async (_, nth, cancelled) =>
            {
                if (nth == BlobLimits.WindowChunks) all.SetResult();
                await all.Task;
                if (nth == 3) throw new DatafortsException(ErrorKind.NoSpace, "first");
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.Delay(Timeout.Infinite, cancelled));
                throw new DatafortsException(ErrorKind.Io, "in its wake");
            },
        };
        DatafortsException error = await Assert.ThrowsAsync<DatafortsException>(() => PutAsync(chunks, 100));
        Assert.Equal(ErrorKind.NoSpace, error.Kind);
    }

    [Fact]
    public async Task A_sink_that_fails_ends_the_wait_for_a_source_that_stalls()
    {
        var chunks = new MemoryChunks { BeforeStore = (_, nth, _) => throw new DatafortsException(ErrorKind.NoSpace, $"store {nth}") };
        var content = new FeedStream(Payload.Random(1, 100_000))
        {
            PieceBytes = 10_000,
            BeforeRead = (position, cancelled) => position < 20_000 ? Task.CompletedTask : Task.Delay(Timeout.Infinite, cancelled),
        };
        DatafortsException error = await Assert.ThrowsAsync<DatafortsException>(() => new BlobWriter(chunks).PutAsync(content, InFixed));
        Assert.Equal(ErrorKind.NoSpace, error.Kind);
    }

    [Fact]
    public async Task No_node_is_stored_after_a_chunk_has_failed()
    {
        // Chunk 130 fails while the first leaf's last chunk is still on its way.
        var failed = new TaskCompletionSource();
        var chunks = new MemoryChunks();
        byte[] content = Payload.Random(2, 140 * 1024);
        BlobHash last = BlobHash.Compute(content.AsSpan(127 * 1024, 1024)), failing = BlobHash.Compute(content.AsSpan(129 * 1024, 1024));
        chunks.BeforeStore = async (chunk, _, _) =>
        {
            if (chunk.Hash == failing)
            {
                failed.SetResult();
                throw new DatafortsException(ErrorKind.Io, "the 130th");
            }
            if (chunk.Hash == last)
            {
                await failed.Task;
                await Task.Delay(20, CancellationToken.None);
            }
        };
        await Assert.ThrowsAsync<DatafortsException>(() => new BlobWriter(chunks).PutAsync(new MemoryStream(content), InFixed));
        Assert.All(chunks.Hashes, hash => Assert.Equal(1024, chunks[hash].Length));
    }

    [Fact]
    public async Task Every_store_may_be_the_one_that_fails()
    {
        byte[] content = Payload.Random(3, 300 * 64);
        var writer = new PutOptions { Shape = BlobShape.Tree, Profile = ChunkingProfile.Fixed(64) };
        PutResult sound = await new BlobWriter(new MemoryChunks()).PutAsync(new MemoryStream(content), writer);
        for (int failing = 1; failing <= 304; failing += 3)
        {
            var chunks = new MemoryChunks();
            chunks.BeforeStore = (_, nth, _) => nth == failing ? throw new DatafortsException(ErrorKind.Io, "k") : Task.CompletedTask;
            await Assert.ThrowsAsync<DatafortsException>(() => new BlobWriter(chunks).PutAsync(new MemoryStream(content), writer));
            Assert.Equal(0, chunks.Active);
            int begun = chunks.Stores;
            // Within the window stores begin in any order, so the nth may belong to a chunk that is that much further on.
            Assert.InRange(begun, failing, failing + (2 * (BlobLimits.WindowChunks - 1)));

            // What was stored is of use to the next try, and no buffer went back to the pool while it was in use.
            chunks.BeforeStore = null;
            Assert.Equal(begun, chunks.Stores);
            PutResult again = await new BlobWriter(chunks).PutAsync(new MemoryStream(content), writer);
            Assert.Equal(sound.Ref, again.Ref);
            Assert.Equal(content, await Payload.ReadAllAsync(chunks, again.Ref));
        }
    }

    [Fact]
    public async Task Many_puts_at_once_with_failures_among_them_keep_their_bytes_apart()
    {
        await Parallel.ForAsync(0, 64, async (seed, cancelled) =>
        {
            byte[] content = Payload.Random(seed, 300_000);
            var chunks = new MemoryChunks();
            if (seed % 3 == 0)
            {
                chunks.BeforeStore = (_, nth, _) => nth == 20 + seed ? throw new DatafortsException(ErrorKind.Io, "k") : Task.CompletedTask;
                await Assert.ThrowsAsync<DatafortsException>(
                    () => new BlobWriter(chunks, Payload.Tiny).PutAsync(new MemoryStream(content), cancellationToken: cancelled));
                return;
            }
            PutResult put = await new BlobWriter(chunks, Payload.Tiny).PutAsync(
                new FeedStream(content) { PieceBytes = 10_000 }, cancellationToken: cancelled);
            Assert.Equal(content, await Payload.ReadAllAsync(chunks, put.Ref));
        });
    }

    [Fact]
    public async Task A_put_that_is_cancelled_says_so_with_the_callers_token()
    {
        using var cancel = new CancellationTokenSource();
        var chunks = new MemoryChunks
        {
            BeforeStore = (_, nth, cancelled) =>
            {
                if (nth == 5) cancel.Cancel();
                return nth >= 5 ? Task.Delay(Timeout.Infinite, cancelled) : Task.CompletedTask;
            },
        };
        OperationCanceledException error = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => new BlobWriter(chunks).PutAsync(new MemoryStream(Payload.Random(4, 200 * 1024)), InFixed, null, cancel.Token));
        Assert.Equal(cancel.Token, error.CancellationToken);
        Assert.Equal(0, chunks.Active);
        await NothingMoreStartsAsync(chunks);
    }

    [Fact]
    public async Task A_put_cancelled_beforehand_touches_nothing()
    {
        var chunks = new MemoryChunks();
        foreach (BlobShape shape in Enum.GetValues<BlobShape>())
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new BlobWriter(chunks).PutAsync(
                new FeedStream(Payload.Random(5, 5000)), new PutOptions { Shape = shape }, null, new CancellationToken(true)));
        }
        Assert.Equal(0, chunks.Stores);
    }

    [Fact]
    public async Task A_put_that_fails_sets_no_name()
    {
        using var folder = new TempFolder();
        await using BlobStore store = await BlobStore.OpenAsync(new StoreOptions { Path = folder["store"], Writable = true });
        var content = new FeedStream(Payload.Random(6, 1_000_000)) { FailsAt = 900_000 };
        await Assert.ThrowsAsync<IOException>(() => store.PutAsync(content, new PutOptions { Name = "n" }));
        using var cancel = new CancellationTokenSource();
        var stalling = new FeedStream(Payload.Random(6, 1_000_000))
        {
            PieceBytes = 300_000,
            BeforeRead = (position, _) => position == 0 ? Task.CompletedTask : cancel.CancelAsync(),
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.PutAsync(stalling, new PutOptions { Name = "n" }, null, cancel.Token));
        Assert.Null(store.Chunks.FindName("n"));
        Assert.Empty(store.Chunks.ListNames());
        Assert.True((await store.VerifyAsync()).IsSound);
    }

    [Fact]
    public async Task A_pipe_is_completed_whether_the_put_works_or_not()
    {
        foreach (bool fails in new[] { false, true })
        {
            var pipe = new System.IO.Pipelines.Pipe();
            await pipe.Writer.WriteAsync(Payload.Random(7, 5000));
            await pipe.Writer.CompleteAsync();
            var chunks = new MemoryChunks { BeforeStore = (_, _, _) => fails ? throw new DatafortsException(ErrorKind.Io, "k") : Task.CompletedTask };
            Task<PutResult> put = new BlobWriter(chunks).PutAsync(pipe.Reader);
            if (fails) await Assert.ThrowsAsync<DatafortsException>(() => put);
            else await put;
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await pipe.Reader.ReadAsync());
        }
    }

    private static Task<PutResult> PutAsync(MemoryChunks chunks, int count) =>
        new BlobWriter(chunks).PutAsync(new MemoryStream(Payload.Random(1, count * 1024)), InFixed);

    private static async Task NothingMoreStartsAsync(MemoryChunks chunks)
    {
        int begun = chunks.Stores;
        await Task.Delay(5);
        Assert.Equal(begun, chunks.Stores);
    }
}
