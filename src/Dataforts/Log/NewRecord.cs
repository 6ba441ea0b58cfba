using Dataforts.Content;

namespace Dataforts.Log;

/// <summary>A record to be appended.</summary>
/// <param name="Kind">What it holds.</param>
/// <param name="Hash">The BLAKE3 of <paramref name="Bytes"/>; in a mark, what it says.</param>
/// <param name="Bytes">At most <see cref="RecordHeader.MaxPayloadBytes"/>.</param>
internal readonly record struct NewRecord(RecordKind Kind, BlobHash Hash, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>When it counts as written, Unix milliseconds: a copy is as old as what it is a copy of.</summary>
    /// <value>0: now.</value>
    public long WrittenAtMs { get; init; }

    /// <summary>Bytes it takes in the log.</summary>
    public long Stride => RecordHeader.SizeBytes + RecordHeader.PaddedLength(Bytes.Length);
}
