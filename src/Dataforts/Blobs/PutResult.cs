using Dataforts.Content;

namespace Dataforts.Blobs;

/// <summary>What became of a payload.</summary>
/// <param name="Ref">How to find it again.</param>
/// <param name="Chunks">Data chunks it was cut into, repeated ones counted each time.</param>
/// <param name="StoredBytes">Payload, parity and tree-node bytes that were not there before, copies included.</param>
/// <param name="DedupedBytes">Payload bytes that were.</param>
/// <param name="ContentHash">BLAKE3 of the whole payload, where it was computed.</param>
public sealed record PutResult(BlobRef Ref, long Chunks, long StoredBytes, long DedupedBytes, BlobHash? ContentHash)
{
    /// <summary>How many of the objects stored for it may be lost, whichever they are, and every byte can still be read.</summary>
    /// <value>0 unless it was put with Reed-Solomon.</value>
    public int ToleratedLosses { get; init; }

    /// <summary>Whether no chunk or node of it was there before. What is new is safe from collection by its age.</summary>
    internal bool IsAllNew { get; init; }
}
