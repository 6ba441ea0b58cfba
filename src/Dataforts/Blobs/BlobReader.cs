using System.Buffers;
using System.IO.Pipelines;
using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Blobs;

/// <summary>The read path: a ref and a range become an ordered window of chunk fetches, each verified once before anyone sees it.</summary>
/// <remarks>Thread-safe. Reads share the node cache. The first byte leaves as soon as the first chunk is verified; the end of a blob
/// is reported only when every byte before it was.</remarks>
public sealed partial class BlobReader
{
    private readonly IChunkSource _source;
    private readonly ReadPlan _plan;
    private readonly WindowOptions _window;
    private readonly ShardReader _shards;

    /// <summary>Makes a reader.</summary>
    /// <param name="source">Where chunks and nodes come from.</param>
    /// <param name="nodeCache">Shared with whoever reads the same source; one of its own when null.</param>
    /// <param name="window">How much is under way at once for one read.</param>
    public BlobReader(IChunkSource source, TreeNodeCache? nodeCache = null, WindowOptions? window = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        _source = source;
        _shards = new ShardReader(source);
        _plan = new ReadPlan(new NodeLoader(source, nodeCache ?? new TreeNodeCache()));
        _window = (window ?? new WindowOptions()).For(source.IsImmediate);
    }

    /// <summary>Opens a blob as a stream that can seek. The first chunk is fetched and verified before the call returns, so that what
    /// is missing shows here.</summary>
    /// <exception cref="IntegrityException">A node or the first chunk is missing or wrong.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public ValueTask<Stream> OpenReadAsync(BlobRef blob, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(blob);
        return OpenReadAsync(blob, default, cancellationToken);
    }

    /// <summary>As the other; the lease ends with the stream, or here when there is none.</summary>
    internal async ValueTask<Stream> OpenReadAsync(BlobRef blob, ReadLease lease, CancellationToken cancellationToken)
    {
        var stream = new BlobReadStream(this, blob, lease);
        try
        {
            await stream.PrimeAsync(cancellationToken).ConfigureAwait(false);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Writes a range of a blob to a pipe, with its back-pressure. The pipe is flushed, not completed.</summary>
    /// <param name="blob">What to read.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="range">Which bytes; all when null.</param>
    /// <param name="progress">Told as bytes are written.</param>
    /// <param name="cancellationToken">Ends the copy.</param>
    /// <returns>The bytes written: fewer than asked for only when the pipe's reader has gone.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The range is not inside the blob.</exception>
    /// <exception cref="IntegrityException">A chunk or node is missing or wrong; what was written before it is verified.</exception>
    public async Task<long> CopyToAsync(
        BlobRef blob, PipeWriter destination, BlobRange? range = null, IProgress<BlobProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(blob);
        ArgumentNullException.ThrowIfNull(destination);
        BlobRange wanted = BlobRange.Within(blob, range);
        long done = 0;
        await foreach (VerifiedSlice slice in SlicesAsync(blob, wanted, cancellationToken).ConfigureAwait(false))
        {
            using (slice)
            {
                FlushResult flush = await destination.WriteAsync(slice.Memory, cancellationToken).ConfigureAwait(false);
                done += slice.Memory.Length;
                progress?.Report(new BlobProgress(done, (long)wanted.Length));
                if (flush.IsCompleted || flush.IsCanceled) break;
            }
        }
        return done;
    }

    /// <summary>Writes a range of a blob to a stream.</summary>
    /// <inheritdoc cref="CopyToAsync(BlobRef, PipeWriter, BlobRange?, IProgress{BlobProgress}?, CancellationToken)"/>
    public async Task<long> CopyToAsync(
        BlobRef blob, Stream destination, BlobRange? range = null, IProgress<BlobProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(blob);
        ArgumentNullException.ThrowIfNull(destination);
        BlobRange wanted = BlobRange.Within(blob, range);
        long done = 0;
        await foreach (VerifiedSlice slice in SlicesAsync(blob, wanted, cancellationToken).ConfigureAwait(false))
        {
            using (slice)
            {
                await destination.WriteAsync(slice.Memory, cancellationToken).ConfigureAwait(false);
                done += slice.Memory.Length;
                progress?.Report(new BlobProgress(done, (long)wanted.Length));
            }
        }
        return done;
    }

    /// <summary>Appends a range of a blob to a buffer. The buffer is asked for a chunk's worth at a time, and only for bytes that are there
    /// and verified: what a ref claims sizes nothing.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range is not inside the blob.</exception>
    /// <exception cref="DatafortsException">LimitExceeded: more than <see cref="BlobLimits.MaxBufferedReadBytes"/>.</exception>
    /// <exception cref="IntegrityException">A chunk or node is missing or wrong.</exception>
    public async Task ReadAsync(BlobRef blob, BlobRange range, IBufferWriter<byte> destination, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(blob);
        ArgumentNullException.ThrowIfNull(destination);
        BlobRange wanted = BlobRange.Buffered(blob, range);
        await foreach (VerifiedSlice slice in SlicesAsync(blob, wanted, cancellationToken).ConfigureAwait(false))
        {
            using (slice) destination.Write(slice.Memory.Span);
        }
    }

    /// <summary>Reads a range into memory without joining it: the chunks' own buffers, one behind the other. Inside one chunk that is a
    /// plain slice of its buffer.</summary>
    /// <returns>The bytes, owned by the caller.</returns>
    /// <inheritdoc cref="ReadAsync"/>
    public async Task<BlobSequence> ReadSequenceAsync(BlobRef blob, BlobRange? range = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(blob);
        BlobRange wanted = BlobRange.Buffered(blob, range);
        var sequence = new BlobSequence();
        try
        {
            await foreach (VerifiedSlice slice in SlicesAsync(blob, wanted, cancellationToken).ConfigureAwait(false))
                sequence.Append(slice, isAll: (ulong)slice.Memory.Length == wanted.Length);
            return sequence;
        }
        catch
        {
            sequence.Dispose();
            throw;
        }
    }

    /// <summary>Reads a range into one array of exactly its size, made when every byte of it is verified.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public async Task<byte[]> ReadBytesAsync(BlobRef blob, BlobRange? range = null, CancellationToken cancellationToken = default)
    {
        using BlobSequence sequence = await ReadSequenceAsync(blob, range, cancellationToken).ConfigureAwait(false);
        byte[] array = GC.AllocateUninitializedArray<byte>((int)sequence.Bytes.Length);
        sequence.Bytes.CopyTo(array);
        return array;
    }
}
