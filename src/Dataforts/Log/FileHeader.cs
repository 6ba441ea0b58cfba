using System.Buffers.Binary;
using System.Numerics;

namespace Dataforts.Log;

/// <summary>The first 64 bytes of every file of a store (docs/FORMAT.md, "The store on disk").</summary>
/// <remarks>
/// <code>
///  0  8  magic: names the kind of file
///  8  4  version, u32 LE
/// 12  4  CRC-32C of the 64 bytes with this field zero
/// 16 16  store id
/// 32  8  number: a segment's id, a checkpoint's generation, else 0
/// 40  8  made at, Unix milliseconds, i64 LE
/// 48 16  zero
/// </code>
/// </remarks>
internal readonly record struct FileHeader(ulong Magic, uint Version, Guid StoreId, ulong Number, long MadeAtMs)
{
    public const int SizeBytes = 64;
    public const uint CurrentVersion = 3;

    /// <summary>Version 1 knows no flush marks, removals and hint files, version 2 no channels; otherwise they are the same.</summary>
    public const uint OldestVersion = 1;

    /// <summary>Magics read as ASCII: DFSTORE1 and so on would tie the version in, so the eighth byte is zero.</summary>
    public static readonly ulong StoreMagic = Magic8("DFSTORE\0"u8);
    public static readonly ulong SegmentMagic = Magic8("DFSEGMT\0"u8);
    public static readonly ulong CheckpointMagic = Magic8("DFCHECK\0"u8);
    public static readonly ulong HintsMagic = Magic8("DFHINTS\0"u8);
    public static readonly ulong LockMagic = Magic8("DFLOCK\0\0"u8);
    public static readonly ulong QuarantineMagic = Magic8("DFQUARN\0"u8);
    public static readonly ulong NoticeMagic = Magic8("DFNOTES\0"u8);
    public static readonly ulong WorkerControlMagic = Magic8("DFWCTRL\0"u8);
    public static readonly ulong WorkerRecordMagic = Magic8("DFWRECD\0"u8);

    private static ulong Magic8(ReadOnlySpan<byte> text) => BinaryPrimitives.ReadUInt64LittleEndian(text);

    public void Write(Span<byte> destination)
    {
        Span<byte> header = destination[..SizeBytes];
        header.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(header, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], Version);
        StoreId.TryWriteBytes(header[16..]);
        BinaryPrimitives.WriteUInt64LittleEndian(header[32..], Number);
        BinaryPrimitives.WriteInt64LittleEndian(header[40..], MadeAtMs);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], Crc32C(0, header));
    }

    /// <summary>Reads and checks a header; throws a typed error that names the file and what is wrong with it.</summary>
    public static FileHeader Read(ReadOnlySpan<byte> bytes, ulong magic, string path)
    {
        if (bytes.Length < SizeBytes)
            throw Damaged(path, bytes.Length, $"the file ends inside its {SizeBytes}-byte header");
        if (BinaryPrimitives.ReadUInt64LittleEndian(bytes) != magic)
            throw Damaged(path, 0, "the magic number is wrong");
        Span<byte> copy = stackalloc byte[SizeBytes];
        bytes[..SizeBytes].CopyTo(copy);
        copy[12..16].Clear();
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]) != Crc32C(0, copy))
            throw Damaged(path, 12, "the header's checksum is wrong");
        uint version = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        if (version is < OldestVersion or > CurrentVersion)
        {
            throw new DatafortsException(ErrorKind.UnsupportedVersion,
                $"{path}: version {version} is unknown to this program, which reads versions {OldestVersion} to {CurrentVersion}");
        }
        return new FileHeader(magic, version, new Guid(bytes[16..32]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[32..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]));
    }

    public static DatafortsException Damaged(string path, long offset, string what) =>
        new(ErrorKind.StoreDamaged, $"{path}, byte {offset}: {what}");

    /// <summary>CRC-32C (Castagnoli), without the usual inversions: <paramref name="seed"/> may carry context into it.</summary>
    public static uint Crc32C(uint seed, ReadOnlySpan<byte> data)
    {
        uint crc = ~seed;
        while (data.Length >= 8)
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
            data = data[8..];
        }
        foreach (byte b in data) crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }
}
