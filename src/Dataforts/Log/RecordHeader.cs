using System.Buffers.Binary;
using Dataforts.Content;

namespace Dataforts.Log;

/// <summary>The 64 bytes before each payload (docs/FORMAT.md, "Records").</summary>
/// <remarks>
/// <code>
///  0  4  magic "DFrc"
///  4  1  kind
///  5  3  zero
///  8  4  payload length, u32 LE
/// 12  4  CRC-32C of the other 60 bytes, seeded with store id, segment id and the record's offset
/// 16  8  sequence number, u64 LE, strictly rising through the log
/// 24  8  written at, Unix milliseconds, i64 LE
/// 32 32  BLAKE3 of the payload; for a chunk, its address
/// </code>
/// The seed ties a header to its place: bytes that look like a record but lie elsewhere (a stored copy of another
/// store's segment, the rest of a recycled file) do not pass.
/// </remarks>
internal readonly record struct RecordHeader(RecordKind Kind, int PayloadLength, ulong Sequence, long WrittenAtMs, BlobHash Hash)
{
    public const int SizeBytes = 64;
    public const uint Magic = 0x6372_4644;

    /// <summary>The longest payload but a void's: 16 MiB. Nothing longer is written, so a header that says otherwise is none.</summary>
    public const int MaxPayloadBytes = 16 * 1024 * 1024;

    /// <summary>Records begin at multiples of this; the gap after a payload is zero.</summary>
    public const int Alignment = 8;

    /// <summary>Bytes from this record's start to the next one's.</summary>
    public long Stride => SizeBytes + PaddedLength(PayloadLength);

    public static long PaddedLength(long payloadLength) => (payloadLength + (Alignment - 1)) & ~(long)(Alignment - 1);

    public void Write(Span<byte> destination, uint placeSeed)
    {
        Span<byte> header = destination[..SizeBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(header, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)Kind);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], PayloadLength);
        BinaryPrimitives.WriteUInt64LittleEndian(header[16..], Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(header[24..], WrittenAtMs);
        Hash.CopyTo(header[32..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], Checksum(header, placeSeed));
    }

    /// <summary>Whether <paramref name="bytes"/> hold the header of a record at the place that <paramref name="placeSeed"/> stands for.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, uint placeSeed, out RecordHeader header)
    {
        header = default;
        if (bytes.Length < SizeBytes || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic) return false;
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]) != Checksum(bytes, placeSeed)) return false;
        int length = BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]);
        if (length < 0 || (length > MaxPayloadBytes && (RecordKind)bytes[4] != RecordKind.Void)) return false;
        header = new RecordHeader((RecordKind)bytes[4], length, BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]), new BlobHash(bytes.Slice(32, BlobHash.SizeBytes)));
        return true;
    }

    /// <summary>Writes a header whose number, time (when it is 0) and checksum are yet to come (<see cref="Complete"/>).</summary>
    public static void WriteDraft(Span<byte> destination, RecordKind kind, int payloadLength, long writtenAtMs, in BlobHash hash)
    {
        Span<byte> header = destination[..SizeBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(header, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)kind);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], payloadLength);
        BinaryPrimitives.WriteInt64LittleEndian(header[24..], writtenAtMs);
        hash.CopyTo(header[32..]);
    }

    /// <summary>The payload's length in a draft.</summary>
    public static int DraftLength(ReadOnlySpan<byte> draft) => BinaryPrimitives.ReadInt32LittleEndian(draft[8..]);

    /// <summary>What a draft, or a header, has for its hash.</summary>
    public static BlobHash HashOfDraft(ReadOnlySpan<byte> draft) => new(draft.Slice(32, BlobHash.SizeBytes));

    /// <summary>Makes a draft a header.</summary>
    public static void Complete(Span<byte> draft, ulong sequence, long nowMs, uint placeSeed)
    {
        Span<byte> header = draft[..SizeBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(header[16..], sequence);
        if (BinaryPrimitives.ReadInt64LittleEndian(header[24..]) == 0) BinaryPrimitives.WriteInt64LittleEndian(header[24..], nowMs);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], Checksum(header, placeSeed));
    }

    /// <summary>What stands for a place: one store, one segment, one offset.</summary>
    public static uint PlaceSeed(uint segmentSeed, long offset)
    {
        Span<byte> place = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(place, offset);
        return FileHeader.Crc32C(segmentSeed, place);
    }

    /// <summary>The part of <see cref="PlaceSeed"/> that all records of a segment share.</summary>
    public static uint SegmentSeed(Guid storeId, ulong segmentId)
    {
        Span<byte> place = stackalloc byte[24];
        storeId.TryWriteBytes(place);
        BinaryPrimitives.WriteUInt64LittleEndian(place[16..], segmentId);
        return FileHeader.Crc32C(0, place);
    }

    private static uint Checksum(ReadOnlySpan<byte> header, uint placeSeed) =>
        FileHeader.Crc32C(FileHeader.Crc32C(placeSeed, header[..12]), header[16..SizeBytes]);
}
