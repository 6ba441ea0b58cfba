using Dataforts.Log;

namespace Dataforts.Store.Events;

internal sealed partial class StoredChannel
{
    /// <summary>Sets the events that the log was found to hold.</summary>
    /// <param name="runs">Those it held when it was replayed in order.</param>
    /// <param name="late">Those that came behind later ones: copies, which fill what is missing and are of no use otherwise.</param>
    public void Settle(RunList runs, List<EventRun>? late)
    {
        lock (_gate)
        {
            List<EventRun> all = runs.ToList();
            foreach (EventRun run in late ?? [])
            {
                foreach (EventRun record in RecordsIn(run))
                {
                    int at = runs.Find(record.First);
                    if (at >= 0 && runs[at].End > record.First) _owner.Store.CurrentLog.ReleaseBytes(record.Segment, record.Span);
                    else all.Add(record);
                }
            }
            if (late is not null) all = WithoutDoubles(all);
            if (all.Count > 0) _next = Math.Max(_next, all[^1].End);
            SetRuns(all);
            if (_state.Retention != EventRetention.Everything) RetainIfItCan(_owner.Store.NowMs());
        }
    }

    /// <summary>Adds events that another process has appended; for a store open for reading.</summary>
    /// <param name="runs">In the order of their numbers. Copies of what is there are of no use as long as that is.</param>
    public void SettleOn(RunList runs)
    {
        lock (_gate)
        {
            foreach (EventRun run in runs.ToList())
            {
                ulong end = _runs.Count > 0 ? _runs[_runs.Count - 1].End : _first;
                if (run.End <= end) continue;
                // What compaction copied may lie right before what was appended then, as one run.
                foreach (EventRun one in _runs.Count == 0 || run.First >= end ? [run] : RecordsIn(run))
                {
                    if (_runs.Count > 0 && one.First < _runs[_runs.Count - 1].End) continue;
                    _runs.Add(one);
                    Interlocked.Add(ref _bytes, one.EventBytes);
                    Volatile.Write(ref _next, Math.Max(_next, one.End));
                }
            }
            Forget(_first);
            RetainIfItCan(_owner.Store.NowMs());
        }
    }

    /// <summary>Takes over what another look at the same log has found; for a store open for reading.</summary>
    public void TakeFrom(StoredChannel other)
    {
        lock (_gate)
        {
            _state = other._state;
            PlaceState(other._stateAt);
            _runs.Replace(other._runs.ToList());
            _bytes = other._bytes;
            _frontDropped = other._frontDropped;
            _frontAtMs = Unknown;
            _front = null;
            Volatile.Write(ref _next, other._next);
            Volatile.Write(ref _first, other._first);
        }
    }

    /// <summary>Whether an event lies there that is retained.</summary>
    public bool IsLive(ulong first, ulong end, RecordLocation location)
    {
        lock (_gate)
        {
            int i = _runs.Find(first);
            return end > _first && i >= 0 && _runs[i].Segment == location.Segment && _runs[i].Offset <= location.Offset && location.Offset < _runs[i].EndOffset;
        }
    }

    /// <summary>All runs, in order.</summary>
    public List<EventRun> Runs()
    {
        lock (_gate) return _runs.ToList();
    }

    /// <summary>Whether a run is still what the index says.</summary>
    public bool Holds(in EventRun run)
    {
        lock (_gate)
        {
            int i = _runs.Find(run.First);
            return i >= 0 && _runs[i].IsAt(run);
        }
    }

    /// <summary>Whether every record of a run is what was written.</summary>
    public bool IsWhole(in EventRun run)
    {
        using RunBytes? bytes = RunBytes.Read(_owner.Store.CurrentLog, run);
        if (bytes is null) return false;
        for (int at = 0; at < run.Span;)
        {
            if (!bytes.TryRecord(at, Id, out EventRecord record) || !record.IsWhole || !bytes.PaddingIsZero(at, record)) return false;
            at += record.Stride;
        }
        return true;
    }

    /// <summary>Writes the events that lie in a segment anew, so that it can go.</summary>
    /// <returns>Bytes written; null where one that is retained is not what it should be, so that the segment has to stay.</returns>
    public long? MoveOut(uint segment)
    {
        long copied = 0;
        foreach (EventRun run in RunsIn(segment))
        {
            if (Move(run) is not { } bytes) return null;
            copied += bytes;
        }
        lock (_gate)
        {
            // What goes with the segment must not come back to life: its numbers were given.
            if (_stateAt.Segment == segment || _first > _state.First || (_first == _next && _next > _state.Next)) copied += SaveFront();
        }
        return copied;
    }

