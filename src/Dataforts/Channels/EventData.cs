using Dataforts.Blobs.Adapters;
using Dataforts.Content;

namespace Dataforts.Channels;

/// <summary>What an event is to carry: bytes of its own, or the ref of a blob. Which of them is said here, and never guessed from the bytes.</summary>
public readonly struct EventData : IEquatable<EventData>
{
    private EventData(ReadOnlyMemory<byte> payload, bool isRef, bool isDirectory = false) => (Payload, IsRef, IsDirectory) = (payload, isRef, isDirectory);

    /// <summary>The bytes; of a ref, its encoding.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>Whether the event stands for a blob, which it then keeps from collection as long as it is retained.</summary>
    public bool IsRef { get; }

    /// <summary>Whether the blob is a directory's manifest, and the event keeps all that it lists as well.</summary>
    public bool IsDirectory { get; }

    /// <summary>Bytes that are their own content, also when they look like a ref.</summary>
    public static EventData Inline(ReadOnlyMemory<byte> payload) => new(payload, false);

    /// <summary>A blob's ref.</summary>
    public static EventData Of(BlobRef blob)
    {
        ArgumentNullException.ThrowIfNull(blob);
        return new EventData(blob.Encode(), true);
    }

    /// <summary>The ref of a directory's manifest: with it the event keeps all the files that are listed there.</summary>
    public static EventData OfDirectory(BlobRef manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        return new EventData(manifest.Encode(), true, true);
    }

    /// <summary>What a payload became when it was stored
    /// (<see cref="BlobResolver.StorePayloadAsync(ReadOnlyMemory{byte}, PayloadOptions?, CancellationToken)"/>).</summary>
    /// <exception cref="BlobFormatException">The receipt says that something was stored, and does not carry its ref.</exception>
    public static EventData Of(PayloadReceipt receipt)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        if (receipt.Stored is not null) _ = BlobRef.Decode(receipt.Payload.Span);
        return new EventData(receipt.Payload, receipt.Stored is not null);
    }

    /// <summary>As <see cref="Inline"/>.</summary>
    public static implicit operator EventData(ReadOnlyMemory<byte> payload) => Inline(payload);

    /// <summary>As <see cref="Inline"/>.</summary>
    public static implicit operator EventData(byte[] payload) => Inline(payload);

    /// <summary>As <see cref="Inline"/>.</summary>
    public static EventData FromReadOnlyMemory(ReadOnlyMemory<byte> payload) => Inline(payload);

    /// <summary>As <see cref="Inline"/>.</summary>
    public static EventData FromByteArray(byte[] payload) => Inline(payload);

    /// <inheritdoc/>
    public bool Equals(EventData other) => IsRef == other.IsRef && IsDirectory == other.IsDirectory && Payload.Equals(other.Payload);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is EventData other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Payload, IsRef);

    /// <summary>Whether two carry the very same memory in the same way.</summary>
    public static bool operator ==(EventData left, EventData right) => left.Equals(right);

    /// <summary>Whether they do not.</summary>
    public static bool operator !=(EventData left, EventData right) => !left.Equals(right);
}
