using Dataforts.Blobs;
using Dataforts.Content;

namespace Dataforts.Tests.Blobs;

public sealed class ReadStreamTests
{
    private const int ChunkBytes = 1000;
    private const int Length = 140_500;

    private readonly MemoryChunks _chunks = new();
    private readonly byte[] _content = Payload.Random(1, Length);

    [Fact]
    public async Task It_says_what_it_is()
    {
        await using Stream stream = await OpenAsync();
        Assert.True(stream.CanRead && stream.CanSeek && !stream.CanWrite);
        Assert.Equal(Length, stream.Length);
        Assert.Equal(0, stream.Position);
        Assert.Throws<NotSupportedException>(() => stream.SetLength(1));
        Assert.Throws<NotSupportedException>(() => stream.Write([1], 0, 1));
        stream.Flush();
    }

    [Fact]
    public async Task Seeking_from_anywhere_to_anywhere()
    {
        await using Stream stream = await OpenAsync();
        Assert.Equal(100, stream.Seek(100, SeekOrigin.Begin));
        await ExpectAsync(stream, 100, 10);
        Assert.Equal(60, stream.Seek(-50, SeekOrigin.Current));
        await ExpectAsync(stream, 60, 2000);
        Assert.Equal(Length - 1, stream.Seek(-1, SeekOrigin.End));
        await ExpectAsync(stream, Length - 1, 1);
        Assert.Equal(0, await stream.ReadAsync(new byte[10]));
        stream.Position = 50_000;
        await ExpectAsync(stream, 50_000, 5000);
        Assert.Equal(0, stream.Seek(0, SeekOrigin.Begin));
        await ExpectAsync(stream, 0, 10);
    }

    [Fact]
    public async Task A_seek_out_of_the_chunk_at_hand_and_a_read_at_once()
    {
        await using Stream stream = await OpenAsync();
        await ExpectAsync(stream, 0, 10);
        stream.Seek(100_000, SeekOrigin.Begin);
        await ExpectAsync(stream, 100_000, 10);
        stream.Seek(5, SeekOrigin.Begin);
        await ExpectAsync(stream, 5, 10);
        stream.Seek(70_000, SeekOrigin.Begin);
        stream.Seek(3, SeekOrigin.Current);
        stream.Seek(-2, SeekOrigin.Current);
        await ExpectAsync(stream, 70_001, 10);
    }

    [Fact]
    public async Task Past_the_end_is_a_place_without_bytes()
    {
        await using Stream stream = await OpenAsync();
        foreach (long place in new[] { Length, Length + 1L, long.MaxValue })
        {
            Assert.Equal(place, stream.Seek(place, SeekOrigin.Begin));
            Assert.Equal(0, await stream.ReadAsync(new byte[10]));
            Assert.Equal(-1, stream.ReadByte());
            Assert.Equal(place, stream.Position);
        }
        stream.Position = 7;
        await ExpectAsync(stream, 7, 7);
    }