    private List<EventRun> RunsIn(uint segment)
    {
        var runs = new List<EventRun>();
        lock (_gate)
        {
            for (int i = 0; i < _runs.Count; i++)
            {
                if (_runs[i].Segment == segment) runs.Add(_runs[i]);
            }
        }
        return runs;
    }

    private long? Move(in EventRun run)
    {
        using RunBytes? bytes = RunBytes.Read(_owner.Store.CurrentLog, run);
        lock (_gate)
        {
            int index = _runs.Find(run.First);
            if (index < 0 || !_runs[index].IsAt(run)) return 0;
            if (bytes is null) return null;
            int from = 0;
            long gone = 0;
            for (int at = 0; at < run.Span;)
            {
                if (!bytes.TryRecord(at, Id, out EventRecord record)) return null;
                bool isDropped = record.Slot.End <= _first;
                if (!isDropped && !record.IsWhole) return null;
                if (isDropped) gone += record.Slot.EventBytes(record.Header.PayloadLength);
                at += record.Stride;
                if (isDropped) from = at;
            }
            return Rewrite(index, bytes.Frame[from..], gone);
        }
    }

    private long Rewrite(int index, Span<byte> frame, long goneBytes)
    {
        EventRun run = _runs[index];
        SegmentLog log = _owner.Store.CurrentLog;
        log.AppendFramed(frame, out RecordLocation location, out _);
        int span = frame.Length - SegmentLog.FrameMargin;
        ulong first = EventSlot.Of(RecordHeader.HashOfDraft(frame[SegmentLog.FrameMargin..])).First;
        int overhead = span - (int)(run.EventBytes - goneBytes);
        _runs.Set(index, new EventRun(first, location.Segment, location.Offset - RecordHeader.SizeBytes, (int)(run.End - first), span, overhead, run.HasRefs));
        // Only what was dropped from the first run can be gone from it.
        if (goneBytes > 0) _frontDropped -= goneBytes;
        log.ReleaseBytes(run.Segment, run.Span);
        return span;
    }

    /// <summary>The log has given up a segment's tail, and written anew what it could.</summary>
    public void Relocate(TailRescue rescue, List<EventRun> moved)
    {
        lock (_gate)
        {
            if (rescue.IsCut(_stateAt)) PlaceState(rescue.Moved.FirstOrDefault(pair => pair.Old.Location == _stateAt).New.Location);
            var runs = new List<EventRun>();
            foreach (EventRun run in _runs.ToList())
            {
                if (run.Segment != rescue.Segment || run.EndOffset <= rescue.From) runs.Add(run);
                else if (run.Offset < rescue.From) runs.AddRange(RecordsIn(run).Where(record => record.EndOffset <= rescue.From));
            }
            runs.AddRange(moved);
            SetRuns(WithoutDoubles(runs));
        }
    }

    private void SetRuns(List<EventRun> runs)
    {
        _runs.Replace(runs);
        Interlocked.Exchange(ref _bytes, runs.Sum(run => (long)run.EventBytes));
        _frontDropped = 0;
        _front = null;
        Forget(_first);
    }

    private List<EventRun> WithoutDoubles(List<EventRun> runs)
    {
        var kept = new List<EventRun>(runs.Count);
        ulong end = 0;
        foreach (EventRun run in runs.OrderBy(run => run.First).ThenByDescending(run => run.End))
        {
            if (kept.Count == 0 || run.End > end) kept.Add(run);
            else _owner.Store.CurrentLog.ReleaseBytes(run.Segment, run.Span);
            end = Math.Max(end, run.End);
        }
        return kept;
    }

    // Each record as a run of its own. What cannot be read is left as it is.
    private List<EventRun> RecordsIn(EventRun run)
    {
        using RunBytes? bytes = RunBytes.Read(_owner.Store.CurrentLog, run);
        var records = new List<EventRun>();
        for (int at = 0; bytes is not null && at < run.Span;)
        {
            if (!bytes.TryRecord(at, Id, out EventRecord record)) break;
            int overhead = record.Stride - (int)record.Slot.EventBytes(record.Header.PayloadLength);
            records.Add(new EventRun(record.Slot.First, run.Segment, run.Offset + (uint)at, record.Slot.Count, record.Stride, overhead, record.Slot.HasRefs));
            at += record.Stride;
        }
        return records.Count > 0 ? records : [run];
    }
}
