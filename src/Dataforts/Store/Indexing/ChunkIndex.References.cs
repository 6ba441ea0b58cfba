using Dataforts.Content;
using Dataforts.Log;

namespace Dataforts.Store.Indexing;

internal sealed partial class ChunkIndex
{
    private volatile bool _countsReferences;

    /// <summary>Whether <see cref="Adjust"/> is kept account of.</summary>
    public bool CountsReferences => _countsReferences;

    /// <summary>Chunks that nothing refers to, and their bytes.</summary>
    public (long Chunks, long Bytes) Unreferenced
    {
        get
        {
            long chunks = 0, bytes = 0;
            foreach (Shard shard in _shards)
            {
                (long Chunks, long Bytes) some = shard.Unreferenced;
                chunks += some.Chunks;
                bytes += some.Bytes;
            }
            return (chunks, bytes);
        }
    }

    /// <summary>Begins to count references, at nothing; or ends it.</summary>
    public void CountReferences(bool areCounted, long generation)
    {
        _countsReferences = areCounted;
        foreach (Shard shard in _shards) shard.ResetCounts(areCounted, ReferenceWord.Stamp(generation));
    }

    /// <summary>Adds to the references of a chunk, which need not be there.</summary>
    /// <remarks>One whose last reference goes counts as met by a put: those under way may have found it while it was referred to.</remarks>
    /// <returns>What they were before.</returns>
    public ReferenceCount Adjust(in BlobHash hash, int data, int nodes, long generation) =>
        ShardOf(hash).Adjust(hash, data, nodes, ReferenceWord.Stamp(generation));

    /// <summary>The references of a chunk.</summary>
    public ReferenceCount CountOf(in BlobHash hash) => ShardOf(hash).Adjust(hash, 0, 0, 0);

    /// <summary>Notes that a put has met a chunk.</summary>
    /// <returns>Whether the chunk is there to stay: false for one that is being removed.</returns>
    public bool Touch(in BlobHash hash, long generation) => ShardOf(hash).Touch(hash, ReferenceWord.Stamp(generation));

    /// <summary>Marks a chunk for removal, if it lies where it is expected to, nothing refers to it, and no put that began with or after
    /// <paramref name="oldest"/> has met it.</summary>
    public bool Condemn(in BlobHash hash, RecordLocation expected, long oldest, long current) => ShardOf(hash).Condemn(hash, expected, oldest, current);

    /// <summary>Takes the mark off again.</summary>
    public void Pardon(in BlobHash hash, long generation) => ShardOf(hash).Pardon(hash, ReferenceWord.Stamp(generation));

    /// <summary>The chunks of one of <see cref="ShardTotal"/> shards that nothing refers to and no put has met since.</summary>
    public void ListUnreferenced(int shard, long oldest, long current, List<KeyValuePair<BlobHash, RecordLocation>> into) =>
        _shards[shard].ListUnreferenced(oldest, current, into);

    /// <summary>Shards there are.</summary>
    public static int ShardTotal => ShardCount;

    private sealed partial class Shard
    {
        // Of chunks that are not there, and counts that no slot holds.
        private Dictionary<BlobHash, ReferenceCount>? _apart;
        private bool _counts;
        private long _unreferenced;
        private long _unreferencedBytes;

        public (long Chunks, long Bytes) Unreferenced => (Volatile.Read(ref _unreferenced), Volatile.Read(ref _unreferencedBytes));

        public void ResetCounts(bool areCounted, uint stamp)
        {
            lock (_gate)
            {
                _counts = areCounted;
                _apart = null;
                for (int slot = 0; slot < _table.Length; slot++)
                {
                    if (!_table.IsUsed(slot) || ReferenceWord.IsUnreferenced(_table.WordAt(slot))) continue;
                    Account(slot, -1);
                    // A put under way may have met it while something referred to it, which left no trace.
                    _table.SetWord(slot, stamp);
                    Account(slot, 1);
                }
            }
        }

        public ReferenceCount Adjust(in BlobHash hash, int data, int nodes, uint stamp)
        {
            lock (_gate)
            {
                int slot = _table.Find(hash);
                ReferenceCount before = CountsAt(slot, hash);
                if ((data | nodes) == 0 || !_counts) return before;
                var after = new ReferenceCount(Math.Max(0, before.Data + data), Math.Max(0, before.Nodes + nodes));
                uint word = slot < 0 ? ReferenceWord.Apart : ReferenceWord.Of(after);
                if (word == ReferenceWord.Apart && !after.IsZero) (_apart ??= [])[hash] = after;
                else _apart?.Remove(hash);
                if (slot < 0) return before;
                Account(slot, -1);
                _table.SetWord(slot, after.IsZero ? stamp : word);
                Account(slot, 1);
                return before;
            }
        }

