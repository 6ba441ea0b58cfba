using System.Runtime.CompilerServices;
using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Blobs;

/// <summary>Turns a ref and a range into the slices of chunks that make it up, in order. Nodes are loaded as the plan is read.</summary>
internal sealed class ReadPlan(NodeLoader nodes)
{
    /// <summary>The slices of bytes <paramref name="start"/> up to <paramref name="end"/> (half-open, inside the blob).</summary>
    public IAsyncEnumerable<PlannedSlice> SlicesAsync(BlobRef blob, ulong start, ulong end) => blob switch
    {
        SmallRef small => SmallAsync(small, start, end),
        ManifestRef manifest => ManifestAsync(manifest, start, end),
        TreeRef tree => TreeAsync(tree, start, end, CancellationToken.None),
        _ => throw new ArgumentException($"a ref of kind {blob.Kind} cannot be read", nameof(blob)),
    };

    /// <summary>The slice of a Small's one chunk; null when no byte of it is wanted. An empty blob's chunk is looked at as well.</summary>
    public static PlannedSlice? SliceOf(SmallRef small, ulong start, ulong end)
    {
        // A store takes no such chunk, so it cannot have this one.
        if (small.SizeBytes > StoreLimits.MaxChunkBytes) throw IntegrityException.Missing(small.Hash);
        if (start == end && small.SizeBytes > 0) return null;
        return new PlannedSlice(small.Hash, (int)small.SizeBytes, (int)start, (int)(end - start));
    }

#pragma warning disable CS1998 // nothing to await: the ref holds all there is to know
    private static async IAsyncEnumerable<PlannedSlice> SmallAsync(SmallRef small, ulong start, ulong end)
    {
        if (SliceOf(small, start, end) is { } slice) yield return slice;
    }

    private static async IAsyncEnumerable<PlannedSlice> ManifestAsync(ManifestRef manifest, ulong start, ulong end)
    {
        foreach (ChunkSlice slice in manifest.Slice(start, end))
        {
            ChunkRef chunk = manifest.Chunks[slice.Index];
            yield return new PlannedSlice(chunk.Hash, (int)chunk.SizeBytes, (int)slice.Offset, (int)slice.LengthBytes);
        }
    }
#pragma warning restore CS1998

    private async IAsyncEnumerable<PlannedSlice> TreeAsync(
        TreeRef tree, ulong start, ulong end, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (start == end) yield break;
        var open = new Stack<OpenNode>();
        open.Push(new OpenNode(await nodes.LoadAsync(tree.RootHash, tree.SizeBytes, tree.Depth, cancellationToken).ConfigureAwait(false), 0, tree.Depth));
        while (open.TryPeek(out OpenNode? position))
        {
            if (position.Node is not InternalNode inner)
            {
                foreach (PlannedSlice slice in LeafSlices(position.Node, position.Offset, start, end)) yield return slice;
                open.Pop();
                continue;
            }
            if (position.Next == inner.Children.Length || position.Offset >= end)
            {
                open.Pop();
                continue;
            }
            TreeChild child = inner.Children[position.Next++];
            ulong offset = position.Offset;
            position.Offset += child.SizeBytes;
            if (offset + child.SizeBytes <= start || offset >= end) continue;
            TreeNode node = await nodes.LoadAsync(child.Hash, child.SizeBytes, position.Level - 1, cancellationToken).ConfigureAwait(false);
            open.Push(new OpenNode(node, offset, position.Level - 1));
        }
    }

    private static IEnumerable<PlannedSlice> LeafSlices(TreeNode node, ulong offset, ulong start, ulong end)
    {
        foreach ((TreeChunk chunk, Stripe stripe) in DataChunks(node))
        {
            ulong next = offset + chunk.SizeBytes;
            if (next > start && offset < end)
            {
                ulong first = Math.Max(start, offset);
                yield return new PlannedSlice(chunk.Hash, (int)chunk.SizeBytes, (int)(first - offset), (int)(Math.Min(end, next) - first), stripe);
            }
            offset = next;
            if (offset >= end) yield break;
        }
    }

    private static IEnumerable<(TreeChunk Chunk, Stripe Stripe)> DataChunks(TreeNode node) => node switch
    {
        LeafNode leaf => leaf.Chunks.Select(chunk => (chunk, default(Stripe))),
        ErasureLeafNode erasure => erasure.Stripes.SelectMany(stripe =>
            stripe.Chunks.Where(chunk => !chunk.Role.IsParity).Select(chunk => (chunk, stripe.Encoding.IsReedSolomon ? stripe : default))),
        _ => [],
    };

    /// <summary>Where the walk stands in one node: <see cref="Offset"/> is that of the next child.</summary>
    private sealed class OpenNode(TreeNode node, ulong offset, int level)
    {
        public TreeNode Node { get; } = node;

        public int Level { get; } = level;

        public ulong Offset { get; set; } = offset;

        public int Next { get; set; }
    }
}
