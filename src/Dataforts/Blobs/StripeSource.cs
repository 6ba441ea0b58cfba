using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Blobs;

/// <summary>Gives back chunks that were found wrong: from their copies, or rebuilt from the Reed-Solomon stripe of a blob that a root keeps.</summary>
/// <remarks>Thread-safe. Which stripe a chunk belongs to is written nowhere, so the trees are walked for each: time that goes with the nodes there
/// are, no memory. Wrong chunks are few.</remarks>
/// <param name="store">The store.</param>
public sealed class StripeSource(BlobStore store) : IChunkRepair
{
    private readonly ShardReader _shards = new(store.Chunks);

    /// <inheritdoc/>
    public async ValueTask<ChunkBuffer?> RepairAsync(BlobHash hash, int length, CancellationToken cancellationToken)
    {
        if (store.Chunks.ReadCopy(hash, length) is { } copy) return copy;
        foreach (BlobRef root in store.ListRoots())
        {
            if (root is not TreeRef { Encoding.IsReedSolomon: true } tree) continue;
            if (await FindAsync(tree, hash, cancellationToken).ConfigureAwait(false) is not { } stripe) continue;
            if (await _shards.RebuildAsync(stripe, hash, cancellationToken).ConfigureAwait(false) is { } rebuilt) return rebuilt;
        }
        return null;
    }

    private async ValueTask<Stripe?> FindAsync(TreeRef tree, BlobHash hash, CancellationToken cancellationToken)
    {
        try
        {
            await foreach ((_, TreeNode node) in TreeWalk.NodesAsync(store.Chunks, tree, cancellationToken).ConfigureAwait(false))
            {
                if (node is not ErasureLeafNode leaf) continue;
                foreach (Stripe stripe in leaf.Stripes)
                {
                    if (stripe.Encoding.IsReedSolomon && stripe.Chunks.Any(chunk => chunk.Hash == hash)) return stripe;
                }
            }
        }
        catch (IntegrityException)
        {
            // A tree that has lost a node cannot be asked further; another one may hold the chunk.
        }
        return null;
    }
}
