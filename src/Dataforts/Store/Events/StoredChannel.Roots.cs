using Dataforts.Content;
using Dataforts.Log;

namespace Dataforts.Store.Events;

internal sealed partial class StoredChannel
{
    /// <summary>Sets who is told of changes of what events keep; null for nobody.</summary>
    public void SetCounted(IEventRoots? counted)
    {
        lock (_gate)
        {
            _counted = counted;
            _isListing = false;
            _leaving = null;
        }
    }

    /// <summary>Tells changes from now on, and adds to <paramref name="roots"/> what the events keep. Appends, reads and retention go on while that is
    /// read; of what goes meanwhile is told afterwards.</summary>
    /// <exception cref="DatafortsException">StoreDamaged or Io: what an event keeps cannot be read, so nothing may be collected. NoSpace, ReadOnly or
    /// WriterFailed: the log could not be told of what is kept no more.</exception>
    public void ListRoots(IEventRoots counted, List<EventRoot> roots)
    {
        ulong at, end;
        lock (_gate)
        {
            // What was dropped and is in no record must not be collected: who counts now does not know of it.
            if (_unsavedDrops > 0) SaveFront();
            (_counted, _isListing, _leaving) = (counted, true, null);
            (at, end) = (_first, _next);
        }
        try
        {
            while (TryNextWithRefs(ref at, end, roots, out EventRun run))
            {
                using RunBytes? bytes = RunBytes.Read(_owner.Store.CurrentLog, run);
                // One that compaction moved or retention dropped meanwhile is looked for again.
                if (bytes is null && !Holds(run)) continue;
                AddRoots(bytes, run, at, end, roots);
                at = run.End;
            }
        }
        finally
        {
            lock (_gate)
            {
                _isListing = false;
                if (_unsavedDrops == 0) Release();
            }
        }
    }

    /// <summary>Adds to <paramref name="roots"/> what the events keep, where that can be read.</summary>
    public void ListReadableRoots(List<EventRoot> roots)
    {
        ulong at = First, end = Next;
        EventRun before = default;
        while (TryNextWithRefs(ref at, end, roots, out EventRun run))
        {
            SegmentLog log = _owner.Store.CurrentLog;
            using RunBytes? bytes = RunBytes.Read(log, run);
            // Moved meanwhile; a reader looks at the store as it is now, once for each run.
            if (bytes is null && !run.IsAt(before) && (!Holds(run) || _owner.Store.LookAgain(log)))
            {
                before = run;
                continue;
            }
            var found = new List<EventRoot>();
            try
            {
                AddRoots(bytes, run, at, end, found);
                roots.AddRange(found);
            }
            catch (DatafortsException error) when (error.Kind == ErrorKind.StoreDamaged)
            {
                // Whoever looks for damage is told of the file.
            }
            at = run.End;
        }
    }

    // The run that holds the next refs. What was dropped since the listing began is told as dropped when it ends, so it is told as kept first.
    private bool TryNextWithRefs(ref ulong at, ulong end, List<EventRoot> roots, out EventRun run)
    {
        run = default;
        lock (_gate)
        {
            if (at < _first)
            {
                foreach (EventRoot root in _leaving ?? [])
                {
                    if (root.Sequence >= at && root.Sequence < end) roots.Add(root);
                }
                at = _first;
            }
            for (int i = Math.Max(0, _runs.Find(at)); i < _runs.Count && _runs[i].First < end; i++)
            {
                if (!_runs[i].HasRefs || _runs[i].End <= at) continue;
                run = _runs[i];
                return true;
            }
            return false;
        }
    }

    // The announcement comes before the record: a collection that looks in between sees one root too many, never one too few.
    private void Announce(BlobRef[] refs, ReadOnlySpan<NewEvent> events, bool isDirectory, ulong first, bool isSet)
    {
        if (_counted is not { } counted) return;
        for (int i = 0, next = 0; next < refs.Length; i++)
        {
            if (!events.IsEmpty && !events[i].IsRef) continue;
            var root = new EventRoot(Id, first + (ulong)i, refs[next++], events.IsEmpty ? isDirectory : events[i].IsDirectory, 0);
            if (isSet) counted.Add(root);
            else counted.Drop(root);
        }
    }

    private bool HasRefs(ulong from, ulong to)
    {
        for (int i = 0; i < _runs.Count && _runs[i].First < to; i++)
        {
            if (_runs[i].HasRefs && _runs[i].End > from) return true;
        }
        return false;
    }

    // What the events of a stretch of the channel keep.
    private void ListRoots(ulong from, ulong to, List<EventRoot> roots)
    {
        for (int i = 0; i < _runs.Count && _runs[i].First < to; i++)
        {
            EventRun run = _runs[i];
            if (!run.HasRefs || run.End <= from) continue;
            using RunBytes? bytes = RunBytes.Read(_owner.Store.CurrentLog, run);
            AddRoots(bytes, run, from, to, roots);
        }
    }

    private void AddRoots(RunBytes? bytes, in EventRun run, ulong from, ulong to, List<EventRoot> roots)
    {
        if (bytes is null) throw Damaged(run, $"what the events from {run.First} on of the channel \"{Name}\" keep cannot be read");
        for (int at = 0; at < run.Span;)
        {
            if (!bytes.TryRecord(at, Id, out EventRecord record) || !record.IsWhole)
                throw Damaged(run, $"what the events from {run.First} on of the channel \"{Name}\" keep is damaged");
            AddRoots(record, bytes.Span[(at + RecordHeader.SizeBytes)..], from, to, roots);
            at += record.Stride;
        }
    }

    private void AddRoots(in EventRecord record, ReadOnlySpan<byte> payload, ulong from, ulong to, List<EventRoot> roots)
    {
        if (!record.Slot.HasRefs) return;
        ReadOnlySpan<byte> rest = payload[record.Slot.TableBytes..];
        for (int i = 0; i < record.Slot.Count; i++)
        {
            (int length, bool isRef, bool isDirectory) = record[i];
            ulong sequence = record.Slot.First + (ulong)i;
            if (isRef && sequence >= from && sequence < to)
                roots.Add(new EventRoot(Id, sequence, BlobRef.Decode(rest[..length]), isDirectory, record.Header.WrittenAtMs));
            rest = rest[length..];
        }
    }

    private DatafortsException Damaged(in EventRun run, string what) =>
        FileHeader.Damaged(_owner.Store.CurrentLog.PathOf(new RecordLocation(run.Segment, run.Offset, 0)), run.Offset, what);
}
