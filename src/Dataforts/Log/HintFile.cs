using System.Buffers.Binary;
using Dataforts.Content;
using Dataforts.Hashing;

namespace Dataforts.Log;

/// <summary>The chunks of a sealed segment, sorted by hash, and its other records in the order of the log (docs/FORMAT.md, "Hint file").</summary>
/// <remarks>
/// Pages of 4 KiB: one for the header, then those of the chunks, then those of the other records; last a BLAKE3 of all before. In the first page,
/// behind the file header:
/// <code>
/// 64  8  covered length of the segment, i64 LE
/// 72  8  last sequence number, u64 LE
/// 80  4  number of chunks, u32 LE
/// 84  4  number of other records, u32 LE
/// 88  8  bytes of the chunks' payloads, i64 LE
/// 96  8  payload bytes of chunk records that a later one in the segment has replaced, i64 LE
/// </code>
/// Thread-safe. It keeps no bytes: every read is one of the file, and is checked by itself.
/// </remarks>
internal sealed class HintFile
{
    private const int DigestBlock = 64 * 1024;

    private readonly IHintBytes _bytes;
    private readonly uint _seed;

    private HintFile(IHintBytes bytes, string path, HintSummary summary, ReadOnlySpan<byte> header)
    {
        _bytes = bytes;
        Path = path;
        _seed = RecordHeader.SegmentSeed(summary.StoreId, summary.Segment);
        Summary = summary with
        {
            CoveredLength = BinaryPrimitives.ReadInt64LittleEndian(header[64..]),
            LastSequence = BinaryPrimitives.ReadUInt64LittleEndian(header[72..]),
            ShadowedBytes = BinaryPrimitives.ReadInt64LittleEndian(header[96..]),
        };
        ChunkCount = BinaryPrimitives.ReadInt32LittleEndian(header[80..]);
        RecordCount = BinaryPrimitives.ReadInt32LittleEndian(header[84..]);
        ChunkBytes = BinaryPrimitives.ReadInt64LittleEndian(header[88..]);
    }

    public string Path { get; }

    public HintSummary Summary { get; }

    public uint Segment => Summary.Segment;

    public int ChunkCount { get; }

    public int RecordCount { get; }

    /// <summary>The chunks' payloads in all.</summary>
    public long ChunkBytes { get; }

    /// <summary>Pages of chunks; the first has number 1.</summary>
    public int ChunkPages => PagesFor(ChunkCount, HintPage.ChunksPerPage);

    public int RecordPages => PagesFor(RecordCount, HintPage.RecordsPerPage);

    /// <summary>Reads the header, one page. What it claims fits the file's length, so that nothing else can size memory.</summary>
    /// <exception cref="HintException">The file is damaged, cannot be read, or belongs to another store or segment.</exception>
    /// <exception cref="DatafortsException">UnsupportedVersion.</exception>
    public static HintFile Open(IHintBytes bytes, string path, Guid storeId, uint segment)
    {
        Span<byte> page = stackalloc byte[HintPage.SizeBytes];
        ReadExactly(bytes, path, segment, page, 0);
        long length = LengthOf(bytes, path, segment);
        FileHeader header;
        try
        {
            header = FileHeader.Read(page, FileHeader.HintsMagic, path);
        }
        catch (DatafortsException error) when (error.Kind == ErrorKind.StoreDamaged)
        {
            throw new HintException(segment, path, 0, $"the file header is damaged ({error.Message})");
        }
        if (header.StoreId != storeId || header.Number != segment)
            throw new HintException(segment, path, 16, $"the file belongs to segment {header.Number} of store {header.StoreId}");
        if (!HintPage.IsWhole(page, 0, 0, RecordHeader.SegmentSeed(storeId, segment)))
            throw new HintException(segment, path, 64, "the first page's checksum is wrong");
        var file = new HintFile(bytes, path, new HintSummary(storeId, segment, 0, 0), page);
        long expected = ((1L + file.ChunkPages + file.RecordPages) * HintPage.SizeBytes) + BlobHash.SizeBytes;
        if (file.ChunkCount < 0 || file.RecordCount < 0 || length != expected)
            throw new HintException(segment, path, 80, $"{file.ChunkCount} chunks and {file.RecordCount} records do not fit a file of {length} bytes");
        return file;
    }

