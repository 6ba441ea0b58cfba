using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Dataforts.Content;

namespace Dataforts.Log;

/// <summary>One page of a hint file (docs/FORMAT.md, "Hint file"): 4 KiB that vouch for themselves.</summary>
/// <remarks>
/// <code>
///    0 4080  entries, one behind the other: chunks of 40 bytes or other records of 64; the rest zero
/// 4080    4  number of entries, u32 LE
/// 4084    4  the page's number in the file, from 0, u32 LE
/// 4088    4  zero
/// 4092    4  CRC-32C of all before, seeded like a record's with store id, segment id and the page's offset
/// </code>
/// </remarks>
internal static class HintPage
{
    public const int SizeBytes = 4096;
    public const int ChunkBytes = BlobHash.SizeBytes + 8;
    public const int RecordBytes = 64;
    public const int ChunksPerPage = BodyBytes / ChunkBytes;
    public const int RecordsPerPage = BodyBytes / RecordBytes;

    private const int BodyBytes = 4080;
    private const int ChecksumAt = SizeBytes - 4;

    public static void WriteChunk(Span<byte> page, int index, in HintChunk chunk)
    {
        Span<byte> entry = page.Slice(index * ChunkBytes, ChunkBytes);
        chunk.Hash.CopyTo(entry);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[32..], chunk.Offset);
        BinaryPrimitives.WriteInt32LittleEndian(entry[36..], chunk.Length);
    }

    public static HintChunk ChunkAt(ReadOnlySpan<byte> page, int index)
    {
        ReadOnlySpan<byte> entry = page.Slice(index * ChunkBytes, ChunkBytes);
        return new HintChunk(new BlobHash(entry[..BlobHash.SizeBytes]),
            BinaryPrimitives.ReadUInt32LittleEndian(entry[32..]), BinaryPrimitives.ReadInt32LittleEndian(entry[36..]));
    }

    /// <summary>The hash of an entry, in place.</summary>
    public static ref readonly BlobHash HashAt(ReadOnlySpan<byte> page, int index) =>
        ref MemoryMarshal.AsRef<BlobHash>(page.Slice(index * ChunkBytes, BlobHash.SizeBytes));

    public static void WriteRecord(Span<byte> page, int index, in LogRecord record)
    {
        Span<byte> entry = page.Slice(index * RecordBytes, RecordBytes);
        entry.Clear();
        entry[0] = (byte)record.Kind;
        BinaryPrimitives.WriteUInt64LittleEndian(entry[8..], record.Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(entry[16..], record.WrittenAtMs);
        record.Hash.CopyTo(entry[24..]);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[56..], record.Location.Offset);
        BinaryPrimitives.WriteInt32LittleEndian(entry[60..], record.Location.Length);
    }

    public static LogRecord RecordAt(ReadOnlySpan<byte> page, int index, uint segment)
    {
        ReadOnlySpan<byte> entry = page.Slice(index * RecordBytes, RecordBytes);
        var location = new RecordLocation(segment, BinaryPrimitives.ReadUInt32LittleEndian(entry[56..]), BinaryPrimitives.ReadInt32LittleEndian(entry[60..]));
        return new LogRecord((RecordKind)entry[0], new BlobHash(entry.Slice(24, BlobHash.SizeBytes)),
            BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]), BinaryPrimitives.ReadInt64LittleEndian(entry[16..]), location);
    }

    /// <summary>Finds a chunk among the sorted ones of a page.</summary>
    public static bool TryFind(ReadOnlySpan<byte> page, int count, in BlobHash hash, out HintChunk chunk)
    {
        int low = 0, high = count - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int order = page.Slice(middle * ChunkBytes, BlobHash.SizeBytes).SequenceCompareTo(hash.Span);
            if (order == 0)
            {
                chunk = ChunkAt(page, middle);
                return true;
            }
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }
        chunk = default;
        return false;
    }

    /// <summary>Ends a page: what it is and what it adds up to.</summary>
    public static void Seal(Span<byte> page, int count, int number, uint segmentSeed)
    {
        BinaryPrimitives.WriteInt32LittleEndian(page[BodyBytes..], count);
        BinaryPrimitives.WriteInt32LittleEndian(page[(BodyBytes + 4)..], number);
        BinaryPrimitives.WriteInt32LittleEndian(page[(BodyBytes + 8)..], 0);
        BinaryPrimitives.WriteUInt32LittleEndian(page[ChecksumAt..], Checksum(page, number, segmentSeed));
    }

    /// <summary>Whether the page is what was written there: whole, at this place, of this segment, with so many entries.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> page, int count, int number, uint segmentSeed) =>
        page.Length == SizeBytes
        && BinaryPrimitives.ReadInt32LittleEndian(page[BodyBytes..]) == count
        && BinaryPrimitives.ReadInt32LittleEndian(page[(BodyBytes + 4)..]) == number
        && BinaryPrimitives.ReadUInt32LittleEndian(page[ChecksumAt..]) == Checksum(page, number, segmentSeed);

    private static uint Checksum(ReadOnlySpan<byte> page, int number, uint segmentSeed) =>
        FileHeader.Crc32C(RecordHeader.PlaceSeed(segmentSeed, (long)number * SizeBytes), page[..ChecksumAt]);
}
