using System.Collections.Concurrent;
using System.Globalization;

namespace Dataforts.Log;

internal sealed partial class SegmentLog
{
    private readonly ConcurrentDictionary<ulong, RestingFile> _hints = new();

    /// <summary>Called, off the callers' threads, when a full segment has got a hint file.</summary>
    public Action<ulong>? Hinted { get; set; }

    /// <summary>Bytes of payload of chunk records that hints leave out because a later record of their segment has replaced them.</summary>
    public long ShadowedBytes { get; private set; }

    private string HintPathOf(ulong id) => Path.Combine(_options.Folder, $"{id:D16}.hint");

    /// <summary>Replays a segment from its hint file, as far as that goes, so that its payloads and headers are not read.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="vouchedFor">A hint that speaks of bytes behind this may be about others than are there now; a writer removes it.</param>
    /// <param name="replay">Gets the chunk records, then the others.</param>
    /// <returns>Where to read on in the segment itself.</returns>
    private long ReplayHint(SegmentFile segment, long vouchedFor, Action<LogRecord> replay)
    {
        string path = HintPathOf(segment.Id);
        if (!File.Exists(path)) return FileHeader.SizeBytes;
        try
        {
            using var file = new RestingFile(_options.Device, _open, path, writable: false);
            HintFile hint = HintFile.Open(file, path, _options.StoreId, (uint)segment.Id);
            if (hint.Summary.CoveredLength <= vouchedFor)
            {
                hint.Verify();
                return Replay(hint, segment, replay);
            }
        }
        catch (HintException error) when (error.InnerException is FileNotFoundException)
        {
            // Compacted away, under a reader. What becomes of the segment itself is told where that is read.
            return FileHeader.SizeBytes;
        }
        catch (Exception error) when (error is HintException or IOException or UnauthorizedAccessException)
        {
            // The segment says the same, only more slowly. verify compares the two.
            _damages.Add(new LogDamage(path, (error as HintException)?.Offset ?? 0, 0, error.Message));
        }
        if (_options.Writable) DeleteHint(segment.Id);
        return FileHeader.SizeBytes;
    }

    // The numbers of a file that vouches for itself only are held against the segment before they size anything.
    private static void Check(HintFile hint, LogRecord record)
    {
        bool isSound = record.Location.Length is >= 0 and <= RecordHeader.MaxPayloadBytes
            && record.Location.Offset >= FileHeader.SizeBytes + RecordHeader.SizeBytes && record.End <= hint.Summary.CoveredLength
            && record.Kind is RecordKind.Chunk or RecordKind.Name or RecordKind.Pin or RecordKind.ContentHash or RecordKind.Removal
                or RecordKind.Copy or RecordKind.Lease or RecordKind.Events or RecordKind.Channel;
        if (!isSound) throw new HintException(hint.Segment, hint.Path, 0, $"the {record.Kind} at {record.Location.Offset} does not fit the segment");
    }

    private long Replay(HintFile hint, SegmentFile segment, Action<LogRecord> replay)
    {
        long live = 0;
        Span<byte> page = stackalloc byte[HintPage.SizeBytes];
        for (int number = 1; number <= hint.ChunkPages; number++)
        {
            int count = hint.ReadChunks(number, page);
            for (int i = 0; i < count; i++)
            {
                HintChunk chunk = HintPage.ChunkAt(page, i);
                var record = new LogRecord(RecordKind.Chunk, chunk.Hash, 0, 0, new RecordLocation((uint)segment.Id, chunk.Offset, chunk.Length));
                Check(hint, record);
                live += record.End - record.Start;
                replay(record);
            }
        }
        foreach (LogRecord record in hint.ReadRecords())
        {
            Check(hint, record);
            live += record.End - record.Start;
            replay(record);
        }
        segment.HintedLength = hint.Summary.CoveredLength;
        Interlocked.Add(ref segment.GarbageBytes, Math.Max(0, hint.Summary.CoveredLength - FileHeader.SizeBytes - live));
        ShadowedBytes += hint.Summary.ShadowedBytes;
        _sequence = Math.Max(_sequence, hint.Summary.LastSequence);
        return hint.Summary.CoveredLength;
    }

