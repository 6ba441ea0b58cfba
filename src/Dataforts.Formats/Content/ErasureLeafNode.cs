using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Dataforts.Content;

/// <summary>A node whose entries are stripes: chunks of the content with the parity that protects them.</summary>
public sealed class ErasureLeafNode : TreeNode
{
    // An encoding, a count and one chunk.
    private const int MinStripeBytes = 2 + LeafNode.MinChunkBytes;

    /// <summary>Takes the stripes in content order.</summary>
    /// <param name="stripes">At least one; over all of them at most <see cref="FormatLimits.TreeFanout"/> chunks, each of 1 to
    /// <see cref="FormatLimits.LeafChunkMaxBytes"/> bytes, and each stripe holding what its encoding asks for.</param>
    /// <exception cref="DecodeException">A rule is broken.</exception>
    public ErasureLeafNode(ImmutableArray<Stripe> stripes)
    {
        CoveredBytes = NodeRules.Stripes(stripes);
        Stripes = stripes;
        int length = 1 + PostcardWriter.VarintLength((ulong)stripes.Length);
        foreach (ref readonly Stripe stripe in stripes.AsSpan())
            length += stripe.Encoding.EncodedLength + LeafNode.ListLength(stripe.Chunks);
        NodeRules.EncodedLength(length);
        EncodedLength = length;
    }

    /// <summary>The stripes in content order.</summary>
    public ImmutableArray<Stripe> Stripes { get; }

    /// <inheritdoc/>
    public override ulong CoveredBytes { get; }

    /// <inheritdoc/>
    public override int EncodedLength { get; }

    internal static ErasureLeafNode Read(ref PostcardReader reader)
    {
        var stripes = new Stripe[reader.Count(FormatLimits.TreeFanout, MinStripeBytes, "stripes")];
        for (int i = 0; i < stripes.Length; i++)
            stripes[i] = new Stripe(reader.Encoding(), LeafNode.ReadList(ref reader));
        return new ErasureLeafNode(ImmutableCollectionsMarshal.AsImmutableArray(stripes));
    }

    private protected override void Write(ref PostcardWriter writer)
    {
        writer.Byte(ErasureLeafTag);
        writer.Varint((ulong)Stripes.Length);
        foreach (ref readonly Stripe stripe in Stripes.AsSpan())
        {
            writer.Encoding(stripe.Encoding);
            LeafNode.WriteList(ref writer, stripe.Chunks);
        }
    }
}
