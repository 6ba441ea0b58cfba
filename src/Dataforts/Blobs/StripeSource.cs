using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Blobs;

/// <summary>Gives back chunks that were found wrong, rebuilt from the Reed-Solomon stripe of a blob that a root keeps.</summary>
/// <remarks>Thread-safe. Which stripe a chunk belongs to is written nowhere, so the trees are walked for each: time that goes with the nodes there
/// are, no memory. Wrong chunks are few.</remarks>
/// <param name="store">The store.</param>
public sealed class StripeSource(BlobStore store) : IChunkRepair
{
    private readonly ShardReader _shards = new(store.Chunks);

    /// <inheritdoc/>
    public async ValueTask<ChunkBuffer?> RepairAsync(BlobHash hash, int length, CancellationToken cancellationToken)
    {
        foreach (BlobRef root in store.ListRoots())
        {
            if (root is not TreeRef { Encoding.IsReedSolomon: true } tree) continue;
            if (await FindAsync(tree, hash, cancellationToken).ConfigureAwait(false) is not { } stripe) continue;
            if (await _shards.RebuildAsync(stripe, hash, cancellationToken).ConfigureAwait(false) is { } rebuilt) return rebuilt;
        }
        return null;
    }

    /// <inheritdoc/>
    /// <remarks>Repairs every blob with parity; what cannot be put back of one leaves the others to be repaired.</remarks>
    public async ValueTask MendAsync(IReadOnlyList<BlobHash> left, CancellationToken cancellationToken)
    {
        foreach (TreeRef tree in store.ListRoots().OfType<TreeRef>().Where(tree => tree.Encoding.IsReedSolomon))
        {
            try
            {
                await store.RepairAsync(tree, null, null, cancellationToken).ConfigureAwait(false);
            }
            catch (DatafortsException error) when (error is IntegrityException || error.Kind == ErrorKind.BlobNotFound)
            {
                // What is wrong with it stands in the report as chunks that are left.
            }
        }
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
