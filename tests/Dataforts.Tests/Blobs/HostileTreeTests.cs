using System.Diagnostics.Metrics;
using Dataforts.Blobs;
using Dataforts.Content;
using Dataforts.Store;
using Dataforts.Testing;

namespace Dataforts.Tests.Blobs;

/// <summary>Refs and trees that claim far more than there is cost what there is.</summary>
[Collection(nameof(Alone))]
public sealed class HostileTreeTests
{
    private const int ChunkBytes = 16 << 20;

    [Fact]
    public async Task Four_nodes_and_a_chunk_that_claim_2_to_the_52_are_read_anywhere()
    {
        var chunks = new MemoryChunks();
        byte[] chunk = Payload.Random(1, ChunkBytes);
        TreeRef blob = Build(chunk, bytes => chunks.Add(bytes));
        Assert.Equal(1UL << 52, blob.SizeBytes);
        await using Stream stream = await new BlobReader(chunks).OpenReadAsync(blob);
        var random = new Random(3);
        var piece = new byte[100];
        for (int i = 0; i < 20; i++)
        {
            long at = random.NextInt64(1L << 52);
            stream.Position = at;
            chunks.ResetCounts();
            await stream.ReadExactlyAsync(piece);
            for (int j = 0; j < piece.Length; j++) Assert.Equal(chunk[(int)((at + j) % ChunkBytes)], piece[j]);
            // The nodes are cached; what is fetched is the window.
            Assert.InRange(chunks.Fetches, 1, BlobLimits.WindowChunks + 1);
        }
        stream.Position = (1L << 52) - 1;
        Assert.Equal(1, await stream.ReadAsync(piece));
        Assert.Equal(chunk[^1], piece[0]);
    }

    [Fact]
    public async Task Stat_and_verify_visit_each_of_its_nodes_once()
    {
        using var folder = new TempFolder();
        await using BlobStore store = await BlobStore.OpenAsync(new StoreOptions { Path = folder["store"], Writable = true });
        TreeRef blob = Build(Payload.Random(2, ChunkBytes), bytes => Put(store, bytes));
        store.Chunks.SetName("huge", blob);
        store.Chunks.Pin(blob);
        long stored = store.Chunks.Info.LiveBytes;
        Assert.Equal(5, store.Chunks.Info.Chunks);

        using var read = new BytesRead();
        BlobStat stat = await store.StatAsync(blob);
        Assert.True(stat.IsPresent);
        Assert.Equal(1, stat.DistinctChunks);
        Assert.Equal(stored, read.Take());
        StoreVerification verified = await store.VerifyAsync();
        Assert.True(verified.IsSound);
        // Each chunk once, and each node once more on the walk.
        Assert.Equal(stored + stored - ChunkBytes, read.Take());
    }

    [Fact]
    public async Task Opening_what_claims_much_and_is_not_there_allocates_little()
    {
        var chunks = new MemoryChunks();
        BlobHash missing = BlobHash.Compute([1]);
        BlobHash leaf = chunks.Add(new LeafNode([.. Enumerable.Repeat(new TreeChunk(missing, ChunkBytes, ChunkRole.Data), 128)]));
        BlobRef[] refs =
        [
            TreeRef.Create(BlobEncoding.Replicated, missing, 1UL << 57, 4),
            TreeRef.Create(BlobEncoding.Replicated, leaf, 128UL * ChunkBytes, 1),
            SmallRef.Create(missing, 16UL << 30),
            SmallRef.Create(missing, ChunkBytes),
            ManifestRef.Create(missing, BlobEncoding.Replicated, [.. Enumerable.Repeat(new ChunkRef(missing, 4 << 20), 4096)]),
        ];
        var reader = new BlobReader(chunks);
        for (int pass = 0; pass < 2; pass++)
        {
            foreach (BlobRef blob in refs)
            {
                long before = GC.GetTotalAllocatedBytes(true);
                await Assert.ThrowsAsync<IntegrityException>(async () => await reader.OpenReadAsync(blob));
                var range = new BlobRange(0, Math.Min(blob.SizeBytes, 1 << 30));
                await Assert.ThrowsAsync<IntegrityException>(() => reader.ReadBytesAsync(blob, range));
                if (pass > 0) Assert.InRange(GC.GetTotalAllocatedBytes(true) - before, 0, 512 << 10);
            }
        }
    }

    private static BlobHash Put(BlobStore store, byte[] bytes)
    {
        VerifiedChunk chunk = ChunkVerifier.Hash(bytes);
        store.Chunks.Put(chunk);
        return chunk.Hash;
    }

    private static TreeRef Build(byte[] chunk, Func<byte[], BlobHash> store)
    {
        TreeNode node = new LeafNode([.. Enumerable.Repeat(new TreeChunk(store(chunk), ChunkBytes, ChunkRole.Data), 128)]);
        BlobHash hash = store(node.Encode());
        for (int level = 2; level <= 4; level++)
        {
            node = new InternalNode([.. Enumerable.Repeat(new TreeChild(hash, node.CoveredBytes), 128)]);
            hash = store(node.Encode());
        }
        return TreeRef.Create(BlobEncoding.Replicated, hash, node.CoveredBytes, 4);
    }

    /// <summary>What the process reads from its stores meanwhile.</summary>
    private sealed class BytesRead : IDisposable
    {
        private readonly MeterListener _listener = new();
        private long _bytes;

        public BytesRead()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == DatafortsMeter.Name && instrument.Name == "dataforts.store.io.read") listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((_, bytes, _, _) => Interlocked.Add(ref _bytes, bytes));
            _listener.Start();
        }

        public long Take() => Interlocked.Exchange(ref _bytes, 0);

        public void Dispose() => _listener.Dispose();
    }
}
