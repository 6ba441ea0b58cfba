using System.Runtime.CompilerServices;
using Dataforts.Content;

namespace Dataforts.Blobs;

public sealed partial class BlobReader
{
    /// <summary>Reads many blobs, each into memory of its own; their chunks are fetched as if they were one blob's.</summary>
    /// <param name="blobs">What to read, each at most <see cref="BlobLimits.MaxBufferedReadBytes"/>.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <returns>The blobs' bytes in the order given, each owned by the caller. What fails is told in its place.</returns>
    /// <exception cref="DatafortsException">LimitExceeded: a blob is longer than that.</exception>
    /// <exception cref="IntegrityException">A chunk or node is missing or wrong.</exception>
    public async IAsyncEnumerable<BlobSequence> ReadManyAsync(
        IReadOnlyList<BlobRef> blobs, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(blobs);
        IAsyncEnumerator<VerifiedSlice> slices = SlicesAsync(PlanAsync(blobs, CancellationToken.None), _heat, cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        await using (slices.ConfigureAwait(false))
        {
            foreach (BlobRef blob in blobs) yield return await JoinAsync(slices, blob).ConfigureAwait(false);
        }
    }

    private static async ValueTask<BlobSequence> JoinAsync(IAsyncEnumerator<VerifiedSlice> slices, BlobRef blob)
    {
        var sequence = new BlobSequence();
        try
        {
            // An empty Small has a chunk, which is looked at; no other empty blob has any.
            ulong read = 0;
            while (read < blob.SizeBytes || (blob is SmallRef && sequence.IsNew))
            {
                if (!await slices.MoveNextAsync().ConfigureAwait(false)) throw new EndOfStreamException($"the blob ended at byte {read} of {blob.SizeBytes}");
                VerifiedSlice slice = slices.Current;
                read += (ulong)slice.Memory.Length;
                sequence.Append(slice, isAll: (ulong)slice.Memory.Length == blob.SizeBytes);
            }
            return sequence;
        }
        catch
        {
            sequence.Dispose();
            throw;
        }
    }

    private async IAsyncEnumerable<PlannedSlice> PlanAsync(
        IReadOnlyList<BlobRef> blobs, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (BlobRef blob in blobs)
        {
            BlobRange all = BlobRange.Buffered(blob, null);
            await foreach (PlannedSlice slice in _plan.SlicesAsync(blob, all.Offset, all.End).WithCancellation(cancellationToken).ConfigureAwait(false))
                yield return slice;
        }
    }
}
