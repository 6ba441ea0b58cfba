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
    /// <exception cref="DatafortsException">The sink's; nothing more is started then.</exception>
    public async IAsyncEnumerable<CutChunk> RunAsync(
        Stream source, ReadOnlyMemory<byte> head = default, Blake3Hasher? whole = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        Chunker chunker = _profile.CreateChunker();
        var window = new OrderedWindow<CutChunk>(_window, cancellationToken);
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
                int read = await ReadAsync(source, head, block.Memory.Slice(filled, room), cancellationToken).ConfigureAwait(false);
                head = head[Math.Min(read, head.Length)..];
                whole?.Update(block.Memory.Span.Slice(filled, read));
                filled += read;
                ended = read == 0;
                while (start < filled)
                {
                    int length = chunker.FindCut(block.Memory.Span[start..filled], ended);
                    if (length == 0) break;
                    while (!window.HasRoomFor(length)) yield return await window.TakeAsync().ConfigureAwait(false);
                    window.Add(Start(block.Hold(), start, length, position, window.Token), length);
                    start += length;
                    position += length;
                    while (window.HeadIsReady) yield return await window.TakeAsync().ConfigureAwait(false);
                }
            }
            while (window.Count > 0) yield return await window.TakeAsync().ConfigureAwait(false);
        }
        finally
        {
            await window.DisposeAsync().ConfigureAwait(false);
            block.Release();
        }
    }

    private static ValueTask<int> ReadAsync(Stream source, ReadOnlyMemory<byte> head, Memory<byte> destination, CancellationToken cancellationToken)
    {
        if (head.IsEmpty) return source.ReadAsync(destination, cancellationToken);
        int length = Math.Min(head.Length, destination.Length);
        head[..length].CopyTo(destination);
        return new ValueTask<int>(length);
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

    private Task<CutChunk> Start(InputBlock block, int start, int length, long position, CancellationToken cancellationToken) =>
        Task.Run(() => HashAndStoreAsync(block, start, length, position, cancellationToken), CancellationToken.None);

    private async Task<CutChunk> HashAndStoreAsync(InputBlock block, int start, int length, long position, CancellationToken cancellationToken)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            VerifiedChunk chunk = ChunkVerifier.Hash(block.Memory.Slice(start, length));
            bool isNew = _sink is not null && await _sink.StoreAsync(chunk, cancellationToken).ConfigureAwait(false);
            return new CutChunk(position, length, chunk.Hash, isNew);
        }
        finally
        {
            block.Release();
        }
    }
}
