using System.Runtime.InteropServices;
using Dataforts.Content;

namespace Dataforts.Log;

internal sealed partial class SegmentLog
{
    // A shorter rest is read from the segment as quickly.
    private const long WorthAHint = 256 << 10;

    /// <summary>Payload bytes of chunk records that hints leave out because a later record of their segment has replaced them.</summary>
    public long ShadowedBytes { get; private set; }

    private string HintPathOf(ulong id) => Path.Combine(_options.Folder, $"{id:D16}.hint");

    /// <summary>Replays a segment from its hint file, as far as that goes, so that its payloads and headers are not read.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="vouchedFor">A hint that speaks of bytes behind this may be about others than are there now; a writer removes it.</param>
    /// <param name="replay">Gets the records so that taking them in this order is right.</param>
    /// <returns>Where to read on in the segment itself.</returns>
    private long ReplayHint(SegmentFile segment, long vouchedFor, Action<LogRecord> replay)
    {
        string path = HintPathOf(segment.Id);
        if (!File.Exists(path)) return FileHeader.SizeBytes;
        try
        {
            using StorageFile file = _options.Device.Open(path, writable: false);
            HintFile hint = HintFile.Open(new HintBytes(file), path, _options.StoreId, (uint)segment.Id);
            if (hint.Summary.CoveredLength <= vouchedFor)
            {
                hint.Verify();
                return Replay(hint, segment, replay);
            }
        }
        catch (Exception error) when (error is HintException or IOException or UnauthorizedAccessException)
        {
            // The segment says the same, only more slowly. verify compares the two.
            _damages.Add(new LogDamage(path, (error as HintException)?.Offset ?? 0, 0, error.Message));
        }
        if (_options.Writable) DeleteHint(segment.Id);
        return FileHeader.SizeBytes;
    }

    private long Replay(HintFile hint, SegmentFile segment, Action<LogRecord> replay)
    {
        List<LogRecord> records = hint.ReadRecords();
        Dictionary<BlobHash, uint> removals = RemovalsOf(segment, records);
        long live = 0;
        List<LogRecord> later = [];
        Span<byte> page = stackalloc byte[HintPage.SizeBytes];
        for (int number = 1; number <= hint.ChunkPages; number++)
        {
            int count = hint.ReadChunks(number, page);
            for (int i = 0; i < count; i++)
            {
                HintChunk chunk = HintPage.ChunkAt(page, i);
                var record = new LogRecord(RecordKind.Chunk, chunk.Hash, 0, 0, new RecordLocation((uint)segment.Id, chunk.Offset, chunk.Length));
                live += record.End - record.Start;
                // What a removal in this segment lies behind comes before it, all else after.
                if (removals.Count == 0) replay(record);
                else if (removals.TryGetValue(chunk.Hash, out uint removedAt) && removedAt > chunk.Offset) replay(record);
                else later.Add(record);
            }
        }
        foreach (LogRecord record in records)
        {
            live += record.End - record.Start;
            replay(record);
        }
        foreach (LogRecord record in later) replay(record);
        segment.HintedLength = hint.Summary.CoveredLength;
        Interlocked.Add(ref segment.GarbageBytes, Math.Max(0, hint.Summary.CoveredLength - FileHeader.SizeBytes - live));
        ShadowedBytes += hint.Summary.ShadowedBytes;
        _sequence = Math.Max(_sequence, hint.Summary.LastSequence);
        return hint.Summary.CoveredLength;
    }

    private static Dictionary<BlobHash, uint> RemovalsOf(SegmentFile segment, List<LogRecord> records)
    {
        var removals = new Dictionary<BlobHash, uint>();
        foreach (LogRecord record in records)
        {
            if (record.Kind != RecordKind.Removal) continue;
            var payload = new byte[record.Location.Length];
            // One that cannot be read is told where it is replayed.
            if (segment.Read(payload, record.Location.Offset) != payload.Length || BlobHash.Compute(payload) != record.Hash) continue;
            foreach (BlobHash hash in MemoryMarshal.Cast<byte, BlobHash>(payload.AsSpan(0, payload.Length - (payload.Length % BlobHash.SizeBytes))))
                removals[hash] = record.Location.Offset;
        }
        return removals;
    }

    /// <summary>Writes the hints that make the next opening short; called when the log is closed in order.</summary>
    public void WriteHints()
    {
        foreach (SegmentFile segment in _order) WriteHint(segment);
    }

    // Derived, so one that cannot be written is done without, and its name need not last. Flushed before it gets the name, so that a loss of power
    // leaves none that would be taken for damaged.
    private void WriteHint(SegmentFile segment)
    {
        if (segment.Damaged || segment.Length - Math.Max(FileHeader.SizeBytes, segment.HintedLength) < WorthAHint) return;
        string path = HintPathOf(segment.Id), aside = path + ".new";
        try
        {
            var scan = new SegmentScan(segment, segment.Length, 0, long.MaxValue);
            List<LogRecord> records = scan.RecordsFrom(FileHeader.SizeBytes);
            if (scan.End != segment.Length || scan.Gaps.Count > 0 || scan.Unreadable.Count > 0) return;
            using (StorageFile file = _options.Device.Create(aside, replace: true))
            {
                Write(segment, scan.LastSequence, records, file);
                file.FlushData();
            }
            _options.Device.Move(aside, path);
            segment.HintedLength = segment.Length;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            TryDelete(aside);
        }
    }

    private void Write(SegmentFile segment, ulong lastSequence, List<LogRecord> records, StorageFile file)
    {
        HintChunk[] chunks = [.. records.Where(r => r.Kind == RecordKind.Chunk).Select(r => new HintChunk(r.Hash, r.Location.Offset, r.Location.Length))];
        LogRecord[] others = [.. records.Where(r => r.Kind is not (RecordKind.Chunk or RecordKind.Flushed or RecordKind.Abandoned))];
        Array.Sort(chunks);
        long shadowed = 0;
        for (int i = 0; i + 1 < chunks.Length; i++)
        {
            if (chunks[i].Hash == chunks[i + 1].Hash) shadowed += chunks[i].Length;
        }
        var summary = new HintSummary(_options.StoreId, (uint)segment.Id, segment.Length, lastSequence) { ShadowedBytes = shadowed };
        HintWriter.Write(summary, NowMs(), chunks, others, (bytes, offset) => file.Write(bytes, offset));
    }

    private void DeleteHint(ulong id) => _options.Device.Delete(HintPathOf(id));

    private bool TryDelete(string path)
    {
        try
        {
            _options.Device.Delete(path);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
