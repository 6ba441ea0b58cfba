using Dataforts.Blobs;
using Dataforts.Chunking;
using Dataforts.Content;

namespace Dataforts.Tests.Blobs;

/// <summary>Sources and sinks that are immediate get batches of chunks; what is promised of order, bounds, errors and cancellation stays.</summary>
public sealed class BatchTests
{
    private const int ChunkBytes = 1024;
    private const int Chunks = 100;

    private static readonly PutOptions Fixed = new() { Shape = BlobShape.Tree, Profile = ChunkingProfile.Fixed(ChunkBytes) };

    private readonly byte[] _content = Payload.Random(1, Chunks * ChunkBytes);

    [Theory]
    [InlineData(32, 512 * 1024, 32)]
    [InlineData(7, 512 * 1024, 7)]
    [InlineData(32, 5 * ChunkBytes, 5)]
    [InlineData(32, (5 * ChunkBytes) - 1, 4)]
    [InlineData(32, 1, 1)]
    [InlineData(1, 512 * 1024, 1)]
    public async Task A_batch_holds_as_many_chunks_and_bytes_as_it_may(int chunks, long bytes, int most)
    {
        var sink = new MemoryChunks { IsImmediate = true };
        var window = new WindowOptions { BatchChunks = chunks, BatchBytes = bytes };
        PutResult put = await new BlobWriter(sink, null, window).PutAsync(new MemoryStream(_content), Fixed);
        Assert.Equal(most, sink.Batches.Max());
        Assert.Equal(Chunks, sink.Batches.Sum());
        Assert.Equal((await Payload.PutFixedAsync(new MemoryChunks(), _content, ChunkBytes)).Ref, put.Ref);
        Assert.Equal(_content, await new BlobReader(sink, null, window).ReadBytesAsync(put.Ref));
    }

    [Fact]
    public async Task A_sink_that_waits_is_given_one_chunk_at_a_time()
    {
        var sink = new MemoryChunks();
        await new BlobWriter(sink).PutAsync(new MemoryStream(_content), Fixed);
        Assert.All(sink.Batches, count => Assert.Equal(1, count));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task The_window_bounds_batches_and_their_bytes(int most)
    {
        var chunks = new MemoryChunks { IsImmediate = true, BeforeStore = (_, _, cancelled) => Task.Delay(1, cancelled) };
        await new BlobWriter(chunks, null, new WindowOptions { MaxChunks = most, BatchChunks = 4 }).PutAsync(new MemoryStream(_content), Fixed);
        Assert.Equal(most, chunks.MostActive);
        chunks.ResetCounts();
        chunks.BeforeFetch = (_, _, cancelled) => Task.Delay(1, cancelled);
        PutResult again = await new BlobWriter(chunks).PutAsync(new MemoryStream(_content), Fixed);
        chunks.ResetCounts();
        var window = new WindowOptions { MaxBytes = most * 4 * ChunkBytes, BatchChunks = 4 };
        Assert.Equal(_content, await new BlobReader(chunks, null, window).ReadBytesAsync(again.Ref));
        Assert.InRange(chunks.MostActive, 1, most + 2);
    }

    [Fact]
    public async Task What_was_cut_is_stored_while_the_input_stalls()
    {
        var chunks = new MemoryChunks { IsImmediate = true };
        var stored = new TaskCompletionSource();
        chunks.BeforeStore = (_, nth, _) =>
        {
            if (nth == 3) stored.SetResult();
            return Task.CompletedTask;
        };
        var content = new FeedStream(_content) { PieceBytes = 3 * ChunkBytes, BeforeRead = (at, _) => at == 3 * ChunkBytes ? stored.Task : Task.CompletedTask };
        await new BlobWriter(chunks).PutAsync(content, Fixed);
        Assert.Equal(3, chunks.Batches.First());
    }

    [Fact]
    public async Task Any_chunk_of_a_batch_may_be_the_one_that_fails_to_be_stored()
    {
        for (int failing = 1; failing <= Chunks; failing++)
        {
            int nthToFail = failing;
            var error = new DatafortsException(ErrorKind.NoSpace, "full");
            var chunks = new MemoryChunks { IsImmediate = true, BeforeStore = (_, nth, _) => nth == nthToFail ? throw error : Task.CompletedTask };
            Exception thrown = await Assert.ThrowsAsync<DatafortsException>(() => new BlobWriter(chunks).PutAsync(new MemoryStream(_content), Fixed));
            Assert.Same(error, thrown);
            Assert.Equal(0, chunks.Active);
            int begun = chunks.Stores;
            await Task.Yield();
            Assert.Equal(begun, chunks.Stores);

            chunks.BeforeStore = null;
            PutResult again = await new BlobWriter(chunks).PutAsync(new MemoryStream(_content), Fixed);
            Assert.Equal(_content, await Payload.ReadAllAsync(chunks, again.Ref));
        }
    }

    [Fact]
    public async Task A_put_is_cancelled_within_a_batch()
    {
        using var cancel = new CancellationTokenSource();
        var chunks = new MemoryChunks
        {
            IsImmediate = true,
            BeforeStore = (_, nth, cancelled) =>
            {
                if (nth == 5) cancel.Cancel();
                return nth >= 5 ? Task.Delay(Timeout.Infinite, cancelled) : Task.CompletedTask;
            },
        };
        OperationCanceledException error = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => new BlobWriter(chunks).PutAsync(new MemoryStream(_content), Fixed, null, cancel.Token));
        Assert.Equal(cancel.Token, error.CancellationToken);
        Assert.Equal(0, chunks.Active);
        Assert.InRange(chunks.Count, 0, 4);
    }

