using System.Buffers.Binary;
using Dataforts.Content;
using Dataforts.Log;

namespace Dataforts.Store;

/// <summary>The file that lists the chunks in quarantine. That they are out of service is in the log, as removals; the list says where the wrong
/// bytes lie.</summary>
/// <remarks>
/// After the file header, whose number is the count of chunks:
/// <code>
///  0 56  per chunk: hash (32), segment u32, offset u32, length u32, zero u32, found at i64 (Unix milliseconds), all LE
///    32  BLAKE3 of all before
/// </code>
/// </remarks>
internal static class QuarantineList
{
    public const string FileName = "quarantine";

    /// <summary>More are put into quarantine all the same, and not listed.</summary>
    public const int MaxChunks = 65_536;

    private const int EntryBytes = 56;
    private const int MaxFileBytes = FileHeader.SizeBytes + (MaxChunks * EntryBytes) + BlobHash.SizeBytes;

    public static void Save(StorageDevice device, string folder, Guid storeId, IReadOnlyCollection<QuarantinedChunk> chunks, long nowMs)
    {
        int count = Math.Min(chunks.Count, MaxChunks);
        var bytes = new byte[FileHeader.SizeBytes + (count * EntryBytes) + BlobHash.SizeBytes];
        new FileHeader(FileHeader.QuarantineMagic, FileHeader.CurrentVersion, storeId, (ulong)count, nowMs).Write(bytes);
        Span<byte> rest = bytes.AsSpan(FileHeader.SizeBytes);
        foreach (QuarantinedChunk chunk in chunks.Take(count))
        {
            chunk.Hash.CopyTo(rest);
            BinaryPrimitives.WriteUInt32LittleEndian(rest[32..], chunk.Segment);
            BinaryPrimitives.WriteUInt32LittleEndian(rest[36..], chunk.Offset);
            BinaryPrimitives.WriteInt32LittleEndian(rest[40..], chunk.Length);
            BinaryPrimitives.WriteInt64LittleEndian(rest[48..], chunk.FoundAt.ToUnixTimeMilliseconds());
            rest = rest[EntryBytes..];
        }
        BlobHash.Compute(bytes.AsSpan(0, bytes.Length - BlobHash.SizeBytes)).CopyTo(rest);
        device.Replace(Path.Combine(folder, FileName), bytes);
    }

    /// <summary>Reads the list; none is an empty one.</summary>
    /// <exception cref="DatafortsException">StoreDamaged or UnsupportedVersion, naming the file.</exception>
    public static List<QuarantinedChunk> Load(StorageDevice device, string folder, Guid storeId)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return [];
        byte[] bytes = device.ReadAll(path, MaxFileBytes);
        FileHeader header = FileHeader.Read(bytes, FileHeader.QuarantineMagic, path);
        if (header.StoreId != storeId) throw FileHeader.Damaged(path, 16, "the file belongs to another store");
        int end = bytes.Length - BlobHash.SizeBytes;
        if (end < FileHeader.SizeBytes || BlobHash.Compute(bytes.AsSpan(0, end)) != new BlobHash(bytes.AsSpan(end)))
            throw FileHeader.Damaged(path, FileHeader.SizeBytes, "the checksum is wrong");
        if (header.Number > MaxChunks || end - FileHeader.SizeBytes != (int)header.Number * EntryBytes)
            throw FileHeader.Damaged(path, 32, $"{header.Number} chunks do not fit the file");
        var chunks = new List<QuarantinedChunk>((int)header.Number);
        for (int at = FileHeader.SizeBytes; at < end; at += EntryBytes) chunks.Add(Read(bytes.AsSpan(at, EntryBytes), path, at));
        return chunks;
    }

    private static QuarantinedChunk Read(ReadOnlySpan<byte> entry, string path, long at)
    {
        int length = BinaryPrimitives.ReadInt32LittleEndian(entry[40..]);
        long foundAtMs = BinaryPrimitives.ReadInt64LittleEndian(entry[48..]);
        bool isSound = length is >= 0 and <= StoreLimits.MaxChunkBytes
            && foundAtMs >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds() && foundAtMs <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();
        if (!isSound) throw FileHeader.Damaged(path, at, "the entry is none");
        return new QuarantinedChunk(new BlobHash(entry[..BlobHash.SizeBytes]), BinaryPrimitives.ReadUInt32LittleEndian(entry[32..]),
            BinaryPrimitives.ReadUInt32LittleEndian(entry[36..]), length, DateTimeOffset.FromUnixTimeMilliseconds(foundAtMs));
    }
}
