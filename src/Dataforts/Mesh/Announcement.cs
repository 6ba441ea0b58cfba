namespace Dataforts.Mesh;

/// <summary>A node's offer as it goes to others: the whole of it, and which of its versions. Immutable; all readers in a process share one object.</summary>
/// <param name="Author">Whom it speaks of. It is believed only when it comes from that node.</param>
/// <param name="Version">Rises with each, over restarts as well; a lower or equal one is old.</param>
/// <param name="Lifetime">How long a reader may believe it, by the reader's own clock; at most <see cref="MeshLimits.MaxLifetime"/> counts.</param>
/// <param name="Offer">What the node says of itself.</param>
public sealed record Announcement(NodeId Author, ulong Version, TimeSpan Lifetime, Offer Offer)
{
    /// <summary>Bytes it takes on a wire, about: each text with a byte or two before it, and what surrounds them.</summary>
    public long WireBytes => 64 + Offer.Length + (2L * Offer.Tags.Count) + (4L * Offer.Metadata.Count);
}
