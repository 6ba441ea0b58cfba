using Dataforts.Blobs;
using Dataforts.Chunking;
using Dataforts.Content;
using Dataforts.Tests.Store;

namespace Dataforts.Tests.Blobs.Striping;

public sealed class StripedPutTests
{
    [Fact]
    public async Task A_small_payload_becomes_a_tree_and_none_a_small()
    {
        using var folder = new ScratchFolder();
        await using BlobStore store = await StripedStore.OpenAsync(folder);
        var options = new PutOptions { Encoding = BlobEncoding.ReedSolomon(10, 4) };
        foreach (int length in new[] { 1, 2, 3, 100, 70_000 })
        {
            byte[] content = Payload.Random(length, length);
            foreach (PutResult put in new[] { await store.PutAsync(content, options), await store.PutAsync(new MemoryStream(content), options) })
            {
                Assert.Equal(options.Encoding, Assert.IsType<TreeRef>(put.Ref).Encoding);
                Assert.Equal(4, put.ToleratedLosses);
                Assert.Equal(content, await store.ReadBytesAsync(put.Ref));
            }
        }
        Assert.IsType<SmallRef>((await store.PutAsync(ReadOnlyMemory<byte>.Empty, options)).Ref);
        Assert.IsType<SmallRef>((await store.PutAsync(new MemoryStream(), options)).Ref);
    }

    [Theory]
    [InlineData(BlobShape.Small)]
    [InlineData(BlobShape.Manifest)]
    public async Task Other_shapes_are_refused_before_anything_is_read_or_stored(BlobShape shape)
    {
        var chunks = new MemoryChunks();
        var content = new MemoryStream(Payload.Random(1, 5000));
        var options = new PutOptions { Shape = shape, Encoding = BlobEncoding.ReedSolomon(2, 1) };
        await Assert.ThrowsAsync<ArgumentException>(() => new BlobWriter(chunks).PutAsync(content, options));
        await Assert.ThrowsAsync<ArgumentException>(() => new BlobWriter(chunks).PutManyAsync([new byte[5]], options));
        Assert.Equal(0, content.Position);
        Assert.Equal(0, chunks.Count);
    }

    // Nearly no memory, so that chunks are not kept and parity is computed one shard at a time; the tree is the same.
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    [InlineData(5, 7)]
    [InlineData(20, 4)]
    public async Task However_little_memory_there_is_the_tree_is_the_same(int k, int m)
    {
        using var folder = new ScratchFolder();
        await using BlobStore store = await StripedStore.OpenAsync(folder);
        byte[] content = Payload.Random(3, 123_456);
        var options = new PutOptions { Profile = Payload.Tiny, Encoding = BlobEncoding.ReedSolomon(k, m) };
        PutResult roomy = await new BlobWriter(store.Chunks).PutAsync(content, options);
        foreach (long bytes in new[] { 1L, 5_000, 20_000, 100_000 })
        {
            using var other = new ScratchFolder();
            await using BlobStore poor = await StripedStore.OpenAsync(other);
            PutResult put = await new BlobWriter(poor.Chunks, null, new WindowOptions { MaxBytes = bytes }).PutAsync(content, options);
            Assert.Equal(roomy.Ref, put.Ref);
            Assert.Equal(roomy.StoredBytes, put.StoredBytes);
            Assert.Equal(m, put.ToleratedLosses);
            Assert.Equal(content, await poor.ReadBytesAsync(put.Ref));
        }
    }

    [Fact]
    public async Task Putting_again_stores_nothing_new()
    {
        using var folder = new ScratchFolder();
        await using BlobStore store = await StripedStore.OpenAsync(folder);
        byte[] content = Payload.Random(3, 50_000);
        var options = new PutOptions { Profile = Payload.Tiny, Encoding = BlobEncoding.ReedSolomon(4, 2) };
        PutResult first = await store.PutAsync(content, options);
        Assert.True(first.StoredBytes > 50_000 * 3 / 2);
        (long, long) kept = (store.Chunks.Info.Chunks, store.Chunks.Info.LiveBytes);
        PutResult second = await store.PutAsync(content, options);
        Assert.Equal(first.Ref, second.Ref);
        Assert.Equal((0, 50_000), (second.StoredBytes, second.DedupedBytes));
        Assert.Equal(kept, (store.Chunks.Info.Chunks, store.Chunks.Info.LiveBytes));
        Assert.Equal(0, store.Chunks.Info.GarbageBytes);
    }

    // A sink that keeps no copies loses a node with its one place: nothing else is promised.
    [Fact]
    public async Task Without_copies_no_loss_is_said_to_be_tolerated()
    {
        var chunks = new MemoryChunks();
        byte[] content = Payload.Random(3, 50_000);
        PutResult put = await new BlobWriter(chunks).PutAsync(content, new PutOptions { Profile = Payload.Tiny, Encoding = BlobEncoding.ReedSolomon(4, 2) });
        Assert.Equal(0, put.ToleratedLosses);
        Assert.Equal(content, await Payload.ReadAllAsync(chunks, put.Ref));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(57)]
    public async Task The_first_failure_of_the_sink_ends_the_put(int failing)
    {
        var chunks = new MemoryChunks
        {
            BeforeStore = (_, number, _) => number == failing ? throw new DatafortsException(ErrorKind.NoSpace, "full") : Task.CompletedTask,
        };
        var options = new PutOptions { Profile = Payload.Tiny, Encoding = BlobEncoding.ReedSolomon(4, 2) };
        var error = await Assert.ThrowsAsync<DatafortsException>(() => new BlobWriter(chunks).PutAsync(new MemoryStream(Payload.Random(3, 50_000)), options));
        Assert.Equal(ErrorKind.NoSpace, error.Kind);
        Assert.Equal(0, chunks.Active);
    }

    [Fact]
    public async Task A_put_can_be_called_off()
    {
        using var folder = new ScratchFolder();
        await using BlobStore store = await StripedStore.OpenAsync(folder);
        using var ending = new CancellationTokenSource();
        var options = new PutOptions { Profile = Payload.Tiny, Encoding = BlobEncoding.ReedSolomon(4, 2), Name = "n" };
        var progress = new Ending(ending);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => store.PutAsync(new MemoryStream(Payload.Random(3, 2_000_000)), options, progress, ending.Token));
        Assert.Null(store.Chunks.FindName("n"));
        PutResult put = await store.PutAsync(new MemoryStream(Payload.Random(3, 2_000_000)), options);
        Assert.Equal(2, put.ToleratedLosses);
    }

    [Fact]
    public async Task Chunks_too_small_for_any_tree_of_their_stripes_are_a_typed_error()
    {
        var options = new PutOptions { Profile = ChunkingProfile.Fixed(1), Encoding = BlobEncoding.ReedSolomon(2, 126) };
        var error = await Assert.ThrowsAsync<DatafortsException>(() => new BlobWriter(new MemoryChunks()).PutAsync(Payload.Random(1, 8), options));
        Assert.Equal(ErrorKind.LimitExceeded, error.Kind);
    }

    private sealed class Ending(CancellationTokenSource source) : IProgress<BlobProgress>
    {
        public void Report(BlobProgress value)
        {
            if (value.BytesDone > 500_000) source.Cancel();
        }
    }
}
