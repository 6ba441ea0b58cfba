using Dataforts.Log;

namespace Dataforts.Store.Events;

internal sealed partial class StoredChannel
{
    // Bytes of the log read in one piece: at least a run, at most as many as the device gives as fast as one.
    private const int MaxReadBytes = 256 << 10;

    /// <summary>Reads events from a number on, verified, up to a number of payload bytes or of events; at least one where there is one.</summary>
    /// <param name="from">The first to read. One that is not there any more is told as a gap; behind the end there is nothing.</param>
    /// <param name="maxBytes">Payload bytes, at most, except for the first event.</param>
    /// <param name="maxEvents">Events, at most.</param>
    /// <param name="page">Receives them.</param>
    /// <exception cref="DatafortsException">Io: they cannot be read now.</exception>
    public void Read(ulong from, int maxBytes, int maxEvents, EventPage page)
    {
        ArgumentNullException.ThrowIfNull(page);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxEvents, 1);
        page.Clear(from);
        Stretch before = default;
        while (page.Count < maxEvents && (page.Count == 0 || page.Bytes < maxBytes))
        {
            SegmentLog log = _owner.Store.CurrentLog;
            if (!TryPlan(page, maxBytes - page.Bytes, out Stretch stretch)) return;
            byte[] buffer = page.Rent(stretch.Length);
            var place = new RecordLocation(stretch.Segment, stretch.Offset, stretch.Length);
            if (log.SeedOf(stretch.Segment) is { } seed && log.Read(place, 0, buffer.AsSpan(0, stretch.Length)) == stretch.Length)
            {
                if (!Take(buffer, stretch, seed, maxBytes, maxEvents, page)) return;
                continue;
            }
            // A segment that went between the two looks: what was there lies elsewhere by now.
            if (stretch == before || !_owner.Store.LookAgain(log))
            {
                if (page.Count == 0) page.SetGap(EventGap.Damaged, Math.Min(stretch.End, Next));
                return;
            }
            before = stretch;
        }
    }

    /// <summary>When the first event that can be read was appended, Unix milliseconds; null where there is none among the first runs.</summary>
    public long? FirstAtMs(FrontCursor cursor)
    {
        for (int i = 0; i < MaxLooks; i++)
        {
            EventRun run;
            ulong first;
            lock (_gate)
            {
                if (i >= _runs.Count) return null;
                (run, first) = (_runs[i], Math.Max(_first, _runs[i].First));
            }
            if (cursor.TrySeek(_owner.Store.CurrentLog, run, first, out FrontEvent found)) return found.WrittenAtMs;
        }
        return null;
    }

    // Where the next event lies, and how much is worth reading with it. False where there is none; the page then says why.
    private bool TryPlan(EventPage page, long maxBytes, out Stretch stretch)
    {
        stretch = default;
        lock (_gate)
        {
            ulong from = page.Next;
            if (from < _first)
            {
                if (page.Count == 0) page.SetGap(EventGap.Dropped, _first);
                return false;
            }
            if (from >= _next) return false;
            int i = _runs.Find(from);
            if (i < 0 || _runs[i].End <= from)
            {
                if (page.Count == 0) page.SetGap(EventGap.Damaged, i + 1 < _runs.Count ? _runs[i + 1].First : _next);
                return false;
            }
            EventRun run = _runs[i];
            (ulong channel, ulong sequence, uint segment, uint at) = page.Resume;
            bool isKnown = channel == Id && sequence == from && segment == run.Segment && at >= run.Offset && at < run.EndOffset;
            uint start = isKnown ? at : run.Offset;
            long end = run.EndOffset, limit = Math.Min(maxBytes, MaxReadBytes);
            ulong last = run.End;
            for (int next = i + 1; next < _runs.Count; next++)
            {
                EventRun more = _runs[next];
                if (more.First != last || more.Segment != run.Segment || more.Offset != end || more.EndOffset - start > limit) break;
                (end, last) = (more.EndOffset, more.End);
            }
            stretch = new Stretch(run.Segment, start, (int)(end - start), last);
            return true;
        }
    }

    // Says whether there may be more to read.
    private bool Take(byte[] buffer, in Stretch stretch, uint seed, int maxBytes, int maxEvents, EventPage page)
    {
        ReadOnlySpan<byte> bytes = buffer.AsSpan(0, stretch.Length);
        for (int at = 0; at < bytes.Length;)
        {
            bool isRecord = EventRecord.TryRead(bytes[at..], RecordHeader.PlaceSeed(seed, stretch.Offset + at), out EventRecord record)
                && record.Slot.Channel == Id && record.Stride <= bytes.Length - at && record.Slot.First <= page.Next;
            if (isRecord && record.Slot.End <= page.Next)
            {
                at += record.Stride;
                continue;
            }
            if (!isRecord || !record.IsWhole)
            {
                if (page.Count == 0) page.SetGap(EventGap.Damaged, isRecord ? record.Slot.End : stretch.End);
                return false;
            }
            bool isDone = Take(record, buffer.AsMemory(at + RecordHeader.SizeBytes, record.Header.PayloadLength), maxBytes, maxEvents, page);
            if (isDone) at += record.Stride;
            page.Resume = (Id, page.Next, stretch.Segment, stretch.Offset + (uint)at);
            if (!isDone || page.Count >= maxEvents || page.Bytes >= maxBytes) return false;
        }
        return true;
    }

    // Says whether all of the record went into the page.
    private static bool Take(in EventRecord record, ReadOnlyMemory<byte> payload, int maxBytes, int maxEvents, EventPage page)
    {
        int index = (int)(page.Next - record.Slot.First);
        int offset = record.Slot.TableBytes + (int)record.BytesBefore(index);
        for (; index < record.Slot.Count; index++)
        {
            (int length, bool isRef, _) = record[index];
            if (page.Count > 0 && (page.Count >= maxEvents || page.Bytes + length > maxBytes)) return false;
            ulong sequence = record.Slot.First + (ulong)index;
            page.Add(new StoredEvent(sequence, record.Header.WrittenAtMs, record.Slot.Epoch, isRef, payload.Slice(offset, length)));
            offset += length;
        }
        return true;
    }

    // Bytes of the log that hold the next events, one record behind the other.
    private readonly record struct Stretch(uint Segment, uint Offset, int Length, ulong End);
}
