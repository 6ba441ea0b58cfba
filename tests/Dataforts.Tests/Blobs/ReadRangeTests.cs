using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using Dataforts.Blobs;
using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Tests.Blobs;

public sealed class ReadRangeTests
{
    private readonly MemoryChunks _chunks = new();
    private readonly byte[] _content = Payload.Random(1, 150_321);

    [Fact]
    public async Task Every_way_to_read_a_range_gives_its_bytes()
    {
        BlobRef[] refs = await RefsAsync();
        var reader = new BlobReader(_chunks);
        (int, int)[] ranges =
        [
            (0, 0), (0, 1), (0, 1000), (999, 2), (1000, 1000), (127_999, 2), (128_000, 1), (5, 150_000), (150_320, 1), (150_321, 0), (150_000, 321),
        ];
        foreach (BlobRef blob in refs)
        {
            foreach ((int offset, int length) in ranges)
            {
                var range = new BlobRange((ulong)offset, (ulong)length);
                byte[] expected = _content[offset..(offset + length)];
                byte[] bytes = await reader.ReadBytesAsync(blob, range);
                Assert.Equal(expected, bytes);
                var buffer = new ArrayBufferWriter<byte>();
                await reader.ReadAsync(blob, range, buffer);
                Assert.Equal(expected, buffer.WrittenSpan.ToArray());
                using BlobSequence sequence = await reader.ReadSequenceAsync(blob, range);
                Assert.Equal(expected, sequence.Bytes.ToArray());
                var stream = new MemoryStream();
                Assert.Equal(length, await reader.CopyToAsync(blob, stream, range));
                Assert.Equal(expected, stream.ToArray());
            }
        }
    }

