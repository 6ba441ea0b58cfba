using System.Runtime.InteropServices;
using Dataforts.Content;
using Dataforts.Log;
using Dataforts.Store.Indexing;

namespace Dataforts.Store;

public sealed partial class ChunkStore
{
    private RootFeed? _feed;

    /// <summary>What is kept count of.</summary>
    internal StoreTotals Totals => new(Interlocked.Read(ref _chunks), Interlocked.Read(ref _liveBytes), Interlocked.Read(ref _garbageBytes));

    /// <summary>Chunks that nothing refers to, and their bytes, while references are counted.</summary>
    internal (long Chunks, long Bytes) Unreferenced => _index.Unreferenced;

    /// <summary>Whether references are counted. They cease to be when chunks are paged out.</summary>
    internal bool CountsReferences => _index.CountsReferences;

    /// <summary>Begins to count references at nothing, and to tell changes of roots.</summary>
    /// <returns>All roots there are now; null when there is no room for counts, since chunks are paged out.</returns>
    internal List<RootState>? BeginCounting(out RootFeed feed)
    {
        feed = new RootFeed();
        List<RootState> roots;
        lock (_rootsGate)
        {
            _feed?.End();
            _feed = null;
            if (!_index.TryCountReferences()) return null;
            roots = Query(index => index.ListRoots());
            _feed = feed;
        }
        try
        {
            // Names and events have no order between them: what comes while events are read is told as a change.
            roots.AddRange(Events.BeginCounting(new EventRootFeed(feed)).Select(EventRootFeed.ToState));
            return roots;
        }
        catch
        {
            EndCounting(feed);
            throw;
        }
    }

    /// <summary>Has events that were dropped let go what they kept; for whoever is to collect it.</summary>
    /// <exception cref="DatafortsException">NoSpace, ReadOnly, WriterFailed or Io: they keep it.</exception>
    internal void ReleaseDroppedEvents()
    {
        if (IsWritable) Events.SaveUnsaved();
    }

    /// <summary>Ends what <see cref="BeginCounting"/> began, unless it was begun anew.</summary>
    internal void EndCounting(RootFeed feed)
    {
        lock (_rootsGate)
        {
            feed.End();
            if (_feed != feed) return;
            _feed = null;
            Events.BeginCounting(null);
        }
    }

    /// <summary>Adds to the references of a chunk, which need not be there. Says what they were before.</summary>
    internal ReferenceCount Adjust(in BlobHash hash, int data, int nodes) => _index.Adjust(hash, data, nodes);

    /// <summary>The references of a chunk.</summary>
    internal ReferenceCount CountOf(in BlobHash hash) => _index.CountOf(hash);

    /// <summary>The shards by which <see cref="ListUnreferenced"/> goes.</summary>
    internal static int ShardTotal => ChunkIndex.ShardTotal;

    /// <summary>Chunks of a shard that nothing refers to and no put under way has met.</summary>
    internal void ListUnreferenced(int shard, List<KeyValuePair<BlobHash, RecordLocation>> into)
    {
        long oldest;
        lock (_activityGate) oldest = OldestPut();
        _index.ListUnreferenced(shard, oldest, into);
    }

    /// <summary>When the record at a place was written, Unix milliseconds; null when it cannot be read there any more.</summary>
    internal long? WrittenAtMs(RecordLocation location) => _log.WrittenAtMs(location);

    /// <summary>Removes chunks that nothing refers to. The dedup check of a put and this cannot cross: a put that finds a chunk here first keeps it,
    /// one that comes later stores it anew, behind the removal.</summary>
    /// <param name="candidates">What to remove, and where it lies; what is referred to, met by a put or moved since stays.</param>
    /// <param name="changes">Changes of roots that the caller knows of.</param>
    /// <param name="reads">Reads that the caller knows to have begun.</param>
    /// <param name="removed">What was removed.</param>
    /// <returns>False when there are more changes or reads: nothing was removed.</returns>
    internal bool TryRemoveUnreferenced(
        IReadOnlyList<KeyValuePair<BlobHash, RecordLocation>> candidates, long changes, long reads, out (int Chunks, long Bytes) removed)
    {
        removed = default;
        lock (_rootsGate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_feed is not { IsBroken: false } feed || feed.Added != changes || !_index.CountsReferences) return false;
            lock (_activityGate)
            {
                if (_readsBegun != reads) return false;
                lock (_putGate) removed = RemoveCondemned(candidates, OldestPut());
            }
            return true;
        }
    }

    /// <summary>Takes out of the log those of the roots that are still as they are said to be.</summary>
    internal void EndRoots(IReadOnlyCollection<RootState> roots)
    {
        lock (_rootsGate)
        {
            DateTimeOffset now = Time.GetUtcNow();
            var records = new List<RootRecord>();
            foreach (RootState root in roots)
            {
                byte[] key = root.Id.KeyBytes();
                if (Query(index => index.FindRoot(root.Id.Kind, root.Id.IsGrace, key)) != root) continue;
                records.Add(root.Id.Kind == RecordKind.Lease
                    ? RootRecord.EndLease(key, root.Id.IsGrace, now)
                    : new RootRecord(root.Id.Kind, false, now.ToUnixTimeMilliseconds(), 0, key, []));
            }
            _given.Clear();
            if (records.Count > 0) CommitAll(records);
        }
    }

    private (int Chunks, long Bytes) RemoveCondemned(IReadOnlyList<KeyValuePair<BlobHash, RecordLocation>> candidates, long oldestPut)
    {
        var condemned = new List<BlobHash>(candidates.Count);
        long bytes = 0;
        try
        {
            foreach ((BlobHash hash, RecordLocation location) in candidates)
            {
                if (!_index.Condemn(hash, location, oldestPut)) continue;
                condemned.Add(hash);
                bytes += location.Length;
            }
            if (condemned.Count == 0) return default;
            AppendRemoval(CollectionsMarshal.AsSpan(condemned));
        }
        catch
        {
            foreach (BlobHash hash in condemned) _index.Pardon(hash);
            throw;
        }
        foreach (BlobHash hash in condemned)
        {
            RemoveFromIndex(hash);
            DropCopies(hash);
        }
        return (condemned.Count, bytes);
    }

    // What a root was before a record is taken; the index must not have it yet.
    private RootChange? ChangeOf(RootRecord record)
    {
        if (_feed is null || record.Kind == RecordKind.ContentHash) return null;
        RootState? before = Query(index => index.FindRoot(record.Kind, record.IsGrace, record.Key));
        RootState? after = !record.IsSet ? null : new RootState(
            RootId.Of(record.Kind, record.IsGrace, record.Key), BlobRef.Decode(record.Kind == RecordKind.Pin ? record.Key : record.Value),
            record.Reach, record.MadeAtMs, record.ExpiresAtMs);
        return before == after ? null : new RootChange(before, after);
    }
}
