using System.IO.Pipelines;
using Dataforts.Chunking;
using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Blobs;

/// <summary>The write path: a stream goes in, its chunks and nodes go to a sink, a ref comes out.</summary>
/// <remarks>Thread-safe. Chunks are stored before the nodes that speak of them, and the root last, so a run that dies leaves
/// unreferenced chunks and nothing else. A run that fails starts nothing more and awaits what it started.</remarks>
public sealed partial class BlobWriter
{
    private static readonly PutOptions Plain = new();

    private readonly IChunkSink _sink;
    private readonly ChunkingProfile _profile;
    private readonly WindowOptions _window;

    /// <summary>Makes a writer.</summary>
    /// <param name="sink">Where chunks and nodes go.</param>
    /// <param name="profile">How to cut when a call does not say; <see cref="ChunkingProfile.Default"/> when null.</param>
    /// <param name="window">How much is under way at once.</param>
    public BlobWriter(IChunkSink sink, ChunkingProfile? profile = null, WindowOptions? window = null)
    {
        ArgumentNullException.ThrowIfNull(sink);
        _sink = sink;
        _profile = profile ?? ChunkingProfile.Default;
        _window = (window ?? new WindowOptions()).For(sink.IsImmediate);
    }

    /// <summary>Stores what a pipe delivers; see <see cref="PutAsync(Stream, PutOptions?, IProgress{BlobProgress}?, CancellationToken)"/>.
    /// The reader is completed.</summary>
    public async Task<PutResult> PutAsync(
        PipeReader content, PutOptions? options = null, IProgress<BlobProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        Stream stream = content.AsStream();
        await using (stream.ConfigureAwait(false))
            return await PutAsync(stream, options, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stores a stream from its position to its end. The stream stays open.</summary>
    /// <param name="content">What to store. Where it can seek, its length is known before anything is written.</param>
    /// <param name="options">Shape, cutting and URI; the name and durability in it are the store's business, not the writer's.</param>
    /// <param name="progress">Told as chunks are stored.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <exception cref="DatafortsException">LimitExceeded: the payload does not fit the shape asked for, and nothing was stored where
    /// the length was known. Otherwise the sink's.</exception>
    /// <exception cref="ArgumentException">Options that contradict each other, or an empty Manifest or Tree; nothing was stored.</exception>
    /// <exception cref="DecodeException">The URI does not fit a ref; nothing was stored.</exception>
    public async Task<PutResult> PutAsync(
        Stream content, PutOptions? options = null, IProgress<BlobProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        options ??= Plain;
        long? length = content.CanSeek ? Math.Max(0, content.Length - content.Position) : null;
        var payload = new Payload(this, options, length, progress);
        payload.CheckBeforeReading();
        return Counted(options.Shape switch
        {
            BlobShape.Auto => await payload.AutoAsync(content, cancellationToken).ConfigureAwait(false),
            BlobShape.Small => await payload.SmallAsync(content, cancellationToken).ConfigureAwait(false),
            _ => await payload.ChunkedAsync(content, default, cancellationToken).ConfigureAwait(false),
        });
    }

    /// <summary>Stores bytes in memory. What becomes a Small is hashed and handed to the sink by the caller's own thread.</summary>
    /// <param name="content">What to store; not to be changed until the call ends.</param>
    /// <param name="options">As for a stream.</param>
    /// <param name="progress">Told as chunks are stored.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <inheritdoc cref="PutAsync(Stream, PutOptions?, IProgress{BlobProgress}?, CancellationToken)"/>
    public async Task<PutResult> PutAsync(
        ReadOnlyMemory<byte> content, PutOptions? options = null, IProgress<BlobProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        options ??= Plain;
        var payload = new Payload(this, options, content.Length, progress);
        payload.CheckBeforeReading();
        return Counted(payload.IsSmall(content.Length)
            ? await payload.StoreSmallAsync(content, cancellationToken).ConfigureAwait(false)
            : await payload.ChunkedAsync(Stream.Null, content, cancellationToken).ConfigureAwait(false));
    }

    private static PutResult Counted(PutResult result)
    {
        DatafortsMeter.BlobsPut.Add(1, new KeyValuePair<string, object?>("kind", result.Ref.Kind.ToString()));
        DatafortsMeter.BlobBytesPut.Add((long)result.Ref.SizeBytes);
        return result;
    }

    // Up to `most` bytes, and one more to see whether that was all; the array is pooled and the caller's.
    private static async Task<(byte[] Array, int Length)> ReadUpToAsync(Stream content, int most, long? promised, CancellationToken cancellationToken)
    {
        byte[] array = BufferPool.Shared.Rent((int)Math.Min(most, promised ?? 64 * 1024) + 1);
        int filled = 0;
        try
        {
            while (filled <= most)
            {
                if (filled == array.Length) array = Grow(array, Math.Min(most + 1, array.Length * 2));
                int read = await content.ReadAsync(array.AsMemory(filled, Math.Min(array.Length, most + 1) - filled), cancellationToken).ConfigureAwait(false);
                if (read == 0) break;
                filled += read;
            }
            return (array, filled);
        }
        catch (Exception error)
        {
            // A read that was called off may still write into the array.
            if (error is not OperationCanceledException) BufferPool.Shared.Return(array);
            throw;
        }
    }

    private static byte[] Grow(byte[] array, int size)
    {
        byte[] larger = BufferPool.Shared.Rent(size);
        array.CopyTo(larger, 0);
        BufferPool.Shared.Return(array);
        return larger;
    }
}
