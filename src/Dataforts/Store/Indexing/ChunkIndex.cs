using Dataforts.Content;
using Dataforts.Log;

namespace Dataforts.Store.Indexing;

/// <summary>Which chunk lies where, in memory: 49 bytes an entry, at most 59 a chunk with the room that a growing table leaves.</summary>
/// <remarks>
/// <para>Thread-safe; changes of one chunk are atomic. Readers take no lock: each shard counts its changes, and a reader whose shard changed
/// meanwhile looks again (a sequence lock; see Boehm, "Can seqlocks get along with programming language memory models?", 2012).</para>
/// <para>Open addressing with linear probing over a byte of each hash, sixteen slots at a look (after Abseil's "Swiss tables", 2017); full
/// hashes decide. A removal closes the gap behind it, so nothing but entries is ever probed. From 2,048 slots on, a shard's table grows by a
/// tenth when 92 % full, which leaves it 83.6 % full at least.</para>
/// </remarks>
internal sealed partial class ChunkIndex
{
    private const int ShardCount = 256;

    // Enough lookups under way to hide a miss of every cache; more would evict each other.
    private const int Together = 32;

    private readonly Shard[] _shards = new Shard[ShardCount];

    public ChunkIndex()
    {
        for (int i = 0; i < ShardCount; i++) _shards[i] = new Shard();
    }

    /// <summary>Chunks there are.</summary>
    public long Count
    {
        get
        {
            long count = 0;
            foreach (Shard shard in _shards) count += shard.Count;
            return count;
        }
    }

    /// <summary>Bytes of the tables.</summary>
    public long TableBytes
    {
        get
        {
            long bytes = 0;
            foreach (Shard shard in _shards) bytes += shard.TableBytes;
            return bytes;
        }
    }

    /// <summary>Where a chunk lies, if it is there.</summary>
    public bool TryGet(in BlobHash hash, out RecordLocation location) => ShardOf(hash).TryGet(hash, out location);

    /// <summary>Whether a chunk is there.</summary>
    public bool Contains(in BlobHash hash) => ShardOf(hash).TryGet(hash, out _);

    /// <summary>Looks many chunks up, several times as fast as one after the other once the tables outgrow the caches.</summary>
    /// <param name="hashes">The chunks.</param>
    /// <param name="locations">Gets the place of each, in their order; default where it is not there. At least as long.</param>
    /// <returns>How many are there.</returns>
    public int TryGet(ReadOnlySpan<BlobHash> hashes, Span<RecordLocation> locations)
    {
        int found = 0;
        for (int start = 0; start < hashes.Length; start += Together)
        {
            ReadOnlySpan<BlobHash> block = hashes.Slice(start, Math.Min(Together, hashes.Length - start));
            Prefetch(block);
            for (int i = 0; i < block.Length; i++)
            {
                if (TryGet(block[i], out RecordLocation location)) found++;
                locations[start + i] = location;
            }
        }
        return found;
    }

    /// <summary>Says of many chunks whether each is there; as fast as <see cref="TryGet(ReadOnlySpan{BlobHash}, Span{RecordLocation})"/>.</summary>
    /// <param name="hashes">The chunks.</param>
    /// <param name="present">Gets the answers, in their order. At least as long.</param>
    /// <returns>How many are there.</returns>
    public int Contains(ReadOnlySpan<BlobHash> hashes, Span<bool> present)
    {
        int found = 0;
        for (int start = 0; start < hashes.Length; start += Together)
        {
            ReadOnlySpan<BlobHash> block = hashes.Slice(start, Math.Min(Together, hashes.Length - start));
            Prefetch(block);
            for (int i = 0; i < block.Length; i++)
            {
                bool there = Contains(block[i]);
                if (there) found++;
                present[start + i] = there;
            }
        }
        return found;
    }

    /// <summary>Says where a chunk lies, and where it lay before, if it was there.</summary>
    public RecordLocation? Set(in BlobHash hash, RecordLocation location) => ShardOf(hash).Set(hash, location, null);

    /// <summary>Says where a chunk lies, if it lay where it is expected to; <paramref name="expected"/> default stands for a chunk that is not there.</summary>
    /// <returns>Whether it did; if not, nothing is changed.</returns>
    public bool Replace(in BlobHash hash, RecordLocation expected, RecordLocation location) =>
        ShardOf(hash).Replace(hash, expected, location, null);

    /// <summary>As the other, and a put of this generation has met the chunk.</summary>
    public bool Replace(in BlobHash hash, RecordLocation expected, RecordLocation location, long generation) =>
        ShardOf(hash).Replace(hash, expected, location, ReferenceWord.Stamp(generation));

    /// <summary>Takes a chunk out, and says where it lay, if it was there.</summary>
    public RecordLocation? Remove(in BlobHash hash) => ShardOf(hash).Remove(hash);

    /// <summary>Takes a chunk out, if it lies where it is expected to.</summary>
    /// <returns>Whether it did; if not, nothing is changed.</returns>
    public bool Remove(in BlobHash hash, RecordLocation expected) => ShardOf(hash).Remove(hash, expected);

    /// <summary>Makes room for so many chunks at once, instead of step by step.</summary>
    public void EnsureCapacity(long count)
    {
        // Shards fill unevenly, as uniform hashes do: all but one in 30,000 stay within four standard deviations, and that one grows by itself.
        double mean = count / (double)ShardCount;
        double fullest = mean + (4 * Math.Sqrt(mean));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(fullest, Array.MaxLength / 2, nameof(count));
        foreach (Shard shard in _shards) shard.EnsureCapacity((int)fullest);
    }

    /// <summary>Every entry, a shard at a time; what changes meanwhile may or may not be seen.</summary>
    public IEnumerable<KeyValuePair<BlobHash, RecordLocation>> Enumerate()
    {
        foreach (Shard shard in _shards)
        {
            foreach (KeyValuePair<BlobHash, RecordLocation> entry in shard.Snapshot()) yield return entry;
        }
    }

    // The tags first, then the entries they point at: each pass sends its loads off together.
    private void Prefetch(ReadOnlySpan<BlobHash> block)
    {
        foreach (ref readonly BlobHash hash in block) ShardOf(hash).PrefetchTags(hash);
        foreach (ref readonly BlobHash hash in block) ShardOf(hash).PrefetchEntry(hash);
    }

    private Shard ShardOf(in BlobHash hash) => _shards[hash.Span[0]];
}
