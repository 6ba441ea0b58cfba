using System.Runtime.CompilerServices;
using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Blobs.Adapters;

/// <summary>The nodes of a tree that a caller claims: read from where the caller says, verified from the root down, and kept to be stored.</summary>
/// <remarks>For one walk at a time.</remarks>
internal sealed class ClaimedNodes : IChunkSource
{
    private readonly IChunkSource _source;
    private readonly ReadPlan _plan;
    private readonly Dictionary<BlobHash, int> _places = [];
    private readonly List<VerifiedChunk> _nodes = [];

    public ClaimedNodes(IChunkSource source)
    {
        _source = source;
        _plan = new ReadPlan(new NodeLoader(this, new TreeNodeCache()));
    }

    /// <summary>The tree's data chunks in order.</summary>
    /// <exception cref="DatafortsException">Unsupported: there are shards of parity, which content does not have.</exception>
    public async IAsyncEnumerable<PlannedSlice> ChunksAsync(TreeRef tree, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IAsyncEnumerable<PlannedSlice> slices = _plan.SlicesAsync(tree, 0, tree.SizeBytes);
        await foreach (PlannedSlice slice in slices.WithCancellation(cancellationToken).ConfigureAwait(false)) yield return slice;
    }

    /// <summary>The distinct nodes met, in an order in which the root is stored last.</summary>
    public IReadOnlyList<VerifiedChunk> RootLast()
    {
        VerifiedChunk[] nodes = [.. _nodes];
        Array.Reverse(nodes);
        return nodes;
    }

    /// <summary>Fetches a node, or gives the one that was fetched before.</summary>
    public async ValueTask<ChunkBuffer?> FetchAsync(BlobHash hash, int maxBytes, CancellationToken cancellationToken)
    {
        if (_places.TryGetValue(hash, out int place)) return ChunkBuffer.CopyOf(_nodes[place].Bytes.Span);
        ChunkBuffer? fetched = await _source.FetchAsync(hash, maxBytes, cancellationToken).ConfigureAwait(false);
        if (fetched is null) return null;
        try
        {
            // A copy of its own: the walk gives the buffer back, and the nodes are stored when all content is verified.
            VerifiedChunk node = ChunkVerifier.Verify(hash, fetched.Memory.ToArray());
            if (Decode(hash, node) is ErasureLeafNode)
                throw new DatafortsException(ErrorKind.Unsupported, "a tree with parity cannot be stored from its content");
            _places.Add(hash, _nodes.Count);
            _nodes.Add(node);
            return fetched;
        }
        catch
        {
            fetched.Dispose();
            throw;
        }
    }

    private static TreeNode Decode(in BlobHash hash, VerifiedChunk node)
    {
        try
        {
            return TreeNode.Decode(node.Bytes.Span);
        }
        catch (DecodeException error)
        {
            throw IntegrityException.Node(hash, error.Message);
        }
    }
}
