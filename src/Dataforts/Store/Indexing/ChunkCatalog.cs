using Dataforts.Content;
using Dataforts.Log;

namespace Dataforts.Store.Indexing;

/// <summary>Which chunk lies where: in memory as far as memory may be taken, the rest in the hint files of sealed segments.</summary>
/// <remarks>
/// <para>Memory is asked first and overrides. A chunk that is removed while it may be in a hint file leaves a mark in memory, of the size of an
/// entry, until <see cref="DropSegment"/> of the segment it lay in.</para>
/// <para>Thread-safe; changes of one chunk are atomic. <see cref="PageOut"/>, <see cref="DropSegment"/> and <see cref="Consolidate"/> belong
/// off the path of requests; lookups and changes go on meanwhile.</para>
/// </remarks>
internal sealed partial class ChunkCatalog
{
    /// <summary>What a chunk takes in memory at most (<see cref="ChunkIndex"/>).</summary>
    private const int BytesInMemory = 59;

    private readonly ChunkIndex _memory = new();
    private readonly PagedIndex _paged;
    private readonly long _memoryBytes;
    private readonly bool _pages;
    private readonly Lock _moving = new();
    private long _count;
    private long _marks;

    // Counts segments dropped and files replaced: what a lookup did not find meanwhile may have moved to where it had looked already.
    private int _moves;

    /// <summary>Makes one.</summary>
    /// <param name="memoryBytes">How much memory it should take (<see cref="IsOverBudget"/>); null for as much as there are chunks.</param>
    /// <param name="cacheBytes">How much more for pages of hint files.</param>
    /// <param name="seed">What its filters are made with.</param>
    public ChunkCatalog(long? memoryBytes, long cacheBytes, KeySeed seed)
    {
        _pages = memoryBytes is not null;
        _memoryBytes = memoryBytes ?? long.MaxValue;
        _paged = new PagedIndex(_pages ? cacheBytes : 0, seed);
    }

    /// <summary>Chunks there are.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Chunks removed whose mark is still in memory.</summary>
    public long MarkCount => Interlocked.Read(ref _marks);

    /// <summary>Filters that a lookup of a chunk asks when it is not in memory.</summary>
    public int FilterCount => _paged.GroupCount;

    /// <summary>Bytes of filters and fences: what the chunks take that are paged out.</summary>
    public long PagedBytes => _paged.TableBytes;

    /// <summary>Bytes of tables, filters, fences and cached pages.</summary>
    public long MemoryBytes => _memory.TableBytes + _paged.TableBytes + _paged.CacheBytes;

    /// <summary>Whether what is known takes more memory than it should: time for <see cref="PageOut"/> of the oldest segments that are not
    /// paged out.</summary>
    public bool IsOverBudget => (_memory.Count * BytesInMemory) + _paged.TableBytes > _memoryBytes;

    /// <summary>Where a chunk lies, if it is there. Touches no file unless the chunk is paged out.</summary>
    /// <exception cref="HintException">A hint file is damaged or cannot be read: whether the chunk is there is not known until the
    /// file is made again from its segment, and paged out anew.</exception>
    public bool TryGet(in BlobHash hash, out RecordLocation location) => TryResolve(hash, out location, out _);

    /// <summary>Whether a chunk is there.</summary>
    /// <exception cref="HintException">As <see cref="TryGet(in BlobHash, out RecordLocation)"/>.</exception>
    public bool Contains(in BlobHash hash) => TryResolve(hash, out _, out _);

    /// <summary>Says of many chunks whether each is there, several times as fast as one by one.</summary>
    /// <param name="hashes">The chunks.</param>
    /// <param name="present">Gets the answers, in their order. At least as long.</param>
    /// <returns>How many are there.</returns>
    /// <exception cref="HintException">As <see cref="TryGet(in BlobHash, out RecordLocation)"/>.</exception>
    public int Contains(ReadOnlySpan<BlobHash> hashes, Span<bool> present)
    {
        if (!_pages) return _memory.Contains(hashes, present);
        Span<RecordLocation> locations = stackalloc RecordLocation[Block];
        int found = 0;
        for (int start = 0; start < hashes.Length; start += Block)
        {
            int count = Math.Min(Block, hashes.Length - start);
            found += TryGet(hashes.Slice(start, count), locations);
            for (int i = 0; i < count; i++) present[start + i] = locations[i] != default;
        }
        return found;
    }

