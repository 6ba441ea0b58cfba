using Dataforts.Blobs;
using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Tests.Blobs;

/// <summary>What a chunk costs in memory on its way through, with everything of the run in it: tasks, buffers, nodes, the list of levels.</summary>
[Collection(nameof(Alone))]
public sealed class StreamingAllocationTests
{
    private const int PatternBytes = 8 << 20;
    private const long Length = 256L << 20;
    private const int MostBytesPerChunk = 1024;
    private const int MostBytesPerBatchedChunk = 256;

    private readonly byte[] _pattern = Payload.Random(1, PatternBytes);

    [Fact]
    public async Task A_steady_put_allocates_less_than_a_kibibyte_a_chunk()
    {
        var sink = new NullSink();
        var writer = new BlobWriter(sink);
        await writer.PutAsync(new Repeated(_pattern, Length / 4));
        long before = GC.GetTotalAllocatedBytes(true);
        PutResult put = await writer.PutAsync(new Repeated(_pattern, Length));
        long perChunk = (GC.GetTotalAllocatedBytes(true) - before) / put.Chunks;
        Assert.InRange(put.Chunks, 2000, 6000);
        Assert.InRange(perChunk, 0, MostBytesPerChunk);
        TestContext.Current.TestOutputHelper?.WriteLine($"{perChunk} bytes a chunk over {put.Chunks} chunks");
    }

    [Fact]
    public async Task A_steady_get_allocates_less_than_a_kibibyte_a_chunk()
    {
        var chunks = new MemoryChunks();
        PutResult put = await new BlobWriter(chunks).PutAsync(new Repeated(_pattern, Length));
        var source = new PlainSource(chunks);
        var reader = new BlobReader(source);
        await reader.CopyToAsync(put.Ref, Stream.Null);
        long before = GC.GetTotalAllocatedBytes(true);
        await reader.CopyToAsync(put.Ref, Stream.Null);
        long perChunk = (GC.GetTotalAllocatedBytes(true) - before) / put.Chunks;
        Assert.InRange(perChunk, 0, MostBytesPerChunk);
        TestContext.Current.TestOutputHelper?.WriteLine($"{perChunk} bytes a chunk over {put.Chunks} chunks");
    }

    [Fact]
    public async Task A_steady_read_of_a_stream_allocates_less_than_a_kibibyte_a_chunk()
    {
        var chunks = new MemoryChunks();
        PutResult put = await new BlobWriter(chunks).PutAsync(new Repeated(_pattern, Length));
        await using Stream stream = await new BlobReader(new PlainSource(chunks)).OpenReadAsync(put.Ref);
        var buffer = new byte[16384];
        while (stream.Position < Length / 4) await stream.ReadExactlyAsync(buffer);
        long from = stream.Position, before = GC.GetTotalAllocatedBytes(true);
        while (await stream.ReadAsync(buffer) > 0)
        {
        }
        double share = (Length - from) / (double)Length;
        Assert.InRange((GC.GetTotalAllocatedBytes(true) - before) / (put.Chunks * share), 0, MostBytesPerChunk);
    }

    [Fact]
    public async Task With_batches_a_chunk_costs_next_to_nothing_and_no_buffer_is_left_to_the_collector()
    {
        var kept = new MemoryChunks();
        PutResult put = await new BlobWriter(kept).PutAsync(new Repeated(_pattern, Length));
        var writer = new BlobWriter(new NullSink(isImmediate: true));
        var reader = new BlobReader(new PlainSource(kept, isImmediate: true));
        for (int i = 0; i < 2; i++)
        {
            await writer.PutAsync(new Repeated(_pattern, Length));
            await reader.CopyToAsync(put.Ref, Stream.Null);
        }
        int collections = GC.CollectionCount(2);
        long start = GC.GetTotalAllocatedBytes(true);
        await writer.PutAsync(new Repeated(_pattern, Length));
        long between = GC.GetTotalAllocatedBytes(true);
        await reader.CopyToAsync(put.Ref, Stream.Null);
        long putting = (between - start) / put.Chunks, reading = (GC.GetTotalAllocatedBytes(true) - between) / put.Chunks;
        TestContext.Current.TestOutputHelper?.WriteLine($"{putting} bytes a chunk put, {reading} read");
        Assert.InRange(putting, 0, MostBytesPerBatchedChunk);
        Assert.InRange(reading, 0, MostBytesPerBatchedChunk);
        Assert.Equal(collections, GC.CollectionCount(2));
    }

    /// <summary>The pattern again and again.</summary>
    private sealed class Repeated(byte[] pattern, long length) : Stream
    {
        private long _position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => _position;
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            int at = (int)(_position % pattern.Length);
            int count = (int)Math.Min(Math.Min(buffer.Length, pattern.Length - at), length - _position);
            pattern.AsSpan(at, count).CopyTo(buffer);
            _position += count;
            return count;
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    private sealed class NullSink(bool isImmediate = false) : IChunkSink
    {
        public bool IsImmediate => isImmediate;

        public ValueTask<bool> StoreAsync(VerifiedChunk chunk, CancellationToken cancellationToken) => new(true);
    }

    private sealed class PlainSource(MemoryChunks chunks, bool isImmediate = false) : IChunkSource
    {
        public bool IsImmediate => isImmediate;

        public ValueTask<ChunkBuffer?> FetchAsync(BlobHash hash, int maxBytes, CancellationToken cancellationToken) => new(ChunkBuffer.CopyOf(chunks[hash]));
    }
}