        public bool Touch(in BlobHash hash, uint stamp)
        {
            lock (_gate)
            {
                int slot = _table.Find(hash);
                if (slot < 0 || _table.LocationAt(slot).Length < 0 || _table.WordAt(slot) == ReferenceWord.Condemned) return false;
                if (ReferenceWord.IsUnreferenced(_table.WordAt(slot))) _table.SetWord(slot, stamp);
                return true;
            }
        }

        public bool Condemn(in BlobHash hash, RecordLocation expected, long oldest, long current)
        {
            lock (_gate)
            {
                int slot = _table.Find(hash);
                // Without counts, nobody knows that nothing refers to it.
                if (!_counts || slot < 0 || _table.LocationAt(slot) != expected || !IsCollectable(slot, oldest, current)) return false;
                _table.SetWord(slot, ReferenceWord.Condemned);
                return true;
            }
        }

        public void Pardon(in BlobHash hash, uint stamp)
        {
            lock (_gate)
            {
                int slot = _table.Find(hash);
                if (slot >= 0 && _table.WordAt(slot) == ReferenceWord.Condemned) _table.SetWord(slot, stamp);
            }
        }

        public void ListUnreferenced(long oldest, long current, List<KeyValuePair<BlobHash, RecordLocation>> into)
        {
            lock (_gate)
            {
                if (_unreferenced == 0) return;
                for (int slot = _table.NextUnreferenced(0); slot < _table.Length; slot = _table.NextUnreferenced(slot + 1))
                {
                    if (IsCollectable(slot, oldest, current)) into.Add(new(_table.HashAt(slot), _table.LocationAt(slot)));
                }
            }
        }

        private bool IsCollectable(int slot, long oldest, long current)
        {
            uint word = _table.WordAt(slot);
            return _table.LocationAt(slot).Length >= 0 && ReferenceWord.IsUnreferenced(word) && word != ReferenceWord.Condemned
                && !ReferenceWord.IsTouchedSince(word, oldest, current);
        }

        private ReferenceCount CountsAt(int slot, in BlobHash hash)
        {
            uint word = slot < 0 ? ReferenceWord.Apart : _table.WordAt(slot);
            if (word != ReferenceWord.Apart) return ReferenceWord.Counts(word);
            return _apart is not null && _apart.TryGetValue(hash, out ReferenceCount counts) ? counts : default;
        }

        // What an entry's word says when its chunk is put at a place: the counts stay, and a chunk that comes anew is one a put has met.
        private void ReviseWord(int slot, in BlobHash hash, bool isNew, uint? stamp)
        {
            if (isNew)
            {
                ReferenceCount counts = CountsAt(-1, hash);
                uint word = ReferenceWord.Of(counts);
                if (word != ReferenceWord.Apart && !counts.IsZero) _apart!.Remove(hash);
                _table.SetWord(slot, counts.IsZero ? stamp ?? 0 : word);
            }
            else if (ReferenceWord.IsUnreferenced(_table.WordAt(slot)) && (stamp is not null || _table.LocationAt(slot).Length < 0))
            {
                _table.SetWord(slot, _table.LocationAt(slot).Length < 0 ? 0 : stamp!.Value);
            }
        }

        // Before an entry goes. What refers to it still does.
        private void SetCountsApart(int slot, in BlobHash hash)
        {
            uint word = _table.WordAt(slot);
            if (_counts && word != ReferenceWord.Apart && !ReferenceWord.IsUnreferenced(word)) (_apart ??= [])[hash] = ReferenceWord.Counts(word);
        }

        private void Account(int slot, int sign)
        {
            RecordLocation location = _table.LocationAt(slot);
            if (location.Length < 0 || !ReferenceWord.IsUnreferenced(_table.WordAt(slot))) return;
            Volatile.Write(ref _unreferenced, _unreferenced + sign);
            Volatile.Write(ref _unreferencedBytes, _unreferencedBytes + (sign * (long)location.Length));
        }
    }
}
