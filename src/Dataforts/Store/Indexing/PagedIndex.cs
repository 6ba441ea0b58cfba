using Dataforts.Content;
using Dataforts.Log;

namespace Dataforts.Store.Indexing;

/// <summary>Which chunk lies where, for segments whose chunks are in hint files: less than 4 bytes a chunk in memory.</summary>
/// <remarks>
/// <para>A chunk that is not there is refused by the filters, without a file being touched, but for about one in 2^27 asked for each segment there is
/// (3 in 100,000 at a terabyte of 256 MiB segments); one that is there costs one read of a page, unless the page is in the cache.</para>
/// <para>Segments join groups with a filter each (<see cref="SegmentGroup"/>). Eight groups of like size become one, so that a terabyte is a
/// dozen or two; a group is made again when half of it was dropped. Thread-safe: readers take no lock, changes wait for each other.</para>
/// </remarks>
internal sealed class PagedIndex(long cacheBytes, KeySeed seed)
{
    // Fewer would make groups anew more often, more would have more filters asked.
    private const int FanOut = 8;

    private readonly PageCache _cache = new(cacheBytes);

    // Work that takes long is done under the first, what readers see is changed under the second.
    private readonly Lock _building = new();
    private readonly Lock _gate = new();
    private SegmentGroup[] _groups = [];

    public bool IsEmpty => Volatile.Read(ref _groups).Length == 0;

    /// <summary>Filters that a lookup asks.</summary>
    public int GroupCount => Volatile.Read(ref _groups).Length;

    /// <summary>Bytes of filters and fences.</summary>
    public long TableBytes
    {
        get
        {
            long bytes = 0;
            foreach (SegmentGroup group in Volatile.Read(ref _groups))
            {
                bytes += group.FilterBytes;
                foreach (PagedSegment segment in group.Segments) bytes += segment.MemoryBytes;
            }
            return bytes;
        }
    }

    /// <summary>Bytes of pages kept.</summary>
    public long CacheBytes => _cache.Bytes;

    /// <summary>Every segment, in no particular order.</summary>
    public IEnumerable<PagedSegment> Segments
    {
        get
        {
            foreach (SegmentGroup group in Volatile.Read(ref _groups))
            {
                foreach (PagedSegment segment in group.Segments.ToArray())
                {
                    if (!segment.IsDropped) yield return segment;
                }
            }
        }
    }

    /// <summary>Where a chunk lies, if it is there; in the segment with the highest id when several have it.</summary>
    /// <exception cref="HintException">A page is damaged or cannot be read: whether the chunk is there is not known.</exception>
    public bool TryGet(in BlobHash hash, out RecordLocation location)
    {
        ulong key = seed.KeyOf(hash);
        ulong below = ulong.MaxValue;
        SegmentGroup[] groups = Volatile.Read(ref _groups);
        while (true)
        {
            PagedSegment? latest = Latest(groups, hash, key, below);
            if (latest is null)
            {
                // A segment that was replaced meanwhile is passed over as dropped in the groups looked at, and its successor is in others.
                SegmentGroup[] now = Volatile.Read(ref _groups);
                if (ReferenceEquals(now, groups))
                {
                    location = default;
                    return false;
                }
                groups = now;
                below = ulong.MaxValue;
                continue;
            }
            try
            {
                if (latest.TryFind(hash, _cache, out location)) return true;
                below = latest.Id;
            }
            catch (HintException) when (latest.IsDropped)
            {
                // The segment and its file went while it was read; what it had is elsewhere by now.
                groups = Volatile.Read(ref _groups);
            }
        }
    }

    /// <summary>Fetches what <see cref="TryGet"/> will ask first.</summary>
    public void Prefetch(in BlobHash hash)
    {
        ulong key = seed.KeyOf(hash);
        foreach (SegmentGroup group in Volatile.Read(ref _groups)) group.Prefetch(hash, key);
    }

    /// <summary>Whether <paramref name="candidate"/> is the segment of <paramref name="group"/> that counts for a chunk of it.</summary>
    public bool IsLatest(SegmentGroup group, PagedSegment candidate, in BlobHash hash) =>
        ReferenceEquals(group.Latest(hash, seed.KeyOf(hash), ulong.MaxValue), candidate);

