using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Blobs;

/// <summary>The read path: a ref and a range become an ordered window of chunk fetches, each verified once before anyone sees it.</summary>
/// <remarks>Thread-safe. Reads share the node cache. The first byte leaves as soon as the first chunk is verified; the end of a blob
/// is reported only when every byte before it was.</remarks>
public sealed class BlobReader
{
    private readonly IChunkSource _source;
    private readonly ReadPlan _plan;
    private readonly WindowOptions _window;

    /// <summary>Makes a reader.</summary>
    /// <param name="source">Where chunks and nodes come from.</param>
    /// <param name="nodeCache">Shared with whoever reads the same source; one of its own when null.</param>
    /// <param name="window">How much is under way at once for one read.</param>
    public BlobReader(IChunkSource source, TreeNodeCache? nodeCache = null, WindowOptions? window = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        _source = source;
        _plan = new ReadPlan(new NodeLoader(source, nodeCache ?? new TreeNodeCache()));
        _window = window ?? new WindowOptions();
    }

    /// <summary>Opens a blob as a stream that can seek. The first chunk is fetched and verified before the call returns, so that what
    /// is missing shows here.</summary>
    /// <exception cref="IntegrityException">A node or the first chunk is missing or wrong.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async ValueTask<Stream> OpenReadAsync(BlobRef blob, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(blob);
        var stream = new BlobReadStream(this, blob);
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
        return sequence.Bytes.ToArray();
    }

    /// <summary>The verified slices of a range, in order. Each is the caller's to dispose. What fails is told in its place: whatever comes
    /// before it is handed out first, and nothing behind it is started any more.</summary>
    internal IAsyncEnumerable<VerifiedSlice> SlicesAsync(BlobRef blob, BlobRange range, CancellationToken cancellationToken) => blob is SmallRef small
        ? OnlySliceAsync(small, range, cancellationToken)
        : SlicesAsync(_plan.SlicesAsync(blob, range.Offset, range.End), cancellationToken);

    // One chunk: nothing to do meanwhile, so nobody else need do it.
    private async IAsyncEnumerable<VerifiedSlice> OnlySliceAsync(
        SmallRef small, BlobRange range, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (ReadPlan.SliceOf(small, range.Offset, range.End) is { } slice) yield return Served(await FetchAsync(slice, cancellationToken).ConfigureAwait(false));
    }

    private async IAsyncEnumerable<VerifiedSlice> SlicesAsync(
        IAsyncEnumerable<PlannedSlice> plan, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var window = new OrderedWindow<SliceBatch>(_window, cancellationToken);
        var batches = new SliceBatches(plan, _window.BatchLimits(_source.IsImmediate));
        IAsyncEnumerator<SliceBatch> next = batches.PlanAsync(window.Token).GetAsyncEnumerator(CancellationToken.None);
        Task<bool> planned = next.MoveNextAsync().AsTask();
        try
        {
            bool ended = false;
            while (!ended || window.Count > 0)
            {
                // A node is on its way; what is there does not wait for it.
                if (!planned.IsCompleted) await window.HeadOrAsync(planned).ConfigureAwait(false);
                ended = ended || window.HasFailed || (planned.IsCompleted && !(planned.IsCompletedSuccessfully && planned.Result)); // blocking: it is completed
                if (window.HeadIsReady || (window.Count > 0 && (ended || (planned.IsCompleted && !window.HasRoomFor(next.Current.ChunkBytes)))))
                {
                    SliceBatch done = await window.TakeAsync().ConfigureAwait(false);
                    while (done.TryTake(out VerifiedSlice slice)) yield return Served(slice);
                    done.ThrowIfFailed();
                    batches.Recycle(done);
                }
                else if (planned.IsCompleted && !ended)
                {
                    window.Add(FetchAsync(next.Current, window), next.Current.ChunkBytes);
                    planned = next.MoveNextAsync().AsTask();
                }
            }
            await planned.ConfigureAwait(false);
        }
        finally
        {
            // In this order: a node on its way is called off and awaited as the chunks are.
            await window.StopAsync().ConfigureAwait(false);
            await ((Task)planned).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await next.DisposeAsync().ConfigureAwait(false);
            window.Dispose();
        }
    }

    private static VerifiedSlice Served(VerifiedSlice slice)
    {
        DatafortsMeter.BlobBytesServed.Add(slice.Memory.Length);
        return slice;
    }

    private async Task<SliceBatch> FetchAsync(SliceBatch batch, OrderedWindow<SliceBatch> window)
    {
        await default(FairYield);
        try
        {
            while (batch.TryNext(out PlannedSlice slice)) batch.Add(await FetchAsync(slice, window.Token).ConfigureAwait(false));
        }
        catch (Exception error)
        {
            // What was read before it is good, and comes first.
            batch.Fail(error);
            window.Fail(error);
        }
        return batch;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<VerifiedSlice> FetchAsync(PlannedSlice slice, CancellationToken cancellationToken)
    {
        DatafortsMeter.ReadsInFlight.Add(1);
        ChunkBuffer? chunk = null;
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            chunk = await _source.FetchAsync(slice.Hash, slice.ChunkBytes, cancellationToken).ConfigureAwait(false)
                ?? throw IntegrityException.Missing(slice.Hash);
            ChunkVerifier.Verify(slice.Hash, slice.ChunkBytes, chunk.Memory);
            return new VerifiedSlice(chunk, slice.Start, slice.Length);
        }
        catch (Exception error)
        {
            chunk?.Dispose();
            if (error is IntegrityException) DatafortsMeter.IntegrityFailures.Add(1);
            throw;
        }
        finally
        {
            DatafortsMeter.ReadsInFlight.Add(-1);
        }
    }
}