    /// <summary>The hint file of a segment that it covers whole, to be read as long as the log is open; null when there is none.</summary>
    public HintFile? OpenHint(ulong id)
    {
        if (!_segments.TryGetValue((uint)id, out SegmentFile? segment) || segment.HintedLength != segment.Length) return null;
        string path = HintPathOf(id);
        return HintFile.Open(_hints.GetOrAdd(id, _ => new RestingFile(_options.Device, _open, path, writable: false)), path, _options.StoreId, (uint)id);
    }

    /// <summary>Makes a hint file anew from its segment, which says the same.</summary>
    /// <returns>Whether there is a whole one now.</returns>
    public bool RemakeHint(ulong id)
    {
        if (!_options.Writable || !_segments.TryGetValue((uint)id, out SegmentFile? segment) || !segment.Sealed) return false;
        segment.HintedLength = 0;
        WriteHint(segment, worthFrom: 0);
        bool isMade = segment.HintedLength == segment.Length;
        // Where it cannot be written the old one stays, whose other pages are sound.
        segment.HintedLength = segment.Length;
        if (isMade && _hints.TryGetValue(id, out RestingFile? file)) file.Rest();
        return isMade;
    }

    /// <summary>Whether the page that an error speaks of can be read by now.</summary>
    public bool HintPageIsWhole(HintException error)
    {
        try
        {
            int page = (int)(error.Offset / HintPage.SizeBytes);
            if (OpenHint(error.Segment) is not { } hint || page == 0 || page > hint.ChunkPages) return false;
            Span<byte> bytes = stackalloc byte[HintPage.SizeBytes];
            hint.ReadChunks(page, bytes);
            return true;
        }
        catch (HintException)
        {
            // It cannot.
            return false;
        }
    }

    /// <summary>Writes the hints that make the next opening short; called when the log is closed in order.</summary>
    public void WriteHints()
    {
        List<SegmentFile> segments;
        lock (_appendGate) segments = [.. _order];
        foreach (SegmentFile segment in segments) WriteHint(segment, _options.MinHintedBytes);
    }

    // Derived, so one that cannot be written is done without, and its name need not last. Flushed before it gets the name, so that a loss of power
    // leaves none that would be taken for damaged.
    private void WriteHint(SegmentFile segment, long worthFrom)
    {
        if (segment.Damaged || segment.Length - Math.Max(FileHeader.SizeBytes, segment.HintedLength) < worthFrom) return;
        string path = HintPathOf(segment.Id), aside = path + ".new";
        try
        {
            var scan = new SegmentScan(segment, segment.Length, 0, long.MaxValue);
            List<LogRecord> records = scan.RunsFrom(FileHeader.SizeBytes);
            if (scan.End != segment.Length || scan.Gaps.Count > 0 || scan.Unreadable.Count > 0) return;
            using (StorageFile file = _options.Device.Create(aside, replace: true))
            {
                Write(segment, scan.LastSequence, records, file);
                file.FlushData();
            }
            _options.Device.Move(aside, path);
            segment.HintedLength = segment.Length;
            if (!_segments.ContainsKey((uint)segment.Id)) DeleteHint(segment.Id);
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

    // Hints without a segment, and those that were never finished: a writer was killed before it could remove or rename them.
    private void DeleteStrayHints(HashSet<ulong> present)
    {
        if (!Directory.Exists(_options.Folder)) return;
        foreach (string path in Directory.EnumerateFiles(_options.Folder, "*.hint*"))
        {
            string name = Path.GetFileName(path);
            if (name.Length < 16 || !uint.TryParse(name.AsSpan(0, 16), NumberStyles.None, CultureInfo.InvariantCulture, out uint id)) continue;
            if (name[16..] == ".hint.new" || (name[16..] == ".hint" && !present.Contains(id))) TryDelete(path);
        }
    }

    private void DeleteHint(ulong id)
    {
        if (_hints.TryRemove(id, out RestingFile? file)) file.Dispose();
        _options.Device.Delete(HintPathOf(id));
    }

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