    [Fact]
    public async Task Any_chunk_of_a_batch_may_be_the_one_that_is_wrong_and_what_comes_before_it_is_given()
    {
        var chunks = new MemoryChunks { IsImmediate = true };
        BlobRef blob = (await new BlobWriter(chunks).PutAsync(new MemoryStream(_content), Fixed)).Ref;
        for (int wrong = 0; wrong < Chunks; wrong++)
        {
            BlobHash hash = BlobHash.Compute(_content.AsSpan(wrong * ChunkBytes, ChunkBytes));
            byte[] sound = chunks.Damage(hash, bytes => [.. bytes.AsSpan(1), 0]);
            var read = new MemoryStream();
            IntegrityException error = await Assert.ThrowsAsync<IntegrityException>(() => new BlobReader(chunks).CopyToAsync(blob, read));
            Assert.Equal(hash, error.Hash);
            Assert.Equal(_content[..(wrong * ChunkBytes)], read.ToArray());
            Assert.Equal(0, chunks.Active);
            chunks.Repair(hash, sound);
        }
        Assert.Equal(_content, await Payload.ReadAllAsync(chunks, blob));
    }

    [Fact]
    public async Task The_first_chunk_leaves_while_the_second_is_out()
    {
        var chunks = new MemoryChunks { IsImmediate = true };
        BlobRef blob = (await new BlobWriter(chunks).PutAsync(new MemoryStream(_content), Fixed)).Ref;
        var release = new TaskCompletionSource();
        BlobHash second = BlobHash.Compute(_content.AsSpan(ChunkBytes, ChunkBytes));
        chunks.BeforeFetch = (hash, _, _) => hash == second ? release.Task : Task.CompletedTask;
        await using Stream stream = await new BlobReader(chunks).OpenReadAsync(blob);
        var first = new byte[ChunkBytes];
        await stream.ReadExactlyAsync(first);
        Assert.Equal(_content[..ChunkBytes], first);
        release.SetResult();
        Assert.Equal(_content[ChunkBytes..], await Payload.ReadAllAsync(stream));
    }

    [Fact]
    public async Task A_read_that_is_given_up_gives_every_buffer_back()
    {
        var chunks = new MemoryChunks { IsImmediate = true };
        BlobRef blob = (await new BlobWriter(chunks).PutAsync(new MemoryStream(_content), Fixed)).Ref;
        var source = new CountingSource(chunks);
        for (int stop = 1; stop < 70; stop += 3)
        {
            int taken = 0;
            await foreach (VerifiedSlice slice in new BlobReader(source).SlicesAsync(blob, new BlobRange(0, blob.SizeBytes), CancellationToken.None))
            {
                slice.Dispose();
                if (++taken == stop) break;
            }
            Assert.All(source.Buffers, buffer => Assert.Throws<ObjectDisposedException>(() => buffer.Memory));
            Assert.Equal(0, chunks.Active);
        }
    }
}
