using Dataforts.Content;

namespace Dataforts.Log;

/// <summary>A record to be appended.</summary>
/// <param name="Kind">What it holds.</param>
/// <param name="Hash">The BLAKE3 of <paramref name="Payload"/>; in a mark, what it says.</param>
/// <param name="Payload">At most <see cref="RecordHeader.MaxPayloadBytes"/>.</param>
internal readonly record struct NewRecord(RecordKind Kind, BlobHash Hash, ReadOnlyMemory<byte> Payload)
{
    /// <summary>Bytes it takes in the log.</summary>
    public long Stride => RecordHeader.SizeBytes + RecordHeader.PaddedLength(Payload.Length);
}
