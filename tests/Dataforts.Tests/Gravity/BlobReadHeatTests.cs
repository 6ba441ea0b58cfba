using System.Collections.Immutable;
using Dataforts.Blobs;
using Dataforts.Chunking;
using Dataforts.Content;
using Dataforts.Gravity;
using Dataforts.Store;
using Dataforts.Testing;
using Dataforts.Tests.Blobs;

namespace Dataforts.Tests.Gravity;

public sealed class BlobReadHeatTests
{
    private const int ChunkBytes = (int)FormatLimits.ManifestChunkSizeBytes;

    private readonly MemoryChunks _chunks = new();
    private readonly HeatRegistry<BlobHash> _registry = new(new HeatPolicy { HalfLife = TimeSpan.FromDays(1000) });
    private readonly BlobReader _reader;

    public BlobReadHeatTests() =>
        _reader = new BlobReader(_chunks) { Heat = new BlobReadHeat(_registry, new GravityClock(TimeProvider.System)) };

    [Fact]
    public async Task A_small_counts_its_chunk()
    {
        BlobHash hash = _chunks.Add([1, 2, 3]);
        var small = SmallRef.Create(hash, 3);
        await _reader.ReadBytesAsync(small);
        await _reader.ReadBytesAsync(small, new BlobRange(1, 1));
        Assert.Equal((1, 2.0), (_registry.Count, Heat(hash)));
    }

    [Fact]
    public async Task A_manifest_counts_each_chunk_and_a_range_those_it_touches()
    {
        ManifestRef manifest = Manifest();
        await _reader.CopyToAsync(manifest, Stream.Null);
        Assert.Equal([1, 1, 1], manifest.Chunks.Select(chunk => Heat(chunk.Hash)));
        await _reader.CopyToAsync(manifest, Stream.Null, new BlobRange(ChunkBytes, 1));
        Assert.Equal([1, 2, 1], manifest.Chunks.Select(chunk => Heat(chunk.Hash)));
        await _reader.CopyToAsync(manifest, Stream.Null, new BlobRange(ChunkBytes - 1, 2));
        Assert.Equal([2, 3, 1], manifest.Chunks.Select(chunk => Heat(chunk.Hash)));
        await _reader.CopyToAsync(manifest, Stream.Null, new BlobRange(5, 0));
        Assert.Equal([2, 3, 1], manifest.Chunks.Select(chunk => Heat(chunk.Hash)));
    }

    [Fact]
    public async Task A_read_that_stops_early_counts_what_it_was_handed()
    {
        ManifestRef manifest = Manifest();
        await using (Stream stream = await _reader.OpenReadAsync(manifest)) await stream.ReadExactlyAsync(new byte[ChunkBytes + 1]);
        Assert.Equal([1, 1, 0], manifest.Chunks.Select(chunk => Heat(chunk.Hash)));
    }

    [Fact]
    public async Task A_read_that_fails_counts_nothing()
    {
        ManifestRef manifest = Manifest();
        _chunks.Remove(manifest.Chunks[1].Hash);
        await Assert.ThrowsAsync<IntegrityException>(() => _reader.CopyToAsync(manifest, Stream.Null));
        await Assert.ThrowsAsync<IntegrityException>(() => _reader.ReadBytesAsync(SmallRef.Create(manifest.Chunks[1].Hash, ChunkBytes)));
        Assert.Equal(0, _registry.Count);
    }

    [Fact]
    public async Task A_tree_counts_its_data_chunks_and_many_blobs_theirs()
    {
        byte[] content = Payload.Random(5, 10_000);
        PutResult put = await Payload.PutFixedAsync(_chunks, content, 1000);
        await _reader.ReadBytesAsync(put.Ref);
        Assert.Equal(10, _registry.Count);
        Assert.All(content.Chunk(1000), chunk => Assert.Equal(1, Heat(BlobHash.Compute(chunk))));
        await _reader.ReadBytesAsync(put.Ref, new BlobRange(2500, 1000));
        Assert.Equal(2, content.Chunk(1000).Count(chunk => Heat(BlobHash.Compute(chunk)) == 2));
        BlobHash small = _chunks.Add([7]);
        await foreach (BlobSequence sequence in _reader.ReadManyAsync([put.Ref, SmallRef.Create(small, 1)])) sequence.Dispose();
        Assert.Equal((11, 1.0), (_registry.Count, Heat(small)));
    }

    [Fact]
    public async Task A_read_through_the_blob_store_counts_each_of_1024_chunks_and_counting_stages_nothing()
    {
        using var folder = new TempFolder();
        await using BlobStore store = await BlobStore.OpenAsync(new StoreOptions { Path = folder["store"], Writable = true });
        byte[] content = Payload.Random(7, 1024 * 1024);
        PutResult put = await store.PutAsync(new MemoryStream(content), new PutOptions { Shape = BlobShape.Tree, Profile = ChunkingProfile.Fixed(1024) });
        var meter = new MeteredHeat(new BlobReadHeat(_registry, new GravityClock(TimeProvider.System)));
        await store.CopyToAsync(put.Ref, Stream.Null);
        Assert.Equal(0, _registry.Count);
        store.Heat = meter;
        await store.CopyToAsync(put.Ref, Stream.Null);
        Assert.Equal(1024, _registry.Count);
        // What is counted first makes room in the registry; from then on nothing is.
        meter.Allocated = 0;
        await store.CopyToAsync(put.Ref, Stream.Null);
        Assert.Equal(0, meter.Allocated);
        Assert.All(content.Chunk(1024), chunk => Assert.Equal(2, Heat(BlobHash.Compute(chunk))));
    }

    [Fact]
    public async Task Nothing_is_counted_when_nobody_asks()
    {
        ManifestRef manifest = Manifest();
        _reader.Heat = null;
        await _reader.CopyToAsync(manifest, Stream.Null);
        Assert.Equal(0, _registry.Count);
    }

    private double Heat(BlobHash chunk) => Math.Round(_registry.Rate(chunk, TimeSpan.Zero), 5);

    private ManifestRef Manifest()
    {
        byte[] content = Payload.Random(3, (2 * ChunkBytes) + 100);
        ImmutableArray<ChunkRef> chunks = [.. content.Chunk(ChunkBytes).Select(chunk => new ChunkRef(_chunks.Add(chunk), (uint)chunk.Length))];
        return ManifestRef.Create(BlobHash.Compute(content), BlobEncoding.Replicated, chunks);
    }
}
