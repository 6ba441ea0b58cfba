using Dataforts.Content;

namespace Dataforts.Channels;

/// <summary>An event as it was read. Its bytes are its own and stay as they are.</summary>
/// <param name="Sequence">Its number in its channel, from 0 on.</param>
/// <param name="Time">When it was appended, to the millisecond; what was appended together has one time.</param>
/// <param name="Epoch">The channel's epoch when it was appended.</param>
/// <param name="IsRef">Whether it was published as a ref.</param>
/// <param name="Payload">Inline bytes, or the encoding of a ref.</param>
public readonly record struct ChannelEvent(ulong Sequence, DateTimeOffset Time, uint Epoch, bool IsRef, ReadOnlyMemory<byte> Payload)
{
    /// <summary>The ref; null when the event was published inline, whatever its bytes look like.</summary>
    /// <exception cref="BlobFormatException">It was published as a ref and is none that this program knows.</exception>
    public BlobRef? DecodeRef() => IsRef ? BlobRef.Decode(Payload.Span) : null;
}
