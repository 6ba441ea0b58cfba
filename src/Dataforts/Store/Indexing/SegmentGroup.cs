using System.Numerics;
using System.Runtime.InteropServices;
using Dataforts.Content;
using Dataforts.Log;

namespace Dataforts.Store.Indexing;

/// <summary>Segments that share one filter, which also says in which of them a chunk is.</summary>
/// <remarks>
/// The filter is cut by the first bits of the hashes into maps of at most a million keys, so that one over thousands of segments is made from
/// their sorted files with bounded memory. Of copies in several segments it names the latest; the others are on a list. Two chunks that share
/// a key of 64 bits, which nobody can bring about who does not know the key's seed, are told apart by the same list. Immutable, but for
/// segments that are dropped.
/// </remarks>
internal sealed class SegmentGroup
{
    /// <summary>Segments in a group at most.</summary>
    public const int MaxSegments = 4096;

    // Bounds the memory that building takes, to some 32 MB.
    private const int KeysPerMap = 1 << 20;

    // Ascending by id, so the latest copy has the highest ordinal.
    private readonly PagedSegment[] _segments;
    private readonly FuseMap[] _maps;
    private readonly int _mapBits;

    // Older copies: sorted keys, and the ordinal of a segment for each.
    private readonly ulong[] _olderKeys;
    private readonly ushort[] _olderOrdinals;

    private SegmentGroup(PagedSegment[] segments, FuseMap[] maps, List<(ulong Key, ushort Ordinal)> older)
    {
        _segments = segments;
        _maps = maps;
        _mapBits = BitOperations.Log2((uint)maps.Length);
        older.Sort();
        _olderKeys = [.. older.Select(copy => copy.Key)];
        _olderOrdinals = [.. older.Select(copy => copy.Ordinal)];
        foreach (PagedSegment segment in segments) Chunks += segment.Count;
    }

    public ReadOnlySpan<PagedSegment> Segments => _segments;

    /// <summary>Entries of all segments, copies and dropped ones included.</summary>
    public long Chunks { get; }

    /// <summary>Chunks when the group was made, copies counted once. (Two that share a key count once as well; at a terabyte that is one chance
    /// in a hundred thousand.)</summary>
    public long DistinctChunks => Chunks - _olderKeys.Length;

    /// <summary>Bytes of the filter; the segments have their own.</summary>
    public long FilterBytes
    {
        get
        {
            long bytes = _olderKeys.Length * (long)(sizeof(ulong) + sizeof(ushort));
            foreach (FuseMap map in _maps) bytes += map.Bytes;
            return bytes;
        }
    }

    /// <summary>Makes a group from the files of its segments.</summary>
    /// <exception cref="HintException">A file is damaged or cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static SegmentGroup Build(IEnumerable<PagedSegment> segments, KeySeed seed, CancellationToken cancellationToken)
    {
        PagedSegment[] ordered = [.. segments.OrderBy(segment => segment.Id)];
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ordered.Length, MaxSegments, nameof(segments));
        long total = ordered.Sum(segment => (long)segment.Count);
        int mapBits = total <= KeysPerMap ? 0 : BitOperations.Log2((ulong)(total - 1) / KeysPerMap) + 1;
        int valueBits = ordered.Length <= 1 ? 0 : BitOperations.Log2((uint)ordered.Length - 1) + 1;
        var maps = new FuseMap[1 << mapBits];
        var older = new List<(ulong, ushort)>();
        var keys = new List<ulong>();
        var ordinals = new List<ushort>();
        for (int i = 0; i < maps.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            keys.Clear();
            ordinals.Clear();
            for (int ordinal = 0; ordinal < ordered.Length; ordinal++) Gather(ordered[ordinal], (ushort)ordinal, i, mapBits, seed, keys, ordinals);
            int distinct = SortDistinct(CollectionsMarshal.AsSpan(keys), CollectionsMarshal.AsSpan(ordinals), older);
            maps[i] = FuseMap.Build(CollectionsMarshal.AsSpan(keys)[..distinct], CollectionsMarshal.AsSpan(ordinals)[..distinct], valueBits);
        }
        return new SegmentGroup(ordered, maps, older);
    }

    /// <summary>Whether a segment is one of the group's.</summary>
    public bool Holds(uint id) => Array.Exists(_segments, segment => segment.Id == id);

    /// <summary>The segment with the highest id below <paramref name="below"/> that can hold a chunk; null when none can. Reads no file.</summary>
    public PagedSegment? Latest(in BlobHash hash, ulong key, ulong below)
    {
        if (!MapOf(hash).TryGet(key, out int ordinal) || ordinal >= _segments.Length) return null;
        PagedSegment? latest = Counts(ordinal, below);
        if (_olderKeys.Length == 0) return latest;
        for (int i = FirstOlder(key); i < _olderKeys.Length && _olderKeys[i] == key; i++)
        {
            if (Counts(_olderOrdinals[i], below) is { } older && (latest is null || older.Id > latest.Id)) latest = older;
        }
        return latest;
    }

    public void Prefetch(in BlobHash hash, ulong key) => MapOf(hash).Prefetch(key);

    private FuseMap MapOf(in BlobHash hash) => _maps[_mapBits == 0 ? 0 : (int)(PagedSegment.PrefixOf(hash) >> (64 - _mapBits))];

    private PagedSegment? Counts(int ordinal, ulong below)
    {
        PagedSegment segment = _segments[ordinal];
        return segment.Id < below && !segment.IsDropped ? segment : null;
    }

    private int FirstOlder(ulong key)
    {
        int at = Array.BinarySearch(_olderKeys, key);
        if (at < 0) return _olderKeys.Length;
        while (at > 0 && _olderKeys[at - 1] == key) at--;
        return at;
    }

    // The pages of a segment in which hashes with the map's first bits are.
    private static void Gather(PagedSegment segment, ushort ordinal, int map, int mapBits, KeySeed seed, List<ulong> keys, List<ushort> ordinals)
    {
        ulong low = mapBits == 0 ? 0 : (ulong)map << (64 - mapBits);
        ulong high = mapBits == 0 ? ulong.MaxValue : low + (ulong.MaxValue >> mapBits);
        Span<byte> page = stackalloc byte[HintPage.SizeBytes];
        int last = segment.LastPageFor(high);
        for (int number = segment.FirstPageFor(low); number <= last; number++)
        {
            int count = segment.File.ReadChunks(number + 1, page);
            for (int i = 0; i < count; i++)
            {
                ref readonly BlobHash hash = ref HintPage.HashAt(page, i);
                if (PagedSegment.PrefixOf(hash) is var prefix && (prefix < low || prefix > high)) continue;
                keys.Add(seed.KeyOf(hash));
                ordinals.Add(ordinal);
            }
        }
    }

    private static int SortDistinct(Span<ulong> keys, Span<ushort> ordinals, List<(ulong, ushort)> older)
    {
        KeySort.Sort(keys, ordinals);
        int kept = 0;
        for (int i = 0; i < keys.Length; i++)
        {
            if (kept > 0 && keys[kept - 1] == keys[i])
            {
                older.Add((keys[i], Math.Min(ordinals[i], ordinals[kept - 1])));
                ordinals[kept - 1] = Math.Max(ordinals[i], ordinals[kept - 1]);
                continue;
            }
            (keys[kept], ordinals[kept]) = (keys[i], ordinals[i]);
            kept++;
        }
        return kept;
    }
}
