using System.Runtime.CompilerServices;
using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Blobs;

/// <summary>The distinct nodes of a tree in the order of the content, each held against what leads to it.</summary>
/// <remarks>A node is visited once at each level it is spoken of, however often it is repeated.</remarks>
internal static class TreeWalk
{
    /// <summary>Visits <paramref name="tree"/>.</summary>
    /// <exception cref="IntegrityException">A node is missing everywhere, or is not what leads to it says.</exception>
    public static async IAsyncEnumerable<(BlobHash Hash, TreeNode Node)> NodesAsync(
        IChunkSource source, TreeRef tree, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var nodes = new NodeLoader(source, new TreeNodeCache(0));
        var visited = new Dictionary<(BlobHash Hash, int Level), NodeShape>();
        var open = new Stack<(BlobHash Hash, ulong Covered, int Level)>();
        open.Push((tree.RootHash, tree.SizeBytes, tree.Depth));
        while (open.TryPop(out (BlobHash Hash, ulong Covered, int Level) next))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (visited.TryGetValue((next.Hash, next.Level), out NodeShape seen))
            {
                NodeLoader.Check(next.Hash, seen, next.Covered, next.Level);
                continue;
            }
            TreeNode node = await nodes.LoadAsync(next.Hash, next.Covered, next.Level, cancellationToken).ConfigureAwait(false);
            visited.Add((next.Hash, next.Level), new NodeShape(node.CoveredBytes, node is InternalNode));
            yield return (next.Hash, node);
            if (node is not InternalNode inner) continue;
            for (int i = inner.Children.Length - 1; i >= 0; i--) open.Push((inner.Children[i].Hash, inner.Children[i].SizeBytes, next.Level - 1));
        }
    }
}
