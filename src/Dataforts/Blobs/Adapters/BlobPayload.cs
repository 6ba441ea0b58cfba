using Dataforts.Content;

namespace Dataforts.Blobs.Adapters;

/// <summary>What an event or a row carries: bytes of its own, or the ref of a blob.</summary>
public readonly struct BlobPayload
{
    private BlobPayload(ReadOnlyMemory<byte> inline, BlobRef? blob) => (Inline, Ref) = (inline, blob);

    /// <summary>The payload itself, the very memory that was classified; empty when it is a ref.</summary>
    public ReadOnlyMemory<byte> Inline { get; }

    /// <summary>The ref; null when the payload is inline.</summary>
    public BlobRef? Ref { get; }

    /// <summary>Whether the payload is its own content.</summary>
    public bool IsInline => Ref is null;

    /// <summary>Tells inline bytes from a ref. Fewer than four bytes, or four that are not the magic, are inline: nothing is allocated or copied.</summary>
    /// <exception cref="UnsupportedVersionException">A ref of a version from another time.</exception>
    /// <exception cref="DecodeException">It begins as a ref does and breaks a rule of the format.</exception>
    public static BlobPayload Classify(ReadOnlyMemory<byte> payload) =>
        BlobRef.IsRef(payload.Span) ? new BlobPayload(default, BlobRef.Decode(payload.Span)) : new BlobPayload(payload, null);
}
