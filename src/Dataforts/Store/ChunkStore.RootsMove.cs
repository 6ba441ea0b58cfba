using Dataforts.Content;
using Dataforts.Log;
using Microsoft.Data.Sqlite;

namespace Dataforts.Store;

public sealed partial class ChunkStore
{
    // Records of names that still count, out of a segment that is to go. Null when one cannot be read.
    private long? MoveRoots(ulong id)
    {
        long copied = 0;
        lock (_rootsGate)
        {
            List<LogRecord> here = _rootRecords.FindAll(record => record.Location.Segment == id);
            if (here.Count == 0) return 0;
            bool hasOlder = _log.HasOlder(id);
            foreach (LogRecord record in here)
            {
                if (!TryReadRoot(record, out RootRecord? root)) return null;
                if (!Roots().StillNeeds(root, hasOlder)) continue;
                Commit(root);
                copied += record.End - record.Start;
            }
        }
        return copied;
    }

    // Not before the copies are on the device: if it refuses and forgets them, the old records are what counts.
    private void DropRoots(ulong id)
    {
        lock (_rootsGate)
        {
            if (_rootRecords.RemoveAll(record => record.Location.Segment == id) > 0) Reposition();
        }
    }

    // The record that the index of names took last may be one that nothing needs any more; the index must not look as if it knew another log.
    private void Reposition()
    {
        RootIndex index = Roots();
        if (index.Position.Sequence == LastRoot()) return;
        _rootsChanged = true;
        try
        {
            index.MoveTo(LastRoot(), _rootRecords.Count == 0 ? default : _rootRecords[^1].Hash);
        }
        catch (SqliteException)
        {
            index.Dispose();
            _roots = null;
            _roots = RemakeRoots();
        }
    }

    // The log has written records anew behind a flush that failed.
    private void Relocate(TailRescue rescue)
    {
        lock (_putGate)
        {
            foreach ((LogRecord old, LogRecord @new) in rescue.Moved)
            {
                if (old.Kind == RecordKind.Copy)
                {
                    MoveCopy(old, @new, rescue);
                    continue;
                }
                if (old.Kind != RecordKind.Chunk) continue;
                bool isMoved = ReplaceInIndex(old.Hash, old.Location, @new.Location);
                // Where the old bytes are cut off, garbage stays as much as it was.
                if (!rescue.IsCut(old.Location)) Discard(isMoved ? old.Location : @new.Location);
                else if (!isMoved) _log.Release(@new.Location);
            }
            if (rescue.LostBytes > 0)
            {
                DropLostCopies(rescue);
                foreach ((BlobHash hash, _) in _index.Enumerate().Where(entry => rescue.HasLost(entry.Value)).ToList()) RemoveFromIndex(hash);
            }
        }
        Events.Relocate(rescue);
        lock (_rootsGate)
        {
            Dictionary<RecordLocation, LogRecord> places = rescue.Moved.ToDictionary(pair => pair.Old.Location, pair => pair.New);
            IEnumerable<LogRecord> left = _rootRecords.Select(record => places.GetValueOrDefault(record.Location, record));
            _rootRecords = [.. left.Where(record => !rescue.HasLost(record.Location)).OrderBy(record => record.Sequence)];
            if (rescue.LostBytes > 0) _feed?.Break();
            if (_roots is null && rescue.LostBytes == 0) return;
            _roots?.Dispose();
            _roots = null;
            _roots = RemakeRoots();
        }
    }
}