    [Fact]
    public async Task There_is_nothing_before_the_beginning()
    {
        await using Stream stream = await OpenAsync();
        stream.Position = 10;
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.Seek(-11, SeekOrigin.Current));
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.Seek(-1, SeekOrigin.Begin));
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.Seek(-Length - 1, SeekOrigin.End));
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.Seek(long.MaxValue, SeekOrigin.End));
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.Seek(long.MinValue, SeekOrigin.Current));
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.Seek(0, (SeekOrigin)3));
        Assert.Equal(10, stream.Position);
    }

    [Fact]
    public async Task Synchronous_reads_give_the_same()
    {
        await using Stream stream = await OpenAsync();
        var all = new MemoryStream();
        stream.CopyTo(all, 777);
        Assert.Equal(_content, all.ToArray());
        stream.Position = 995;
        var piece = new byte[10];
        stream.ReadExactly(piece);
        Assert.Equal(_content[995..1005], piece);
        Assert.Equal(_content[1005], stream.ReadByte());
        Assert.Equal(5, stream.Read(piece, 3, 5));
        Assert.Equal(_content[1006..1011], piece[3..8]);
    }

    [Fact]
    public async Task Reads_of_nothing_move_nothing()
    {
        await using Stream stream = await OpenAsync();
        Assert.Equal(0, await stream.ReadAsync(Memory<byte>.Empty));
        Assert.Equal(0, stream.Read([]));
        Assert.Equal(0, stream.Read(new byte[5], 5, 0));
        Assert.Equal(0, stream.Position);
        await ExpectAsync(stream, 0, 3);
    }

    [Fact]
    public async Task Random_seeks_and_reads_agree_with_the_content()
    {
        await using Stream stream = await OpenAsync();
        var random = new Random(5);
        var piece = new byte[3000];
        for (int i = 0; i < 3000; i++)
        {
            if (random.Next(3) > 0) stream.Seek(random.Next(4) == 0 ? random.Next(Length + 1) : Near(stream.Position, random), SeekOrigin.Begin);
            int at = (int)stream.Position, asked = random.Next(piece.Length + 1);
            int read = random.Next(2) == 0 ? await stream.ReadAsync(piece.AsMemory(0, asked)) : stream.Read(piece, 0, asked);
            Assert.True(read > 0 || asked == 0 || at == Length);
            Assert.True(_content.AsSpan(at, read).SequenceEqual(piece.AsSpan(0, read)), $"read {read} at {at}");
            Assert.Equal(at + read, stream.Position);
        }

        static long Near(long position, Random random) => Math.Clamp(position + random.Next(-1500, 1500), 0, Length);
    }

    [Fact]
    public async Task Many_streams_at_once()
    {
        PutResult put = await Payload.PutFixedAsync(_chunks, _content, ChunkBytes);
        var reader = new BlobReader(_chunks);
        await Parallel.ForAsync(0, 32, async (i, cancelled) =>
        {
            await using Stream stream = await reader.OpenReadAsync(put.Ref, cancelled);
            stream.Position = i * 4000;
            Assert.Equal(_content[(i * 4000)..], await Payload.ReadAllAsync(stream));
        });
    }

    [Fact]
    public async Task The_first_byte_waits_for_the_first_chunk_alone()
    {
        PutResult put = await Payload.PutFixedAsync(_chunks, _content, ChunkBytes);
        BlobHash first = BlobHash.Compute(_content.AsSpan(0, ChunkBytes));
        var never = new TaskCompletionSource();
        _chunks.BeforeFetch = (hash, _, cancelled) =>
            hash == first || _chunks[hash].Length != ChunkBytes ? Task.CompletedTask : never.Task.WaitAsync(cancelled);
        await using Stream stream = await new BlobReader(_chunks).OpenReadAsync(put.Ref);
        Assert.Equal(ChunkBytes, await stream.ReadAsync(new byte[5000]));
    }

    [Fact]
    public async Task A_node_on_its_way_holds_back_no_chunk_that_is_there()
    {
        // The second leaf never comes; the last chunks of the first are served all the same.
        PutResult put = await Payload.PutFixedAsync(_chunks, _content, ChunkBytes);
        InternalNode root = Assert.IsType<InternalNode>(TreeNode.Decode(_chunks[((TreeRef)put.Ref).RootHash]));
        _chunks.BeforeFetch = (hash, _, cancelled) =>
            hash == root.Children[1].Hash ? Task.Delay(Timeout.Infinite, cancelled) : Task.CompletedTask;
        await using Stream stream = await new BlobReader(_chunks).OpenReadAsync(put.Ref);
        stream.Position = 127_500;
        await ExpectAsync(stream, 127_500, 500);
        using var soon = new CancellationTokenSource(20);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await stream.ReadExactlyAsync(new byte[1], soon.Token));
        Assert.Equal(128_000, stream.Position);
        _chunks.BeforeFetch = null;
        await ExpectAsync(stream, 128_000, 100);
    }

    [Fact]
    public async Task A_cancelled_read_may_be_repeated()
    {
        PutResult put = await Payload.PutFixedAsync(_chunks, _content, ChunkBytes);
        await using Stream stream = await new BlobReader(_chunks, null, new WindowOptions { MaxChunks = 1 }).OpenReadAsync(put.Ref);
        await ExpectAsync(stream, 0, ChunkBytes);
        _chunks.BeforeFetch = (_, _, cancelled) => Task.Delay(Timeout.Infinite, cancelled);
        using (var soon = new CancellationTokenSource(10))
        {
            OperationCanceledException error = await Assert.ThrowsAnyAsync<OperationCanceledException>(
                async () => await stream.ReadExactlyAsync(new byte[10], soon.Token));
            Assert.Equal(soon.Token, error.CancellationToken);
        }
        Assert.Equal(0, _chunks.Active);
        _chunks.BeforeFetch = null;
        await ExpectAsync(stream, ChunkBytes, 5000);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await stream.ReadExactlyAsync(new byte[10], new CancellationToken(true)));
        await ExpectAsync(stream, ChunkBytes + 5000, 5000);
    }

    [Fact]
    public async Task Nothing_runs_on_when_the_stream_is_gone()
    {
        PutResult put = await Payload.PutFixedAsync(_chunks, _content, ChunkBytes);
        BlobHash first = BlobHash.Compute(_content.AsSpan(0, ChunkBytes));
        _chunks.BeforeFetch = (hash, _, cancelled) =>
            hash == first || _chunks[hash].Length != ChunkBytes ? Task.CompletedTask : Task.Delay(Timeout.Infinite, cancelled);
        Stream stream = await new BlobReader(_chunks).OpenReadAsync(put.Ref);
        await stream.DisposeAsync();
        Assert.Equal(0, _chunks.Active);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await stream.ReadExactlyAsync(new byte[1]));
        Assert.Throws<ObjectDisposedException>(() => stream.Position);
        Assert.False(stream.CanRead || stream.CanSeek);
        await stream.DisposeAsync();
        stream.Dispose();
    }

    [Fact]
    public async Task An_empty_blob_is_an_empty_stream()
    {
        PutResult put = await new BlobWriter(_chunks).PutAsync(Stream.Null);
        await using Stream stream = await new BlobReader(_chunks).OpenReadAsync(put.Ref);
        Assert.Equal(0, stream.Length);
        Assert.Equal(0, await stream.ReadAsync(new byte[1]));
    }

    private async Task<Stream> OpenAsync()
    {
        PutResult put = await Payload.PutFixedAsync(_chunks, _content, ChunkBytes);
        return await new BlobReader(_chunks).OpenReadAsync(put.Ref);
    }

    private async Task ExpectAsync(Stream stream, int at, int length)
    {
        Assert.Equal(at, stream.Position);
        var read = new byte[length];
        await stream.ReadExactlyAsync(read);
        Assert.Equal(_content[at..(at + length)], read);
    }
}
