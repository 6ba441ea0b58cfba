using Dataforts.Content;

namespace Dataforts.Log;

/// <summary>A record as the scan of a log finds it: what it is and where, not its payload.</summary>
/// <param name="Kind">What it holds.</param>
/// <param name="Hash">The BLAKE3 of its payload; in marks and events what they say (<see cref="FlushMark"/>, <see cref="EventSlot"/>).</param>
/// <param name="Sequence">Its number: higher is later.</param>
/// <param name="WrittenAtMs">When it was written, Unix milliseconds.</param>
/// <param name="Location">Where its payload lies.</param>
internal readonly record struct LogRecord(RecordKind Kind, BlobHash Hash, ulong Sequence, long WrittenAtMs, RecordLocation Location)
{
    /// <summary>Where its header begins.</summary>
    public long Start => Location.Offset - RecordHeader.SizeBytes;

    /// <summary>Where the next record begins.</summary>
    public long End => Location.Offset + RecordHeader.PaddedLength(Location.Length);

    /// <summary>Whether bytes are this record's payload. Of marks there is none: what they say lies in the header, whose checksum covers it.</summary>
    public bool Matches(ReadOnlySpan<byte> payload) => Kind switch
    {
        RecordKind.Flushed or RecordKind.Abandoned => true,
        RecordKind.Events => EventSlot.CheckOf(payload) == EventSlot.Of(Hash).Check,
        _ => BlobHash.Compute(payload) == Hash,
    };
}
