using System.Runtime.CompilerServices;
using Dataforts.Chunking;
using Dataforts.Hashing;
using Dataforts.Store;

namespace Dataforts.Blobs;

/// <summary>Cuts a stream into chunks, hashes them in parallel with reading, stores them where a sink is given, and yields them in order.</summary>
/// <remarks>Every byte is hashed once. Memory is bounded by the window and a few blocks of input, whatever the stream's length.
/// Thread-safe: each run keeps its state to itself.</remarks>
public sealed class ChunkPipeline
{
    private const int ReadBytes = 256 * 1024;
    private const int MinBlockBytes = 1024 * 1024;

    private readonly ChunkingProfile _profile;
    private readonly IChunkSink? _sink;
    private readonly WindowOptions _window;

    /// <summary>Makes a pipeline.</summary>
    /// <param name="profile">How to cut.</param>
    /// <param name="sink">Where the chunks go; null only to cut and hash.</param>
    /// <param name="window">How much is under way at once.</param>
    public ChunkPipeline(ChunkingProfile profile, IChunkSink? sink = null, WindowOptions? window = null)
    {
        ArgumentNullException.ThrowIfNull(profile);
        _profile = profile;
        _sink = sink;
        _window = window ?? new WindowOptions();
    }

    /// <summary>Runs over <paramref name="source"/> to its end. The stream stays open.</summary>
    /// <param name="source">Read from its position on.</param>
    /// <param name="head">Bytes that come before the stream's.</param>
    /// <param name="whole">Also fed with every byte, in order, when given.</param>
    /// <param name="cancellationToken">Ends the run; what was started is awaited first.</param>
    /// <exception cref="DatafortsException">The sink's; nothing more is started then. Whatever fails first, the stream or the sink,
    /// is what is thrown.</exception>
    public IAsyncEnumerable<CutChunk> RunAsync(
        Stream source, ReadOnlyMemory<byte> head = default, Blake3Hasher? whole = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        return RunAsync(source, head, whole, null, cancellationToken);
    }

    /// <summary>As the other, in a window that the caller watches too; it is disposed of when the run ends.</summary>
    internal async IAsyncEnumerable<CutChunk> RunAsync(
        Stream source, ReadOnlyMemory<byte> head, Blake3Hasher? whole, OrderedWindow<CutChunk>? watched,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        OrderedWindow<CutChunk> window = watched ?? new OrderedWindow<CutChunk>(_window, cancellationToken);
        Chunker chunker = _profile.CreateChunker();
        var block = new InputBlock(BlockBytes());
        int start = 0, filled = 0;
        long position = 0;
        try
        {
            bool ended = false;
            while (!ended)
            {
                if (filled == block.Size)
                {
                    block = MoveTail(block, start);
                    filled -= start;
                    start = 0;
                }
                int room = Math.Min(ReadBytes, block.Size - filled);
                int read = await ReadAsync(source, head, block, filled, room, window).ConfigureAwait(false);
                head = head[Math.Min(read, head.Length)..];
                whole?.Update(block.Memory.Span.Slice(filled, read));
                filled += read;
                ended = read == 0;
                while (start < filled)
                {
                    int length = chunker.FindCut(block.Memory.Span[start..filled], ended);
                    if (length == 0) break;
                    while (!window.HasRoomFor(length)) yield return await TakeAsync(window).ConfigureAwait(false);
                    window.ThrowIfFailed();
                    window.Add(HashAndStoreAsync(block.Hold(), start, length, position, window), length);
                    start += length;
                    position += length;
                    while (window.HeadIsReady) yield return await TakeAsync(window).ConfigureAwait(false);
                }
            }
            while (window.Count > 0) yield return await TakeAsync(window).ConfigureAwait(false);
        }
        finally
        {
            await window.StopAsync().ConfigureAwait(false);
            window.Dispose();
            block.Release();
        }
    }

    // The error to tell is the first there was, not the cancellation that it brought upon whatever came before it in the stream.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<CutChunk> TakeAsync(OrderedWindow<CutChunk> window)
    {
        try
        {
            return await window.TakeAsync().ConfigureAwait(false);
        }
        catch when (window.HasFailed)
        {
            window.ThrowIfFailed();
            throw;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<int> ReadAsync(
        Stream source, ReadOnlyMemory<byte> head, InputBlock block, int filled, int room, OrderedWindow<CutChunk> window)
    {
        Memory<byte> destination = block.Memory.Slice(filled, room);
        if (!head.IsEmpty)
        {
            int length = Math.Min(head.Length, destination.Length);
            head[..length].CopyTo(destination);
            return length;
        }
        try
        {
            // A sink that fails ends the wait for input.
            return await source.ReadAsync(destination, window.Token).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            if (error is OperationCanceledException) block.Abandon();
            window.FailAll(error);
            window.ThrowIfFailed();
            throw;
        }
    }

    // A block holds the longest chunk twice, so that moving the rest of one block into the next costs little; a multiple of a
    // fixed size leaves no rest at all.
    private int BlockBytes()
    {
        int max = _profile.MaxChunkBytes;
        if (_profile.IsContentDefined) return Math.Max(MinBlockBytes, 2 * max);
        return max * Math.Max(1, (MinBlockBytes + max - 1) / max);
    }

    private static InputBlock MoveTail(InputBlock full, int start)
    {
        var next = new InputBlock(full.Size);
        full.Memory[start..].CopyTo(next.Memory);
        full.Release();
        return next;
    }

    private async Task<CutChunk> HashAndStoreAsync(
        InputBlock block, int start, int length, long position, OrderedWindow<CutChunk> window)
    {
        try
        {
            await default(FairYield);
            window.Token.ThrowIfCancellationRequested();
            VerifiedChunk chunk = ChunkVerifier.Hash(block.Memory.Slice(start, length));
            bool isNew = _sink is not null && await _sink.StoreAsync(chunk, window.Token).ConfigureAwait(false);
            return new CutChunk(position, length, chunk.Hash, isNew);
        }
        catch (Exception error)
        {
            window.FailAll(error);
            throw;
        }
        finally
        {
            block.Release();
        }
    }
}
