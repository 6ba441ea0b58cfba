using System.Buffers.Binary;
using Dataforts.Content;
using Dataforts.Hashing;

namespace Dataforts.Log;

/// <summary>Writes hint files (<see cref="HintFile"/>).</summary>
internal static class HintWriter
{
    /// <summary>Takes the next bytes of the file, in order.</summary>
    public delegate void Output(ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Writes a hint file from front to back, a page at a time.</summary>
    /// <param name="summary">The store, the segment and what of it is covered.</param>
    /// <param name="madeAtMs">Now, Unix milliseconds.</param>
    /// <param name="chunks">The segment's chunk records in any order; sorted in place. Of several with one hash the last in the segment counts.</param>
    /// <param name="records">The other records, in the order of the log.</param>
    /// <param name="output">Takes the bytes.</param>
    /// <returns>The file's length.</returns>
    public static long Write(in HintSummary summary, long madeAtMs, Span<HintChunk> chunks, ReadOnlySpan<LogRecord> records, Output output)
    {
        ReadOnlySpan<HintChunk> distinct = SortDistinct(chunks);
        uint seed = RecordHeader.SegmentSeed(summary.StoreId, summary.Segment);
        var hasher = new Blake3Hasher();
        Span<byte> page = stackalloc byte[HintPage.SizeBytes];
        WriteHeader(page, summary, madeAtMs, distinct, records.Length);
        int number = 0;
        Emit(page, 0, ref number, seed, hasher, output);
        for (int at = 0; at < distinct.Length; at += HintPage.ChunksPerPage)
        {
            int count = Math.Min(HintPage.ChunksPerPage, distinct.Length - at);
            for (int i = 0; i < count; i++) HintPage.WriteChunk(page, i, distinct[at + i]);
            Emit(page, count, ref number, seed, hasher, output);
        }
        for (int at = 0; at < records.Length; at += HintPage.RecordsPerPage)
        {
            int count = Math.Min(HintPage.RecordsPerPage, records.Length - at);
            for (int i = 0; i < count; i++) HintPage.WriteRecord(page, i, records[at + i]);
            Emit(page, count, ref number, seed, hasher, output);
        }
        Span<byte> digest = stackalloc byte[BlobHash.SizeBytes];
        hasher.Finalize(digest);
        long end = (long)number * HintPage.SizeBytes;
        output(digest, end);
        return end + digest.Length;
    }

    private static void WriteHeader(Span<byte> page, in HintSummary summary, long madeAtMs, ReadOnlySpan<HintChunk> chunks, int records)
    {
        page.Clear();
        new FileHeader(FileHeader.HintsMagic, FileHeader.CurrentVersion, summary.StoreId, summary.Segment, madeAtMs).Write(page);
        long bytes = 0;
        foreach (ref readonly HintChunk chunk in chunks) bytes += chunk.Length;
        BinaryPrimitives.WriteInt64LittleEndian(page[64..], summary.CoveredLength);
        BinaryPrimitives.WriteUInt64LittleEndian(page[72..], summary.LastSequence);
        BinaryPrimitives.WriteInt32LittleEndian(page[80..], chunks.Length);
        BinaryPrimitives.WriteInt32LittleEndian(page[84..], records);
        BinaryPrimitives.WriteInt64LittleEndian(page[88..], bytes);
        BinaryPrimitives.WriteInt64LittleEndian(page[96..], summary.ShadowedBytes);
    }

    private static void Emit(Span<byte> page, int count, ref int number, uint seed, Blake3Hasher hasher, Output output)
    {
        HintPage.Seal(page, count, number, seed);
        hasher.Update(page);
        output(page, (long)number * HintPage.SizeBytes);
        number++;
        page.Clear();
    }

    private static ReadOnlySpan<HintChunk> SortDistinct(Span<HintChunk> chunks)
    {
        chunks.Sort();
        int kept = 0;
        for (int i = 0; i < chunks.Length; i++)
        {
            if (i + 1 < chunks.Length && chunks[i + 1].Hash == chunks[i].Hash) continue;
            chunks[kept++] = chunks[i];
        }
        return chunks[..kept];
    }
}
