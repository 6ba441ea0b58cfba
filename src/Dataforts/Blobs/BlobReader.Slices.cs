using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Blobs;

public sealed partial class BlobReader
{
    /// <summary>The verified slices of a range, in order. Each is the caller's to dispose. What fails is told in its place: whatever comes
    /// before it is handed out first, and nothing behind it is started any more.</summary>
    internal IAsyncEnumerable<VerifiedSlice> SlicesAsync(BlobRef blob, BlobRange range, CancellationToken cancellationToken)
    {
        if (blob is SmallRef small) return OnlySliceAsync(small, range, cancellationToken);
        IReadHeat? heat = _heat;
        IAsyncEnumerable<PlannedSlice> plan = _plan.SlicesAsync(blob, range.Offset, range.End);
        if (blob is not ManifestRef manifest || heat is null) return SlicesAsync(plan, heat, cancellationToken);
        return CountedAsync(manifest, range, heat, SlicesAsync(plan, null, cancellationToken), cancellationToken);
    }

    /// <summary>The chunks of a blob in order, none of them read; nodes are.</summary>
    internal IAsyncEnumerable<PlannedSlice> PlanAsync(BlobRef blob) => _plan.SlicesAsync(blob, 0, blob.SizeBytes);

    // One chunk: nothing to do meanwhile, so nobody else need do it.
    private async IAsyncEnumerable<VerifiedSlice> OnlySliceAsync(
        SmallRef small, BlobRange range, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (ReadPlan.SliceOf(small, range.Offset, range.End) is not { } slice) yield break;
        VerifiedSlice verified = await FetchAsync(slice, cancellationToken).ConfigureAwait(false);
        _heat?.Count(slice.Hash);
        yield return Served(verified);
    }

    private async IAsyncEnumerable<VerifiedSlice> SlicesAsync(
        IAsyncEnumerable<PlannedSlice> plan, IReadHeat? heat, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var window = new OrderedWindow<SliceBatch>(_window, cancellationToken);
        var batches = new SliceBatches(plan, _window.BatchLimits(_source.IsImmediate));
        IAsyncEnumerator<SliceBatch> next = batches.PlanAsync(window.Token).GetAsyncEnumerator(CancellationToken.None);
        Task<bool> planned = next.MoveNextAsync().AsTask();
        SliceBatch? done = null;
        try
        {
            bool ended = false;
            while (!ended || window.Count > 0)
            {
                // A node is on its way; what is there does not wait for it.
                if (!planned.IsCompleted) await window.HeadOrAsync(planned).ConfigureAwait(false);
                // Looked at once: it may complete at any moment.
                bool isPlanned = planned.IsCompleted;
                ended = ended || window.HasFailed || (isPlanned && !(planned.IsCompletedSuccessfully && await planned.ConfigureAwait(false)));
                bool mustTake = ended || (isPlanned && !window.HasRoomFor(next.Current.ChunkBytes));
                if (window.HeadIsReady || (window.Count > 0 && mustTake))
                {
                    done = await window.TakeAsync().ConfigureAwait(false);
                    while (done.TryTake(out VerifiedSlice slice))
                    {
                        heat?.Count(done.TakenHash);
                        yield return Served(slice);
                    }
                    done.ThrowIfFailed();
                    batches.Recycle(done);
                    done = null;
                }
                else if (isPlanned && !ended)
                {
                    window.Add(FetchAsync(next.Current, window), next.Current.ChunkBytes);
                    planned = next.MoveNextAsync().AsTask();
                }
            }
            await planned.ConfigureAwait(false);
        }
        finally
        {
            done?.Dispose();
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
        catch (DatafortsException error) when (error is IntegrityException || error.Kind == ErrorKind.Io)
        {
            chunk?.Dispose();
            DatafortsMeter.IntegrityFailures.Add(1);
            return await FetchOtherwiseAsync(slice, error, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            chunk?.Dispose();
            throw;
        }
        finally
        {
            DatafortsMeter.ReadsInFlight.Add(-1);
        }
    }

    // A chunk that is missing or wrong where it was looked for: from another copy, or rebuilt from its stripe.
    private async ValueTask<VerifiedSlice> FetchOtherwiseAsync(PlannedSlice slice, DatafortsException cause, CancellationToken cancellationToken)
    {
        ChunkBuffer? chunk = await _source.FetchOtherAsync(slice.Hash, slice.ChunkBytes, cancellationToken).ConfigureAwait(false);
        if (chunk is not null && chunk.Length == slice.ChunkBytes)
        {
            DatafortsMeter.DegradedReads.Add(1, new KeyValuePair<string, object?>("outcome", "copy"));
            DatafortsEvents.Log.ReadFromCopy(slice.Hash);
            return new VerifiedSlice(chunk, slice.Start, slice.Length);
        }
        chunk?.Dispose();
        if (!slice.Stripe.Encoding.IsReedSolomon) ExceptionDispatchInfo.Throw(cause);
        chunk = await _shards.RebuildAsync(slice.Stripe, slice.Hash, cancellationToken).ConfigureAwait(false);
        DatafortsMeter.DegradedReads.Add(1, new KeyValuePair<string, object?>("outcome", chunk is null ? "lost" : "rebuilt"));
        if (chunk is null) throw IntegrityException.Unrecoverable(slice.Hash, cause);
        DatafortsEvents.Log.Rebuilt(slice.Hash, slice.Stripe.Encoding.DataShards, slice.Stripe.Encoding.ParityShards);
        return new VerifiedSlice(chunk, slice.Start, slice.Length);
    }
}
