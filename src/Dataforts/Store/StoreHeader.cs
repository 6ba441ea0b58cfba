using System.Buffers.Binary;
using System.Text;
using Dataforts.Chunking;
using Dataforts.Content;
using Dataforts.Log;

namespace Dataforts.Store;

/// <summary>What is settled when a store is made and never changes: who it is, how it cuts by default, how long its segments are.</summary>
/// <remarks>
/// After the file header:
/// <code>
///  0  8  segment bytes, i64 LE
///  8  2  length of the profile's text, u16 LE
/// 10  n  the profile as on the command line, ASCII
///    32  BLAKE3 of all before
/// </code>
/// The profile is kept so that a new default does not end an old store's dedup.
/// </remarks>
internal sealed record StoreHeader(Guid StoreId, long CreatedAtMs, ChunkingProfile Profile, long SegmentBytes)
{
    public const string FileName = "dataforts.store";

    private const int MaxFileBytes = FileHeader.SizeBytes + 10 + ushort.MaxValue + BlobHash.SizeBytes;

    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, FileName));

    public void Save(StorageDevice device, string folder)
    {
        byte[] profile = Encoding.ASCII.GetBytes(Profile.ToString());
        var bytes = new byte[FileHeader.SizeBytes + 10 + profile.Length + BlobHash.SizeBytes];
        new FileHeader(FileHeader.StoreMagic, FileHeader.CurrentVersion, StoreId, 0, CreatedAtMs).Write(bytes);
        Span<byte> body = bytes.AsSpan(FileHeader.SizeBytes);
        BinaryPrimitives.WriteInt64LittleEndian(body, SegmentBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(body[8..], (ushort)profile.Length);
        profile.CopyTo(body[10..]);
        int end = bytes.Length - BlobHash.SizeBytes;
        BlobHash.Compute(bytes.AsSpan(0, end)).CopyTo(bytes.AsSpan(end));
        device.Replace(Path.Combine(folder, FileName), bytes);
    }

    public static StoreHeader Load(StorageDevice device, string folder)
    {
        string path = Path.Combine(folder, FileName);
        byte[] bytes = device.ReadAll(path, MaxFileBytes);
        FileHeader header = FileHeader.Read(bytes, FileHeader.StoreMagic, path);
        int end = bytes.Length - BlobHash.SizeBytes;
        if (end < FileHeader.SizeBytes + 10 || BlobHash.Compute(bytes.AsSpan(0, end)) != new BlobHash(bytes.AsSpan(end)))
            throw FileHeader.Damaged(path, FileHeader.SizeBytes, "the checksum is wrong");
        ReadOnlySpan<byte> body = bytes.AsSpan(FileHeader.SizeBytes, end - FileHeader.SizeBytes);
        long segmentBytes = BinaryPrimitives.ReadInt64LittleEndian(body);
        int length = BinaryPrimitives.ReadUInt16LittleEndian(body[8..]);
        if (body.Length != 10 + length
            || !ChunkingProfile.TryParse(Encoding.ASCII.GetString(body[10..]), out ChunkingProfile? profile)
            || segmentBytes is < FileHeader.SizeBytes or > StoreLimits.MaxSegmentBytes)
        {
            throw FileHeader.Damaged(path, FileHeader.SizeBytes, "the store's settings do not parse");
        }
        return new StoreHeader(header.StoreId, header.MadeAtMs, profile, segmentBytes);
    }
}