    /// <summary>Entries of a page of chunks.</summary>
    public int ChunksIn(int page) => Math.Min(HintPage.ChunksPerPage, ChunkCount - ((page - 1) * HintPage.ChunksPerPage));

    /// <summary>Reads a page of chunks and checks it. Allocates nothing.</summary>
    /// <param name="page">1 to <see cref="ChunkPages"/>.</param>
    /// <param name="destination">Gets the page; <see cref="HintPage.SizeBytes"/> long.</param>
    /// <returns>The chunks in it.</returns>
    /// <exception cref="HintException">The page is damaged or cannot be read.</exception>
    public int ReadChunks(int page, Span<byte> destination) => ReadPage(page, ChunksIn(page), destination);

    /// <summary>The records that are not chunks, in the order of the log.</summary>
    /// <exception cref="HintException">A page is damaged or cannot be read.</exception>
    public List<LogRecord> ReadRecords()
    {
        var records = new List<LogRecord>(RecordCount);
        Span<byte> page = stackalloc byte[HintPage.SizeBytes];
        for (int number = 1 + ChunkPages; records.Count < RecordCount; number++)
        {
            int count = ReadPage(number, Math.Min(HintPage.RecordsPerPage, RecordCount - records.Count), page);
            for (int i = 0; i < count; i++) records.Add(HintPage.RecordAt(page, i, Segment));
        }
        return records;
    }

    /// <summary>Reads the whole file against the BLAKE3 at its end.</summary>
    /// <exception cref="HintException">The file is damaged or cannot be read.</exception>
    public void Verify()
    {
        var hasher = new Blake3Hasher();
        var block = new byte[DigestBlock];
        long end = (1L + ChunkPages + RecordPages) * HintPage.SizeBytes;
        for (long at = 0; at < end; at += DigestBlock)
        {
            Span<byte> piece = block.AsSpan(0, (int)Math.Min(DigestBlock, end - at));
            ReadExactly(_bytes, Path, Segment, piece, at);
            hasher.Update(piece);
        }
        Span<byte> digest = stackalloc byte[BlobHash.SizeBytes];
        Span<byte> stored = stackalloc byte[BlobHash.SizeBytes];
        hasher.Finalize(digest);
        ReadExactly(_bytes, Path, Segment, stored, end);
        if (!digest.SequenceEqual(stored)) throw new HintException(Segment, Path, end, "the file does not hash to what it ends with");
    }

    /// <summary>Pages that so many entries take.</summary>
    public static int PagesFor(int count, int perPage) => (int)((count + (long)perPage - 1) / perPage);

    private int ReadPage(int number, int count, Span<byte> destination)
    {
        long at = (long)number * HintPage.SizeBytes;
        ReadExactly(_bytes, Path, Segment, destination, at);
        if (!HintPage.IsWhole(destination, count, number, _seed)) throw new HintException(Segment, Path, at, "the page's checksum is wrong");
        return count;
    }

    private static long LengthOf(IHintBytes bytes, string path, uint segment)
    {
        try
        {
            return bytes.Length;
        }
        catch (Exception error) when (IsRefusal(error))
        {
            throw new HintException(segment, path, 0, $"the file cannot be read: {error.Message}", error);
        }
    }

    private static void ReadExactly(IHintBytes bytes, string path, uint segment, Span<byte> destination, long offset)
    {
        int total = 0;
        while (total < destination.Length)
        {
            int read;
            try
            {
                read = bytes.Read(destination[total..], offset + total);
            }
            catch (Exception error) when (IsRefusal(error))
            {
                throw new HintException(segment, path, offset, $"the file cannot be read: {error.Message}", error);
            }
            if (read == 0) throw new HintException(segment, path, offset + total, "the file ends too early");
            total += read;
        }
    }

    private static bool IsRefusal(Exception error) =>
        error is IOException or UnauthorizedAccessException or ObjectDisposedException or DatafortsException;
}
