namespace Dataforts.Content;

/// <summary>A node ready to be stored.</summary>
/// <param name="Address">BLAKE3 of <paramref name="Bytes"/>.</param>
/// <param name="Bytes">The node's wire form.</param>
/// <param name="CoveredBytes">How many bytes of content its subtree has.</param>
public readonly record struct EncodedNode(BlobHash Address, ReadOnlyMemory<byte> Bytes, ulong CoveredBytes)
{
    /// <summary>Encodes and hashes <paramref name="node"/>.</summary>
    public static EncodedNode Of(TreeNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        byte[] bytes = node.Encode();
        return new EncodedNode(BlobHash.Compute(bytes), bytes, node.CoveredBytes);
    }
}
