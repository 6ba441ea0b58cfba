using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Dataforts.Content;

/// <summary>A node whose entries are nodes one level down.</summary>
public sealed class InternalNode : TreeNode
{
    private const int MinChildBytes = BlobHash.SizeBytes + 1;

    /// <summary>Takes the children in content order.</summary>
    /// <param name="children">1 to <see cref="FormatLimits.TreeFanout"/>, none of size 0, together within 64 bits.</param>
    /// <exception cref="DecodeException">A rule is broken.</exception>
    public InternalNode(ImmutableArray<TreeChild> children)
    {
        CoveredBytes = NodeRules.Children(children);
        Children = children;
        int length = 1 + PostcardWriter.VarintLength((ulong)children.Length);
        foreach (ref readonly TreeChild child in children.AsSpan())
            length += BlobHash.SizeBytes + PostcardWriter.VarintLength(child.SizeBytes);
        NodeRules.EncodedLength(length);
        EncodedLength = length;
    }

    /// <summary>The children in content order.</summary>
    public ImmutableArray<TreeChild> Children { get; }

    /// <inheritdoc/>
    public override ulong CoveredBytes { get; }

    /// <inheritdoc/>
    public override int EncodedLength { get; }

    internal static InternalNode Read(ref PostcardReader reader)
    {
        var children = new TreeChild[reader.Count(FormatLimits.TreeFanout, MinChildBytes, "children")];
        for (int i = 0; i < children.Length; i++)
            children[i] = new TreeChild(reader.Hash(), reader.Varint64());
        return new InternalNode(ImmutableCollectionsMarshal.AsImmutableArray(children));
    }

    private protected override void Write(ref PostcardWriter writer)
    {
        writer.Byte(InternalTag);
        writer.Varint((ulong)Children.Length);
        foreach (ref readonly TreeChild child in Children.AsSpan())
        {
            writer.Bytes(child.Hash.Span);
            writer.Varint(child.SizeBytes);
        }
    }
}