    [Theory]
    [InlineData(150_322UL, 0UL)]
    [InlineData(150_321UL, 1UL)]
    [InlineData(0UL, 150_322UL)]
    [InlineData(ulong.MaxValue, 1UL)]
    [InlineData(1UL, ulong.MaxValue)]
    [InlineData(ulong.MaxValue, ulong.MaxValue)]
    public async Task A_range_outside_is_refused_before_anything_is_fetched(ulong offset, ulong length)
    {
        BlobRef[] refs = await RefsAsync();
        _chunks.ResetCounts();
        var reader = new BlobReader(_chunks);
        var range = new BlobRange(offset, length);
        foreach (BlobRef blob in refs)
        {
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => reader.ReadBytesAsync(blob, range));
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => reader.ReadSequenceAsync(blob, range));
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => reader.ReadAsync(blob, range, new ArrayBufferWriter<byte>()));
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => reader.CopyToAsync(blob, Stream.Null, range));
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => reader.CopyToAsync(blob, PipeWriter.Create(Stream.Null), range));
        }
        Assert.Equal(0, _chunks.Fetches);
    }

    [Fact]
    public async Task A_range_fetches_the_chunks_and_nodes_it_touches_and_no_others()
    {
        BlobRef blob = (await RefsAsync())[0];
        _chunks.ResetCounts();
        _ = await new BlobReader(_chunks).ReadBytesAsync(blob, new BlobRange(127_999, 2));
        // The root, both leaves, and the chunk on either side of their border.
        Assert.Equal(5, _chunks.Fetches);
        _chunks.ResetCounts();
        _ = await new BlobReader(_chunks).ReadBytesAsync(blob, new BlobRange(130_000, 1000));
        Assert.Equal(3, _chunks.Fetches);
    }

    [Fact]
    public async Task Inside_one_chunk_a_sequence_is_a_slice_of_the_chunks_own_buffer()
    {
        PutResult put = await Payload.PutFixedAsync(_chunks, _content, 1000);
        var source = new KeepingSource(_chunks);
        using BlobSequence sequence = await new BlobReader(source).ReadSequenceAsync(put.Ref, new BlobRange(5_100, 700));

        Assert.True(sequence.Bytes.IsSingleSegment);
        Assert.True(MemoryMarshal.TryGetArray(sequence.Bytes.First, out ArraySegment<byte> slice));
        Assert.True(MemoryMarshal.TryGetArray(source.Last!.Memory, out ArraySegment<byte> chunk));
        Assert.Same(chunk.Array, slice.Array);
        Assert.Equal(chunk.Offset + 100, slice.Offset);
        Assert.Equal(700, slice.Count);
    }

    [Fact]
    public async Task An_array_is_of_exactly_the_size_asked_for()
    {
        BlobRef blob = (await RefsAsync())[0];
        Assert.Equal(150_321, (await new BlobReader(_chunks).ReadBytesAsync(blob)).Length);
        Assert.Equal(777, (await new BlobReader(_chunks).ReadBytesAsync(blob, new BlobRange(1, 777))).Length);
    }

    [Fact]
    public async Task More_than_a_gibibyte_is_not_read_into_memory()
    {
        var blob = TreeRef.Create(BlobEncoding.Replicated, default, (1UL << 30) + 1, 3);
        var reader = new BlobReader(_chunks);
        foreach (Func<Task> read in new Func<Task>[]
        {
            () => reader.ReadBytesAsync(blob), () => reader.ReadSequenceAsync(blob),
            () => reader.ReadAsync(blob, new BlobRange(0, blob.SizeBytes), new ArrayBufferWriter<byte>()),
        })
        {
            Assert.Equal(ErrorKind.LimitExceeded, (await Assert.ThrowsAsync<DatafortsException>(read)).Kind);
        }
        Assert.Equal(0, _chunks.Fetches);
    }

    [Fact]
    public async Task A_pipe_holds_the_read_back()
    {
        BlobRef blob = (await RefsAsync())[0];
        _chunks.ResetCounts();
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 4000, resumeWriterThreshold: 2000));
        Task<long> copy = new BlobReader(_chunks, null, new WindowOptions { MaxChunks = 4 }).CopyToAsync(blob, pipe.Writer);
        await Task.Delay(30);
        Assert.False(copy.IsCompleted);
        Assert.InRange(_chunks.Fetches, 1, 15);
        var read = new MemoryStream();
        Task reading = pipe.Reader.CopyToAsync(read);
        Assert.Equal(_content.Length, await copy);
        await pipe.Writer.CompleteAsync();
        await reading;
        Assert.Equal(_content, read.ToArray());
    }

    [Fact]
    public async Task A_pipe_whose_reader_has_gone_ends_the_copy()
    {
        BlobRef blob = (await RefsAsync())[0];
        var pipe = new Pipe();
        await pipe.Reader.CompleteAsync();
        long copied = await new BlobReader(_chunks).CopyToAsync(blob, pipe.Writer);
        Assert.InRange(copied, 0, 150_320);
        Assert.Equal(0, _chunks.Active);
    }

    [Fact]
    public async Task A_destination_that_fails_ends_the_copy()
    {
        BlobRef blob = (await RefsAsync())[0];
        var full = new MemoryStream(new byte[5000]);
        await Assert.ThrowsAsync<NotSupportedException>(() => new BlobReader(_chunks).CopyToAsync(blob, full));
        Assert.Equal(0, _chunks.Active);
    }

    [Fact]
    public async Task Parity_is_never_content()
    {
        byte[] data = _content[..2024], parity = Payload.Random(9, 1024);
        var stripe = new Stripe(BlobEncoding.ReedSolomon(2, 1),
        [
            new TreeChunk(_chunks.Add(data.AsSpan(0, 1024)), 1024, ChunkRole.Data),
            new TreeChunk(_chunks.Add(data.AsSpan(1024)), 1000, ChunkRole.Data),
            new TreeChunk(_chunks.Add(parity), 1024, ChunkRole.Parity(0)),
        ]);
        var rest = new Stripe(BlobEncoding.Replicated, [new TreeChunk(_chunks.Add([1, 2, 3]), 3, ChunkRole.Data)]);
        BlobHash root = _chunks.Add(new ErasureLeafNode([stripe, rest]));
        var blob = TreeRef.Create(BlobEncoding.ReedSolomon(2, 1), root, 2027, 1);
        Assert.Equal([.. data, 1, 2, 3], await Payload.ReadAllAsync(_chunks, blob));
        Assert.Equal([.. data[1020..], 1], await new BlobReader(_chunks).ReadBytesAsync(blob, new BlobRange(1020, 1005)));
    }

    private async Task<BlobRef[]> RefsAsync()
    {
        BlobRef tree = (await Payload.PutFixedAsync(_chunks, _content, 1000)).Ref;
        BlobRef cut = (await new BlobWriter(_chunks, Payload.Tiny).PutAsync(new MemoryStream(_content))).Ref;
        BlobRef small = (await new BlobWriter(_chunks).PutAsync(new MemoryStream(_content), new PutOptions { Shape = BlobShape.Small })).Ref;
        BlobRef manifest = (await new BlobWriter(_chunks).PutAsync(new MemoryStream(_content), new PutOptions { Shape = BlobShape.Manifest })).Ref;
        return [tree, cut, small, manifest];
    }

    /// <summary>Remembers the last buffer it gave away.</summary>
    private sealed class KeepingSource(IChunkSource inner) : IChunkSource
    {
        public ChunkBuffer? Last { get; private set; }

        public async ValueTask<ChunkBuffer?> FetchAsync(BlobHash hash, int maxBytes, CancellationToken cancellationToken) =>
            Last = await inner.FetchAsync(hash, maxBytes, cancellationToken);
    }
}
