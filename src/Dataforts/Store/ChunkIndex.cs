using System.Runtime.InteropServices;
using Dataforts.Content;
using Dataforts.Log;

namespace Dataforts.Store;

/// <summary>Which chunk lies where, in memory: 44 bytes an entry, at most 56 a chunk with the room that a growing table leaves.</summary>
/// <remarks>
/// <para>Thread-safe. Readers take no lock: each shard counts its changes, and a reader whose shard changed meanwhile looks again
/// (a sequence lock; see Boehm, "Can seqlocks get along with programming language memory models?", 2012).</para>
/// <para>Open addressing with linear probing. A table grows by an eighth when nine tenths full, so that memory follows the count closely;
/// slots are found by multiplying, not masking, so that its length can be any number.</para>
/// </remarks>
internal sealed class ChunkIndex
{
    private const int ShardCount = 256;

    private readonly Shard[] _shards = new Shard[ShardCount];

    public ChunkIndex()
    {
        for (int i = 0; i < ShardCount; i++) _shards[i] = new Shard();
    }

    /// <summary>Chunks there are.</summary>
    public long Count => _shards.Sum(shard => (long)shard.Count);

    /// <summary>Bytes of the tables.</summary>
    public long TableBytes => _shards.Sum(shard => shard.TableBytes);

    public bool TryGet(in BlobHash hash, out RecordLocation location) => ShardOf(hash).TryGet(hash, out location);

    public bool Contains(in BlobHash hash) => ShardOf(hash).TryGet(hash, out _);

    /// <summary>Says where a chunk lies, and where it lay before, if it was there.</summary>
    public RecordLocation? Set(in BlobHash hash, RecordLocation location) => ShardOf(hash).Set(hash, location);

    /// <summary>Every entry, a shard at a time; what changes meanwhile may or may not be seen.</summary>
    public IEnumerable<KeyValuePair<BlobHash, RecordLocation>> Enumerate()
    {
        foreach (Shard shard in _shards)
        {
            foreach (Entry entry in shard.Snapshot()) yield return new(entry.Hash, entry.Location);
        }
    }

    private Shard ShardOf(in BlobHash hash) => _shards[hash.Span[0]];

    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private struct Entry
    {
        public BlobHash Hash;
        public RecordLocation Location;

        // Segments are numbered from 1.
        public readonly bool IsEmpty => Location.Segment == 0;
    }

    private sealed class Shard
    {
        private const int FirstLength = 8;

        private readonly Lock _gate = new();
        private Entry[] _table = new Entry[FirstLength];
        private int _version;

        public int Count { get; private set; }

        public long TableBytes => (long)Volatile.Read(ref _table).Length * System.Runtime.CompilerServices.Unsafe.SizeOf<Entry>();

        public bool TryGet(in BlobHash hash, out RecordLocation location)
        {
            var wait = default(SpinWait);
            while (true)
            {
                int version = Volatile.Read(ref _version);
                if ((version & 1) == 0)
                {
                    Entry[] table = Volatile.Read(ref _table);
                    int slot = Find(table, hash);
                    location = slot < 0 ? default : table[slot].Location;
                    bool found = slot >= 0 && location.Segment != 0;
                    Volatile.ReadBarrier();
                    if (Volatile.Read(ref _version) == version) return found;
                }
                wait.SpinOnce();
            }
        }

        public RecordLocation? Set(in BlobHash hash, RecordLocation location)
        {
            lock (_gate)
            {
                int slot = Find(_table, hash);
                if (slot >= 0 && !_table[slot].IsEmpty)
                {
                    RecordLocation before = _table[slot].Location;
                    Write(slot, hash, location);
                    return before;
                }
                if ((Count + 1) * 10L > _table.Length * 9L) Volatile.Write(ref _table, Grown());
                Write(Find(_table, hash), hash, location);
                Count++;
                return null;
            }
        }

        public Entry[] Snapshot()
        {
            lock (_gate)
            {
                var entries = new List<Entry>(Count);
                foreach (ref readonly Entry entry in _table.AsSpan())
                {
                    if (!entry.IsEmpty) entries.Add(entry);
                }
                return [.. entries];
            }
        }

        private void Write(int slot, in BlobHash hash, RecordLocation location)
        {
            Volatile.Write(ref _version, _version + 1);
            Volatile.WriteBarrier();
            _table[slot] = new Entry { Hash = hash, Location = location };
            Volatile.Write(ref _version, _version + 1);
        }

        private Entry[] Grown()
        {
            var larger = new Entry[_table.Length + Math.Max(FirstLength, _table.Length / 8)];
            foreach (ref readonly Entry entry in _table.AsSpan())
            {
                if (!entry.IsEmpty) larger[Find(larger, entry.Hash)] = entry;
            }
            return larger;
        }

        // The entry's slot, or the empty one where it would go. A reader amid a change may find neither, and then looks again.
        private static int Find(Entry[] table, in BlobHash hash)
        {
            ulong spread = MemoryMarshal.Read<ulong>(hash.Span[8..]);
            int slot = (int)Math.BigMul(spread, (ulong)table.Length, out _);
            for (int probes = 0; probes < table.Length; probes++)
            {
                ref readonly Entry entry = ref table[slot];
                if (entry.IsEmpty || entry.Hash == hash) return slot;
                if (++slot == table.Length) slot = 0;
            }
            return -1;
        }
    }
}
