using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Blobs;

/// <summary>Fetches, verifies and decodes tree nodes, and holds each against what led to it.</summary>
internal sealed class NodeLoader(IChunkSource source, TreeNodeCache cache)
{
    /// <summary>The node at <paramref name="hash"/>, which must cover <paramref name="coveredBytes"/> and stand
    /// <paramref name="level"/> levels above the data.</summary>
    /// <exception cref="IntegrityException">ChunkMissing, ChunkCorrupt, ChunkLength or NodeInvalid.</exception>
    public async ValueTask<TreeNode> LoadAsync(BlobHash hash, ulong coveredBytes, int level, CancellationToken cancellationToken)
    {
        try
        {
            if (!cache.TryGet(hash, out TreeNode? node))
            {
                node = await FetchAsync(hash, cancellationToken).ConfigureAwait(false);
                cache.Add(hash, node);
            }
            Check(hash, new NodeShape(node.CoveredBytes, node is InternalNode), coveredBytes, level);
            return node;
        }
        catch (IntegrityException)
        {
            DatafortsMeter.IntegrityFailures.Add(1);
            throw;
        }
    }

    private async ValueTask<TreeNode> FetchAsync(BlobHash hash, CancellationToken cancellationToken)
    {
        using ChunkBuffer buffer = await FetchWholeAsync(hash, cancellationToken).ConfigureAwait(false);
        TreeNode node;
        try
        {
            node = TreeNode.Decode(buffer.Memory.Span);
        }
        catch (DecodeException error)
        {
            throw IntegrityException.Node(hash, error.Message);
        }
        // The format allows it; handing parity out as content would be a wrong byte.
        if (node is LeafNode leaf && leaf.Chunks.Any(entry => entry.Role.IsParity))
            throw IntegrityException.Node(hash, "it is a plain leaf and holds parity");
        return node;
    }

    private async ValueTask<ChunkBuffer> FetchWholeAsync(BlobHash hash, CancellationToken cancellationToken)
    {
        ChunkBuffer? buffer = null;
        try
        {
            buffer = await source.FetchAsync(hash, FormatLimits.NodeMaxBytes, cancellationToken).ConfigureAwait(false)
                ?? throw IntegrityException.Missing(hash);
            ChunkVerifier.Verify(hash, buffer.Memory);
            return buffer;
        }
        catch (DatafortsException error) when (error is IntegrityException || error.Kind == ErrorKind.Io)
        {
            buffer?.Dispose();
            ChunkBuffer? other = await source.FetchOtherAsync(hash, FormatLimits.NodeMaxBytes, cancellationToken).ConfigureAwait(false);
            if (other is null) throw;
            DatafortsMeter.DegradedReads.Add(1, new KeyValuePair<string, object?>("outcome", "copy"));
            DatafortsEvents.Log.ReadFromCopy(hash);
            return other;
        }
        catch
        {
            buffer?.Dispose();
            throw;
        }
    }

    /// <summary>Holds what is known of a node against what is claimed of it.</summary>
    public static void Check(BlobHash hash, NodeShape node, ulong coveredBytes, int level)
    {
        if (node.CoveredBytes != coveredBytes)
            throw IntegrityException.Node(hash, $"it covers {node.CoveredBytes} bytes where {coveredBytes} are declared");
        if (node.IsInner ? level < 2 : level != 1)
            throw IntegrityException.Node(hash, $"{(node.IsInner ? "an inner node" : "a leaf")} cannot stand at level {level}");
    }
}
