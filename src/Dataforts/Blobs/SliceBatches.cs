using System.Runtime.CompilerServices;

namespace Dataforts.Blobs;

/// <summary>Groups what a read plans into batches. The first is one chunk, so that the first byte leaves early; each may be twice as long
/// as the one before, up to the limits.</summary>
/// <remarks>One caller reads the plan and one, perhaps meanwhile, gives batches back.</remarks>
internal sealed class SliceBatches(IAsyncEnumerable<PlannedSlice> plan, (int Chunks, long Bytes) limits)
{
    private readonly Stack<SliceBatch> _free = new();

    /// <summary>Takes back a batch that is done with.</summary>
    public void Recycle(SliceBatch batch)
    {
        lock (_free) _free.Push(batch);
    }

    /// <summary>The batches, in order. What is planned never waits for a node that is on its way, nor does it fall with one that fails.</summary>
    public async IAsyncEnumerable<SliceBatch> PlanAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IAsyncEnumerator<PlannedSlice> slices = plan.GetAsyncEnumerator(cancellationToken);
        Task<bool> moved = Task.FromResult(false);
        try
        {
            int most = 1;
            SliceBatch batch = Empty();
            while (true)
            {
                moved = slices.MoveNextAsync().AsTask();
                bool isAtHand = moved.IsCompletedSuccessfully;
                bool isFull = batch.Count == most || (isAtHand && batch.ChunkBytes + slices.Current.ChunkBytes > limits.Bytes);
                if (batch.Count > 0 && (isFull || !isAtHand))
                {
                    yield return batch;
                    if (isFull) most = Math.Min(2 * most, limits.Chunks);
                    batch = Empty();
                }
                if (!await moved.ConfigureAwait(false)) break;
                batch.Plan(slices.Current);
            }
            if (batch.Count > 0) yield return batch;
        }
        finally
        {
            await ((Task)moved).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await slices.DisposeAsync().ConfigureAwait(false);
        }
    }

    private SliceBatch Empty()
    {
        SliceBatch batch;
        lock (_free) batch = _free.TryPop(out SliceBatch? used) ? used : new SliceBatch(limits.Chunks);
        batch.Clear();
        return batch;
    }
}
