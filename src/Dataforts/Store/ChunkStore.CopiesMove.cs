using System.Runtime.InteropServices;
using Dataforts.Content;
using Dataforts.Log;

namespace Dataforts.Store;

// Writing copies, and where they go when compaction or a rescue moves them.
public sealed partial class ChunkStore
{
    // Says how many bytes of chunks were written.
    private long AppendCopies(List<BlobHash> hashes)
    {
        if (hashes.Count == 0) return 0;
        var buffers = new List<ChunkBuffer>(hashes.Count);
        try
        {
            var records = new List<NewRecord>(hashes.Count);
            foreach (BlobHash hash in hashes)
            {
                ChunkBuffer buffer = Read(hash) ?? throw IntegrityException.Missing(hash);
                buffers.Add(buffer);
                records.Add(new NewRecord(RecordKind.Copy, hash, buffer.Memory));
            }
            lock (_putGate)
            {
                // What was collected meanwhile must not come back behind its removal.
                records.RemoveAll(record => !TryLocate(record.Hash, out _));
                if (records.Count > 0) AppendApart(records);
            }
            long bytes = buffers.Sum(buffer => (long)buffer.Length);
            DatafortsMeter.BytesStored.Add(bytes);
            return bytes;
        }
        finally
        {
            foreach (ChunkBuffer buffer in buffers) buffer.Dispose();
        }
    }

    private void AppendApart(List<NewRecord> records)
    {
        KeepApart(records.Select(record => record.Hash));
        var places = new RecordLocation[records.Count];
        int appended = 0;
        try
        {
            _log.Append(CollectionsMarshal.AsSpan(records), places, ref appended);
        }
        finally
        {
            for (int i = 0; i < appended; i++) AddCopy(records[i].Hash, places[i]);
        }
    }

    // What is written next must not come to lie beside what it is to outlive.
    private void KeepApart(IEnumerable<BlobHash> hashes)
    {
        if (_log.OpenSegment is not { } open) return;
        foreach (BlobHash hash in hashes)
        {
            if (!Array.Exists(PlacesOf(hash), place => place.Segment == open)) continue;
            _log.SealLast();
            return;
        }
    }

    private void AddCopy(in BlobHash hash, RecordLocation place)
    {
        lock (_copiesGate) _copies[hash] = _copies.TryGetValue(hash, out RecordLocation[]? places) ? [.. places, place] : [place];
    }

    private bool DropCopy(in BlobHash hash, RecordLocation place)
    {
        lock (_copiesGate)
        {
            if (!_copies.TryGetValue(hash, out RecordLocation[]? places) || !places.Contains(place)) return false;
            RecordLocation[] left = [.. places.Where(other => other != place)];
            if (left.Length == 0) _copies.Remove(hash);
            else _copies[hash] = left;
        }
        Discard(place);
        return true;
    }

    // Of a chunk that was removed: those that were written before that.
    private bool DropCopies(in BlobHash hash, RecordLocation? before = null)
    {
        bool any = false;
        foreach (RecordLocation place in CopyPlacesOf(hash))
        {
            if (before is { } removal && !IsBefore(place, removal)) continue;
            any |= DropCopy(hash, place);
        }
        return any;
    }

    // Records of copies that still count, out of a segment that is to go. A copy that cannot be read is given up when another is whole.
    private long? MoveCopies(List<LogRecord> records, CancellationToken cancellationToken)
    {
        long moved = 0;
        foreach (LogRecord record in records)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (record.Kind != RecordKind.Copy || !CopyPlacesOf(record.Hash).Contains(record.Location)) continue;
            using ChunkBuffer? buffer = TryReadAt(record.Hash, record.Location) ?? TryReadAny(record.Hash);
            if (buffer is null) return null;
            lock (_putGate)
            {
                if (!CopyPlacesOf(record.Hash).Contains(record.Location)) continue;
                AppendApart([new NewRecord(RecordKind.Copy, record.Hash, buffer.Memory)]);
                DropCopy(record.Hash, record.Location);
            }
            moved += record.End - record.Start;
        }
        return moved;
    }

    // A chunk that is wrong where it lies moves as its copy has it.
    private bool TryReadCopy(in BlobHash hash, Span<byte> bytes)
    {
        using ChunkBuffer? copy = ReadCopy(hash, bytes.Length);
        if (copy is null || copy.Length != bytes.Length) return false;
        copy.Memory.Span.CopyTo(bytes);
        return true;
    }

    // The log has written a copy anew behind a flush that failed.
    private void MoveCopy(LogRecord old, LogRecord @new, TailRescue rescue)
    {
        bool isMoved = false;
        lock (_copiesGate)
        {
            if (_copies.TryGetValue(old.Hash, out RecordLocation[]? places) && Array.IndexOf(places, old.Location) is >= 0 and int index)
            {
                _copies[old.Hash] = [.. places[..index], @new.Location, .. places[(index + 1)..]];
                isMoved = true;
            }
        }
        if (!rescue.IsCut(old.Location)) Discard(isMoved ? old.Location : @new.Location);
        else if (!isMoved) _log.Release(@new.Location);
    }

    private void DropLostCopies(TailRescue rescue)
    {
        KeyValuePair<BlobHash, RecordLocation[]>[] all;
        lock (_copiesGate) all = [.. _copies];
        foreach ((BlobHash hash, RecordLocation[] places) in all)
        {
            foreach (RecordLocation place in places.Where(rescue.HasLost)) DropCopy(hash, place);
        }
    }
}
