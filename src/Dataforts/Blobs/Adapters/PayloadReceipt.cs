using Dataforts.Content;

namespace Dataforts.Blobs.Adapters;

/// <summary>What became of a payload that was made ready to be announced.</summary>
/// <param name="Payload">What the event is to carry: the payload itself, or the encoded ref.</param>
/// <param name="Stored">What was stored; null when the payload is inline.</param>
/// <param name="AdapterId">Where; null when the payload is inline.</param>
/// <param name="Durability">What was reached; for an inline payload that is up to whoever publishes it.</param>
public sealed record PayloadReceipt(ReadOnlyMemory<byte> Payload, PutResult? Stored, string? AdapterId, Durability? Durability)
{
    /// <summary>The ref; null when the payload is inline.</summary>
    public BlobRef? Ref => Stored?.Ref;
}