    /// <summary>Looks many chunks up, several times as fast as one by one.</summary>
    /// <param name="hashes">The chunks.</param>
    /// <param name="locations">Gets the place of each, in their order; default where it is not there. At least as long.</param>
    /// <returns>How many are there.</returns>
    /// <exception cref="HintException">As <see cref="TryGet(in BlobHash, out RecordLocation)"/>.</exception>
    public int TryGet(ReadOnlySpan<BlobHash> hashes, Span<RecordLocation> locations)
    {
        int found = _memory.TryGet(hashes, locations);
        if (!_pages) return found;
        found = 0;
        for (int start = 0; start < hashes.Length; start += Block)
        {
            int end = Math.Min(start + Block, hashes.Length);
            for (int i = start; i < end; i++)
            {
                if (locations[i] == default) _paged.Prefetch(hashes[i]);
            }
            for (int i = start; i < end; i++)
            {
                if (IsMark(locations[i])) locations[i] = default;
                else if (locations[i] == default) TryGet(hashes[i], out locations[i]);
                if (locations[i] != default) found++;
            }
        }
        return found;
    }

    /// <summary>Says where a chunk lies, and where it lay before, if it was there.</summary>
    /// <exception cref="HintException">Nothing is changed; otherwise as <see cref="TryGet(in BlobHash, out RecordLocation)"/>.</exception>
    public RecordLocation? Set(in BlobHash hash, RecordLocation location)
    {
        while (true)
        {
            bool known = TryResolve(hash, out RecordLocation before, out RecordLocation inMemory);
            if (!_memory.Replace(hash, inMemory, location, Generation)) continue;
            if (IsMark(inMemory)) Interlocked.Decrement(ref _marks);
            if (known) return before;
            Interlocked.Increment(ref _count);
            return null;
        }
    }

    /// <summary>Says where a chunk lies, if it lay where it is expected to; <paramref name="expected"/> default stands for a chunk that is not there.</summary>
    /// <returns>Whether it did; if not, nothing is changed.</returns>
    /// <exception cref="HintException">As <see cref="Set"/>.</exception>
    public bool Replace(in BlobHash hash, RecordLocation expected, RecordLocation location)
    {
        while (true)
        {
            TryResolve(hash, out RecordLocation before, out RecordLocation inMemory);
            if (before != expected) return false;
            if (!_memory.Replace(hash, inMemory, location)) continue;
            if (IsMark(inMemory)) Interlocked.Decrement(ref _marks);
            if (before == default) Interlocked.Increment(ref _count);
            return true;
        }
    }

    /// <summary>Takes a chunk out, and says where it lay, if it was there.</summary>
    /// <exception cref="HintException">As <see cref="Set"/>.</exception>
    public RecordLocation? Remove(in BlobHash hash)
    {
        while (TryResolve(hash, out RecordLocation before, out RecordLocation inMemory))
        {
            if (TryTakeOut(hash, before, inMemory)) return before;
        }
        return null;
    }

    /// <summary>Takes a chunk out, if it lies where it is expected to.</summary>
    /// <returns>Whether it did; if not, nothing is changed.</returns>
    /// <exception cref="HintException">As <see cref="Set"/>.</exception>
    public bool Remove(in BlobHash hash, RecordLocation expected)
    {
        while (TryResolve(hash, out RecordLocation before, out RecordLocation inMemory) && before == expected)
        {
            if (TryTakeOut(hash, before, inMemory)) return true;
        }
        return false;
    }

    /// <summary>Makes room in memory for so many chunks at once.</summary>
    public void EnsureCapacity(long count) => _memory.EnsureCapacity(count);

    // In memory a chunk is at a place, marked as removed from one, or not known, which is default.
    private static bool IsMark(RecordLocation location) => location.Length < 0;

    private static RecordLocation MarkOf(RecordLocation location) => location with { Length = ~location.Length };

    private bool TryTakeOut(in BlobHash hash, RecordLocation before, RecordLocation inMemory)
    {
        // The segment may be on its way out of memory just now, so even what is in memory leaves a mark.
        if (!(_pages ? _memory.Replace(hash, inMemory, MarkOf(before)) : _memory.Remove(hash, inMemory))) return false;
        if (_pages) Interlocked.Increment(ref _marks);
        Interlocked.Decrement(ref _count);
        return true;
    }

    private bool TryResolve(in BlobHash hash, out RecordLocation location, out RecordLocation inMemory)
    {
        while (true)
        {
            int moves = Volatile.Read(ref _moves);
            if (_memory.TryGet(hash, out inMemory))
            {
                location = IsMark(inMemory) ? default : inMemory;
                return location != default;
            }
            if (_paged.TryGet(hash, out location)) return true;
            if (Volatile.Read(ref _moves) == moves) return false;
        }
    }
}
