using Dataforts.Blobs;
using Dataforts.Content;
using Dataforts.Store;
using Dataforts.Testing;

namespace Dataforts.Tests.Blobs;

/// <summary>A payload of one chunk goes in and out on the caller's own thread.</summary>
[Collection(nameof(Alone))]
public sealed class ShortPathTests : IDisposable
{
    private const int Rounds = 200;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Bytes_in_memory_become_what_a_stream_of_them_becomes()
    {
        foreach (BlobShape shape in Enum.GetValues<BlobShape>())
        {
            foreach (int length in new[] { 1, 100, 4096, 4097, 20_000 })
            {
                byte[] content = Payload.Random(length, length);
                var options = new PutOptions { Shape = shape, RecordContentHash = true };
                MemoryChunks one = new(), other = new();
                PutResult fromMemory = await new BlobWriter(one, Payload.Tiny).PutAsync(content.AsMemory(), options);
                PutResult fromStream = await new BlobWriter(other, Payload.Tiny).PutAsync(new MemoryStream(content), options);
                Assert.Equal(fromStream, fromMemory);
                Assert.Equal(other.Hashes.Order(), one.Hashes.Order());
            }
        }
    }

    [Fact]
    public async Task A_small_goes_in_and_out_without_a_wait()
    {
        await using BlobStore store = await OpenAsync();
        byte[] content = Payload.Random(1, 64 << 10);
        Task<PutResult> put = store.PutAsync(content.AsMemory());
        Assert.True(put.IsCompletedSuccessfully);
        BlobRef blob = (await put).Ref;
        Task<byte[]> read = store.ReadBytesAsync(blob);
        Assert.True(read.IsCompletedSuccessfully);
        Assert.Equal(content, await read);
        Task<BlobSequence> sequence = store.ReadSequenceAsync(blob, new BlobRange(5, 10));
        Assert.True(sequence.IsCompletedSuccessfully);
        using (BlobSequence bytes = await sequence) Assert.Equal(content[5..15], bytes.Bytes.FirstSpan.ToArray());
        ValueTask<Stream> open = store.OpenReadAsync(blob);
        Assert.True(open.IsCompletedSuccessfully);
        await using Stream stream = await open;
        Assert.Equal(content, await Payload.ReadAllAsync(stream));
    }

    [Fact]
    public async Task It_heeds_a_token_and_tells_what_is_wrong()
    {
        var chunks = new MemoryChunks();
        PutResult put = await new BlobWriter(chunks).PutAsync(Payload.Random(1, 100).AsMemory());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => new BlobWriter(chunks).PutAsync(new byte[5].AsMemory(), null, null, new CancellationToken(true)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new BlobReader(chunks).ReadBytesAsync(put.Ref, null, new CancellationToken(true)));
        Assert.Equal(1, chunks.Stores);
        chunks.Damage(put.ContentHash!.Value, bytes => bytes[1..]);
        IntegrityException error = await Assert.ThrowsAsync<IntegrityException>(() => new BlobReader(chunks).ReadBytesAsync(put.Ref));
        Assert.Equal(ErrorKind.ChunkLength, error.Kind);
    }

    [Fact]
    public async Task It_allocates_little_more_than_what_it_returns()
    {
        await using BlobStore store = await OpenAsync();
        byte[] content = Payload.Random(2, 16 << 10);
        BlobRef blob = (await store.PutAsync(content.AsMemory())).Ref;
        long reading = 0, putting = 0;
        for (int i = 0; i < 2 * Rounds; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            await store.ReadBytesAsync(blob);
            long between = GC.GetAllocatedBytesForCurrentThread();
            await store.PutAsync(content.AsMemory());
            if (i < Rounds) continue;
            reading += between - before;
            putting += GC.GetAllocatedBytesForCurrentThread() - between;
        }
        Assert.InRange(reading / Rounds, content.Length, content.Length + 1024);
        Assert.InRange(putting / Rounds, 1, 1024);
        TestContext.Current.TestOutputHelper?.WriteLine($"{reading / Rounds - content.Length} bytes beside the content, {putting / Rounds} for a put");
    }

    private Task<BlobStore> OpenAsync() => BlobStore.OpenAsync(new StoreOptions { Path = _folder["store"], Writable = true });
}
