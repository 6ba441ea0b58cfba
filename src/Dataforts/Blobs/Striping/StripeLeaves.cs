using System.Collections.Immutable;
using Dataforts.Content;

namespace Dataforts.Blobs.Striping;

/// <summary>Puts stripes into leaves: one to a leaf, as other implementations of the format do, so that trees are the same; several where one to
/// a leaf would not do.</summary>
/// <remarks>Several go into a leaf behind the first <see cref="AloneLeaves"/>, so that a tree holds more, and with chunks below
/// <see cref="TinyChunkBytes"/>, of which a tree of one stripe a leaf would be deeper than its size allows.</remarks>
internal sealed class StripeLeaves(StripeRules rules, int leastChunkBytes)
{
    /// <summary>Leaves of one stripe before leaves are filled.</summary>
    public const int AloneLeaves = FormatLimits.TreeFanout * FormatLimits.TreeFanout;

    /// <summary>Two chunks of this size make a leaf that covers as many bytes as it may have siblings.</summary>
    public const int TinyChunkBytes = FormatLimits.TreeFanout / 2;

    private readonly ImmutableArray<Stripe>.Builder _open = ImmutableArray.CreateBuilder<Stripe>();
    private int _openChunks;
    private long _leaves;

    private bool Fills => rules.ProtectsTail && (leastChunkBytes < TinyChunkBytes || _leaves >= AloneLeaves);

    /// <summary>Takes the next stripe; gives back a leaf that is full.</summary>
    public ErasureLeafNode? Add(Stripe stripe)
    {
        ErasureLeafNode? full = null;
        if (_open.Count > 0 && (!Fills || _openChunks + stripe.Chunks.Length > FormatLimits.TreeFanout)) full = Take();
        _open.Add(stripe);
        _openChunks += stripe.Chunks.Length;
        return full;
    }

    /// <summary>What is left; null when nothing is.</summary>
    public ErasureLeafNode? Finish() => _open.Count == 0 ? null : Take();

    private ErasureLeafNode Take()
    {
        _leaves++;
        _openChunks = 0;
        return new ErasureLeafNode(_open.DrainToImmutable());
    }
}
