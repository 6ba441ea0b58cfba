using System.Collections.Immutable;

namespace Dataforts.Content;

/// <summary>Builds a tree from its chunks in order, one at a time, and hands each node out as soon as it is complete.</summary>
/// <remarks>
/// <para>The shape is the canonical one: 128 chunks to a leaf, 128 nodes to an internal node, the last of each level taking what is left,
/// and no root with a single child. Memory is at most 128 entries a level, as long as the caller takes the nodes after every addition.</para>
/// <para>Nodes come out of <see cref="TryTakeNode"/> in the order in which they have to be persisted, children before parents. The root comes
/// out last, once, and only after <see cref="Finish"/>.</para>
/// <para>Not thread-safe. A refused addition leaves the builder as it was.</para>
/// </remarks>
public sealed partial class TreeBuilder
{
    private readonly int _fanout;
    private readonly int _maxDepth;
    private readonly long _maxLeaves;
    private readonly Queue<EncodedNode> _closed = new();
    private readonly ImmutableArray<TreeChunk>.Builder _leaf = ImmutableArray.CreateBuilder<TreeChunk>();

    // _levels[0] holds the leaves waiting for a parent, _levels[1] those parents, and so on.
    private readonly List<ImmutableArray<TreeChild>.Builder> _levels = [];
    private readonly List<long> _nodesPerLevel = [];

    // The newest prebuilt leaf, kept back because it is the root if no other follows.
    private EncodedNode? _heldLeaf;
    private ulong _sizeBytes;
    private bool _finished;

    /// <summary>A builder for trees of fan-out <see cref="FormatLimits.TreeFanout"/>, up to <see cref="FormatLimits.TreeMaxDepth"/> deep.</summary>
    public TreeBuilder()
        : this(FormatLimits.TreeFanout, FormatLimits.TreeMaxDepth)
    {
    }

    /// <summary>A builder of other measures, so that tests reach the end of a tree.</summary>
    internal TreeBuilder(int fanout, int maxDepth)
    {
        (_fanout, _maxDepth) = (fanout, maxDepth);
        _maxLeaves = MaxLeaves(fanout, maxDepth);
    }

    /// <summary>How many bytes of content have been added.</summary>
    public ulong SizeBytes => _sizeBytes;

    private long Leaves => _nodesPerLevel.Count == 0 ? 0 : _nodesPerLevel[0];

    /// <summary>Adds the next data chunk.</summary>
    /// <param name="hash">The chunk's address.</param>
    /// <param name="sizeBytes">Its length: 1 to <see cref="FormatLimits.LeafChunkMaxBytes"/>.</param>
    /// <exception cref="DecodeException">The size is out of range, or <see cref="DecodeError.TreeTooDeep"/>: no tree holds one more.</exception>
    /// <exception cref="InvalidOperationException">The tree is finished, or was given leaves.</exception>
    public void Add(BlobHash hash, uint sizeBytes)
    {
        ThrowIfFinished();
        if (_heldLeaf is not null)
            throw new InvalidOperationException("A tree is built from chunks or from leaves, not from both.");
        NodeRules.ChunkSize(sizeBytes);
        if (_leaf.Count == _fanout)
        {
            // The open leaf becomes one of the closed ones, and the chunk needs another.
            EnsureRoom(Leaves + 2, "chunk");
            CloseLeaf();
        }
        _leaf.Add(new TreeChunk(hash, sizeBytes, ChunkRole.Data));
        _sizeBytes += sizeBytes;
    }

    /// <summary>Adds the next leaf, ready made; the tree then consists of such leaves alone.</summary>
    /// <exception cref="DecodeException"><see cref="DecodeError.TreeTooDeep"/>: no tree holds one more.</exception>
    /// <exception cref="InvalidOperationException">The tree is finished, or was given chunks.</exception>
    public void AddLeaf(ErasureLeafNode leaf)
    {
        ArgumentNullException.ThrowIfNull(leaf);
        ThrowIfFinished();
        if (_leaf.Count > 0)
            throw new InvalidOperationException("A tree is built from chunks or from leaves, not from both.");
        EnsureRoom(Leaves + (_heldLeaf is null ? 1 : 2), "leaf");
        ReleaseHeldLeaf();
        _heldLeaf = EncodedNode.Of(leaf);
        _sizeBytes += leaf.CoveredBytes;
    }

    /// <summary>Takes the next node to be persisted.</summary>
    /// <returns>Whether there was one.</returns>
    public bool TryTakeNode(out EncodedNode node) => _closed.TryDequeue(out node);

    /// <summary>Closes every open node. What has not been taken yet comes out of <see cref="TryTakeNode"/>, the root last.</summary>
    /// <exception cref="DecodeException">Nothing was added, or (leaves of a few bytes only) a Tree of that depth cannot be so small.</exception>
    /// <exception cref="InvalidOperationException">The tree is finished already.</exception>
    public TreeRoot Finish()
    {
        ThrowIfFinished();
        if (_leaf.Count == 0 && _heldLeaf is null)
            throw new DecodeException(DecodeError.NoChunks, "A Tree needs at least one chunk; an empty payload is a Small.");
        _finished = true;
        if (_leaf.Count > 0)
            CloseLeaf();
        ReleaseHeldLeaf();
        int top = 0;
        while (top < _levels.Count - 1 || _levels[top].Count > 1)
        {
            CloseInternal(top);
            top++;
        }
        RefRules.Tree(_sizeBytes, top + 1);
        return new TreeRoot(_levels[top][0].Hash, _sizeBytes, top + 1, _nodesPerLevel.AsReadOnly());
    }

    private void CloseLeaf() => Close(0, new LeafNode(_leaf.DrainToImmutable()));

    private void CloseInternal(int level) => Close(level + 1, new InternalNode(_levels[level].DrainToImmutable()));

    private void ReleaseHeldLeaf()
    {
        if (_heldLeaf is { } held)
            Lift(0, held);
        _heldLeaf = null;
    }

    private void Close(int level, TreeNode node) => Lift(level, EncodedNode.Of(node));

    /// <summary>Hands a node of <paramref name="level"/> out and enters it with the parent to be, closing that one first if it is full.</summary>
    private void Lift(int level, EncodedNode node)
    {
        if (level == _levels.Count)
        {
            _levels.Add(ImmutableArray.CreateBuilder<TreeChild>());
            _nodesPerLevel.Add(0);
        }
        if (_levels[level].Count == _fanout)
            CloseInternal(level);
        _closed.Enqueue(node);
        _nodesPerLevel[level]++;
        _levels[level].Add(new TreeChild(node.Address, node.CoveredBytes));
    }

    private void EnsureRoom(long leaves, string what)
    {
        if (leaves > _maxLeaves)
        {
            throw new DecodeException(
                DecodeError.TreeTooDeep, $"This {what} does not fit: a tree of depth {_maxDepth} has at most {_maxLeaves} leaves.");
        }
    }

    private void ThrowIfFinished()
    {
        if (_finished)
            throw new InvalidOperationException("The tree is finished.");
    }
}
