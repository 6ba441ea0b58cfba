using System.Buffers.Binary;
using Dataforts.Content;

namespace Dataforts.Log;

/// <summary>What the last writer left: each segment's length, and how much of it is known to be on stable storage.</summary>
/// <remarks>
/// After the file header:
/// <code>
///  0  1  state: 0 a writer has the store open (or died), 1 closed in order
///  1  1  1 when a boot id follows, else 0
///  2  2  zero
///  4  4  number of segments, u32 LE
///  8 16  boot id: bytes not yet on stable storage are still in the cache of this boot
/// 24 32  BLAKE3 of the index of names as it was closed; zero for unknown
/// 56 24  per segment: id u64, length i64, synced length i64, all LE
///    32  BLAKE3 of all before
/// </code>
/// </remarks>
internal sealed record Checkpoint(Guid StoreId, ulong Generation, bool Clean, Guid? BootId, BlobHash IndexHash, IReadOnlyList<Checkpoint.Segment> Segments)
{
    public const string FileName = "checkpoint";

    private const int FixedBytes = 56;
    private const int MaxFileBytes = 64 * 1024 * 1024;
    private const int SegmentBytes = 24;

    public readonly record struct Segment(ulong Id, long Length, long SyncedLength);

    /// <summary>The checkpoint of a store that holds no segment yet.</summary>
    public static Checkpoint Empty(Guid storeId) => new(storeId, 0, true, null, default, []);

    public Segment? Find(ulong id)
    {
        foreach (Segment segment in Segments)
        {
            if (segment.Id == id) return segment;
        }
        return null;
    }

    /// <summary>Whether every segment that another checkpoint lists is in this one as well: none of them has been compacted away.</summary>
    public bool ListsAll(Checkpoint other)
    {
        HashSet<ulong> listed = [.. Segments.Select(segment => segment.Id)];
        return other.Segments.All(segment => listed.Contains(segment.Id));
    }

    public void Save(StorageDevice device, string folder, long nowMs)
    {
        var bytes = new byte[FileHeader.SizeBytes + FixedBytes + (Segments.Count * SegmentBytes) + BlobHash.SizeBytes];
        new FileHeader(FileHeader.CheckpointMagic, FileHeader.CurrentVersion, StoreId, Generation, nowMs).Write(bytes);
        Span<byte> body = bytes.AsSpan(FileHeader.SizeBytes);
        body[0] = Clean ? (byte)1 : (byte)0;
        body[1] = BootId is null ? (byte)0 : (byte)1;
        BinaryPrimitives.WriteInt32LittleEndian(body[4..], Segments.Count);
        BootId?.TryWriteBytes(body[8..]);
        IndexHash.CopyTo(body[24..]);
        for (int i = 0; i < Segments.Count; i++)
        {
            Span<byte> entry = body[(FixedBytes + (i * SegmentBytes))..];
            BinaryPrimitives.WriteUInt64LittleEndian(entry, Segments[i].Id);
            BinaryPrimitives.WriteInt64LittleEndian(entry[8..], Segments[i].Length);
            BinaryPrimitives.WriteInt64LittleEndian(entry[16..], Segments[i].SyncedLength);
        }
        BlobHash.Compute(bytes.AsSpan(0, bytes.Length - BlobHash.SizeBytes)).CopyTo(bytes.AsSpan(bytes.Length - BlobHash.SizeBytes));
        device.Replace(Path.Combine(folder, FileName), bytes);
    }

    /// <summary>Reads the checkpoint of <paramref name="folder"/>; a damaged one is a typed error that names it.</summary>
    public static Checkpoint Load(StorageDevice device, string folder, Guid storeId)
    {
        string path = Path.Combine(folder, FileName);
        byte[] bytes = device.ReadAll(path, MaxFileBytes);
        FileHeader header = FileHeader.Read(bytes, FileHeader.CheckpointMagic, path);
        if (header.StoreId != storeId) throw FileHeader.Damaged(path, 16, "the file belongs to another store");
        int end = bytes.Length - BlobHash.SizeBytes;
        if (end < FileHeader.SizeBytes + FixedBytes || BlobHash.Compute(bytes.AsSpan(0, end)) != new BlobHash(bytes.AsSpan(end)))
            throw FileHeader.Damaged(path, FileHeader.SizeBytes, "the checksum is wrong");
        ReadOnlySpan<byte> body = bytes.AsSpan(FileHeader.SizeBytes, end - FileHeader.SizeBytes);
        int count = BinaryPrimitives.ReadInt32LittleEndian(body[4..]);
        if (count < 0 || body.Length != FixedBytes + ((long)count * SegmentBytes))
            throw FileHeader.Damaged(path, FileHeader.SizeBytes + 4, $"{count} segments do not fit the file");
        var segments = new Segment[count];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> entry = body[(FixedBytes + (i * SegmentBytes))..];
            segments[i] = new Segment(BinaryPrimitives.ReadUInt64LittleEndian(entry),
                BinaryPrimitives.ReadInt64LittleEndian(entry[8..]), BinaryPrimitives.ReadInt64LittleEndian(entry[16..]));
        }
        return new Checkpoint(storeId, header.Number, body[0] == 1, body[1] == 1 ? new Guid(body.Slice(8, 16)) : null,
            new BlobHash(body.Slice(24, BlobHash.SizeBytes)), segments);
    }
}
