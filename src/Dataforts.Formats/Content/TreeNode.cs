namespace Dataforts.Content;

/// <summary>A node of a Tree: an <see cref="InternalNode"/>, a <see cref="LeafNode"/> or an <see cref="ErasureLeafNode"/>.</summary>
/// <remarks>Stored as a chunk under the BLAKE3 of its encoding, which is what makes it genuine; its depth comes from the ref alone.
/// Immutable and thread-safe; a node that exists obeys every rule of the format.</remarks>
public abstract class TreeNode
{
    private protected const byte InternalTag = 0;
    private protected const byte LeafTag = 1;
    private protected const byte ErasureLeafTag = 2;

    private protected TreeNode()
    {
    }

    /// <summary>How many bytes of content the subtree has; parity does not count, except in a <see cref="LeafNode"/>.</summary>
    public abstract ulong CoveredBytes { get; }

    /// <summary>Bytes of the wire form; known without encoding.</summary>
    public abstract int EncodedLength { get; }

    /// <summary>Reads a node, which has to fill <paramref name="encoded"/> exactly and in the one way a node is written.</summary>
    /// <remarks>Does not hash: the caller has checked that these bytes are those of the address it followed.</remarks>
    /// <exception cref="DecodeException">A rule is broken; <see cref="DecodeException.Reason"/> says which.</exception>
    public static TreeNode Decode(ReadOnlySpan<byte> encoded)
    {
        NodeRules.EncodedLength(encoded.Length);
        var reader = new PostcardReader(encoded, "node");
        uint tag = reader.Varint32();
        TreeNode node = tag switch
        {
            InternalTag => InternalNode.Read(ref reader),
            LeafTag => LeafNode.Read(ref reader),
            ErasureLeafTag => ErasureLeafNode.Read(ref reader),
            _ => throw new DecodeException(DecodeError.UnknownNodeKind, $"A node has the unknown kind {tag}."),
        };
        reader.End();
        return node;
    }

    /// <summary>The wire form, in an array of exactly <see cref="EncodedLength"/> bytes.</summary>
    public byte[] Encode()
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(EncodedLength);
        Encode(bytes);
        return bytes;
    }

    /// <summary>Writes the wire form to the start of <paramref name="destination"/>; allocates nothing.</summary>
    /// <returns>The bytes written, <see cref="EncodedLength"/>.</returns>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    public int Encode(Span<byte> destination)
    {
        if (destination.Length < EncodedLength)
            throw new ArgumentException($"This node needs {EncodedLength} bytes, not {destination.Length}.", nameof(destination));
        var writer = new PostcardWriter(destination);
        Write(ref writer);
        return writer.Position;
    }

    private protected abstract void Write(ref PostcardWriter writer);
}
