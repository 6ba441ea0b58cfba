using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Blobs;

/// <summary>Visits what refs reach in a store. A node is visited once (at each level it is spoken of) however often and from however many
/// refs it is reached, so a tree that repeats its children costs what it is, not what it claims.</summary>
/// <remarks>For one caller at a time. Nothing it meets makes it fail: what is missing or wrong is collected.</remarks>
internal sealed class ReachabilityWalk(ChunkStore store, TreeNodeCache cache)
{
    private readonly NodeLoader _nodes = new(store, cache);
    private readonly Dictionary<(BlobHash Hash, int Level), NodeShape?> _visited = [];
    private readonly Stack<(BlobHash Hash, ulong Covered, int Level)> _open = new();

    public HashSet<BlobHash> Missing { get; } = [];

    public HashSet<BlobHash> Corrupt { get; } = [];

    /// <summary>Distinct data and parity chunks that are there, at the length they are spoken of with.</summary>
    public HashSet<BlobHash> Data { get; } = [];

    /// <summary>Visits all that <paramref name="blob"/> reaches and was not visited yet.</summary>
    public async Task VisitAsync(BlobRef blob, CancellationToken cancellationToken)
    {
        switch (blob)
        {
            case SmallRef small:
                VisitChunk(small.Hash, small.SizeBytes);
                break;
            case ManifestRef manifest:
                foreach (ChunkRef chunk in manifest.Chunks) VisitChunk(chunk.Hash, chunk.SizeBytes);
                break;
            case TreeRef tree:
                _open.Push((tree.RootHash, tree.SizeBytes, tree.Depth));
                await DrainAsync(cancellationToken).ConfigureAwait(false);
                break;
        }
    }

    private async Task DrainAsync(CancellationToken cancellationToken)
    {
        while (_open.TryPop(out (BlobHash Hash, ulong Covered, int Level) next))
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                await VisitNodeAsync(next.Hash, next.Covered, next.Level, cancellationToken).ConfigureAwait(false);
            }
            catch (IntegrityException error)
            {
                (error.Kind == ErrorKind.ChunkMissing ? Missing : Corrupt).Add(error.Hash);
                _visited.TryAdd((next.Hash, next.Level), null);
            }
        }
    }

    private async ValueTask VisitNodeAsync(BlobHash hash, ulong covered, int level, CancellationToken cancellationToken)
    {
        if (_visited.TryGetValue((hash, level), out NodeShape? seen))
        {
            // Only what is claimed of it here is still to be held against it.
            if (seen is { } shape) NodeLoader.Check(hash, shape, covered, level);
            return;
        }
        TreeNode node = await _nodes.LoadAsync(hash, covered, level, cancellationToken).ConfigureAwait(false);
        _visited.Add((hash, level), new NodeShape(node.CoveredBytes, node is InternalNode));
        switch (node)
        {
            case InternalNode inner:
                foreach (TreeChild child in inner.Children) _open.Push((child.Hash, child.SizeBytes, level - 1));
                break;
            case LeafNode leaf:
                foreach (TreeChunk chunk in leaf.Chunks) VisitChunk(chunk.Hash, chunk.SizeBytes);
                break;
            case ErasureLeafNode erasure:
                foreach (TreeChunk chunk in erasure.Stripes.SelectMany(stripe => stripe.Chunks)) VisitChunk(chunk.Hash, chunk.SizeBytes);
                break;
        }
    }

    private void VisitChunk(in BlobHash hash, ulong size)
    {
        if (store.LengthOf(hash) is not { } length) Missing.Add(hash);
        else if ((ulong)length != size) Corrupt.Add(hash);
        else Data.Add(hash);
    }
}
