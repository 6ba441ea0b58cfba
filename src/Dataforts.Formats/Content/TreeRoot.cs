namespace Dataforts.Content;

/// <summary>What a <see cref="TreeBuilder"/> has built.</summary>
/// <param name="RootHash">The root node's address.</param>
/// <param name="SizeBytes">How many bytes of content the tree has.</param>
/// <param name="Depth">Its levels; 1 when the root is the leaf.</param>
/// <param name="NodesPerLevel">How many nodes each level has, leaves first, the root's 1 last.</param>
public sealed record TreeRoot(BlobHash RootHash, ulong SizeBytes, int Depth, IReadOnlyList<long> NodesPerLevel)
{
    /// <summary>The ref of this tree, with the default URI.</summary>
    public TreeRef ToRef(BlobEncoding encoding) => TreeRef.Create(encoding, RootHash, SizeBytes, Depth);

    /// <summary>The ref of this tree, with a URI of its own.</summary>
    /// <exception cref="DecodeException">The URI does not fit.</exception>
    public TreeRef ToRef(string uri, BlobEncoding encoding) => new(uri, encoding, RootHash, SizeBytes, Depth);
}
