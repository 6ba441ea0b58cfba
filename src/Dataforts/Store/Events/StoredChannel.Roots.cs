using Dataforts.Content;
using Dataforts.Log;

namespace Dataforts.Store.Events;

internal sealed partial class StoredChannel
{
    /// <summary>Adds to <paramref name="roots"/> what the events keep, and tells changes from now on; null ends that.</summary>
    /// <exception cref="DatafortsException">StoreDamaged or Io: what an event keeps cannot be read, so nothing may be collected.</exception>
    public void BeginCounting(IEventRoots? counted, List<EventRoot> roots)
    {
        lock (_gate)
        {
            _counted = counted;
            if (counted is not null) ListRoots(_first, _next, roots);
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
            using RunBytes bytes = RunBytes.Read(_owner.Store.CurrentLog, run)
                ?? throw Damaged(run, $"what the events from {run.First} on of the channel \"{Name}\" keep cannot be read");
            for (int at = 0; at < run.Span;)
            {
                if (!bytes.TryRecord(at, Id, out EventRecord record) || !record.IsWhole)
                    throw Damaged(run, $"what the events from {run.First} on of the channel \"{Name}\" keep is damaged");
                AddRoots(record, bytes.Span[(at + RecordHeader.SizeBytes)..], from, to, roots);
                at += record.Stride;
            }
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