    /// <summary>Makes a group that no lookup sees yet.</summary>
    /// <exception cref="HintException">A file is damaged or cannot be read.</exception>
    public SegmentGroup Build(IEnumerable<HintFile> files, CancellationToken cancellationToken) =>
        SegmentGroup.Build([.. files.Select(PagedSegment.Load)], seed, cancellationToken);

    /// <summary>Lets lookups see a group. A segment that is there already is replaced.</summary>
    public void Add(SegmentGroup group)
    {
        lock (_gate)
        {
            var ids = new HashSet<uint>();
            foreach (PagedSegment segment in group.Segments) ids.Add(segment.Id);
            List<PagedSegment> replaced = [.. Segments.Where(segment => ids.Contains(segment.Id))];
            Volatile.Write(ref _groups, [.. _groups, group]);
            foreach (PagedSegment segment in replaced) segment.Drop();
            Sweep();
        }
    }

    /// <summary>Forgets a segment; its file may be deleted afterwards.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Drop(uint id)
    {
        lock (_gate)
        {
            if (Segments.FirstOrDefault(segment => segment.Id == id) is not { } segment) return false;
            segment.Drop();
            Sweep();
            return true;
        }
    }

    /// <summary>Merges groups of like size and makes those anew of which half was dropped, until there is nothing to do. Lookups and changes go on
    /// meanwhile; takes about half a microsecond for each chunk concerned.</summary>
    /// <exception cref="HintException">A file is damaged or cannot be read; its group stays as it was.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; what is done stays done.</exception>
    public void Consolidate(CancellationToken cancellationToken)
    {
        lock (_building)
        {
            while (Due(Volatile.Read(ref _groups)) is { Count: > 0 } due)
            {
                PagedSegment[] live = [.. due.SelectMany(Live)];
                SegmentGroup merged;
                try
                {
                    merged = SegmentGroup.Build(live, seed, cancellationToken);
                }
                catch (HintException) when (Array.Exists(live, segment => segment.IsDropped))
                {
                    // A segment and its file went while it was read.
                    continue;
                }
                lock (_gate)
                {
                    // A segment that was dropped meanwhile is known to the new group as well, and is as dropped there.
                    Volatile.Write(ref _groups, [.. _groups.Except(due), merged]);
                    Sweep();
                }
            }
        }
    }

    private static PagedSegment? Latest(SegmentGroup[] groups, in BlobHash hash, ulong key, ulong below)
    {
        PagedSegment? latest = null;
        foreach (SegmentGroup group in groups)
        {
            if (group.Latest(hash, key, below) is { } segment && (latest is null || segment.Id > latest.Id)) latest = segment;
        }
        return latest;
    }

    private static List<SegmentGroup> Due(SegmentGroup[] groups)
    {
        foreach (SegmentGroup group in groups)
        {
            if (Live(group).Sum(segment => (long)segment.Count) * 2 < group.Chunks) return [group];
        }
        foreach (IGrouping<int, SegmentGroup> tier in groups.GroupBy(group => TierOf(Live(group).Count)))
        {
            if (tier.Count() < FanOut) continue;
            var some = new List<SegmentGroup>();
            int segments = 0;
            foreach (SegmentGroup group in tier.OrderBy(group => Live(group).Count).Take(FanOut))
            {
                segments += Live(group).Count;
                if (segments <= SegmentGroup.MaxSegments) some.Add(group);
            }
            if (some.Count > 1) return some;
        }
        return [];
    }

    private static List<PagedSegment> Live(SegmentGroup group)
    {
        var live = new List<PagedSegment>();
        foreach (PagedSegment segment in group.Segments)
        {
            if (!segment.IsDropped) live.Add(segment);
        }
        return live;
    }

    // 1 to 7 segments, 8 to 63, 64 to 511, 512 to 4096.
    private static int TierOf(int segments) => System.Numerics.BitOperations.Log2((uint)Math.Max(segments, 1)) / 3;

    private void Sweep() => Volatile.Write(ref _groups, [.. _groups.Where(group => Live(group).Count > 0)]);
}
