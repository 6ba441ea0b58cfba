using System.Buffers.Binary;
using Dataforts.Content;

namespace Dataforts.Log;

/// <summary>A place in the log that a record without payload speaks of, in the 32 bytes where others have their hash.</summary>
/// <remarks>
/// <code>
///  0  8  segment id, u64 LE
///  8  8  offset, i64 LE
/// 16  8  segment id of the first copy, u64 LE; zero in a Flushed record
/// 24  8  its offset, u63 LE; the same. The highest bit is set when something of what was refused could not be read back
/// </code>
/// In a <see cref="RecordKind.Flushed"/> record: all of the log before this place was on stable storage when the record was written. In a
/// <see cref="RecordKind.Abandoned"/> one: the segment ends here, whatever lies behind, if all from the first copy to this record is whole.
/// With losses, what is not a chunk and lies between the two places is given up: it may speak of what is gone.
/// </remarks>
internal readonly record struct FlushMark(ulong Segment, long Offset, ulong CopySegment = 0, long CopyOffset = 0, bool HasLosses = false)
{
    private const long LossBit = long.MinValue;

    /// <summary>The record that says so.</summary>
    public NewRecord ToRecord(RecordKind kind)
    {
        Span<byte> bytes = stackalloc byte[BlobHash.SizeBytes];
        bytes.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Segment);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], Offset);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], CopySegment);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], HasLosses ? CopyOffset | LossBit : CopyOffset);
        return new NewRecord(kind, new BlobHash(bytes), default);
    }

    /// <summary>What a record of one of the two kinds says.</summary>
    public static FlushMark Of(in BlobHash hash)
    {
        long copy = BinaryPrimitives.ReadInt64LittleEndian(hash.Span[24..]);
        return new(BinaryPrimitives.ReadUInt64LittleEndian(hash.Span), BinaryPrimitives.ReadInt64LittleEndian(hash.Span[8..]),
            BinaryPrimitives.ReadUInt64LittleEndian(hash.Span[16..]), copy & ~LossBit, (copy & LossBit) != 0);
    }
}
