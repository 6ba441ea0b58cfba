using Dataforts.Log;

namespace Dataforts.Store.Indexing;

/// <summary>Pages of hint files that were read lately, within a fixed number of bytes.</summary>
/// <remarks>Thread-safe. Sets of eight pages; in a full set one goes that was not used since the set's hand passed it (the clock algorithm).
/// Memory is taken a set at a time, when a set is first used.</remarks>
internal sealed class PageCache
{
    private const int Ways = 8;
    private const long SetBytes = Ways * (HintPage.SizeBytes + 24L);

    private readonly PageSet[] _sets;
    private long _usedSets;

    /// <summary>Makes one; below the size of one set nothing is kept.</summary>
    public PageCache(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        _sets = new PageSet[Math.Min(bytes / SetBytes, Array.MaxLength)];
        for (int i = 0; i < _sets.Length; i++) _sets[i] = new PageSet();
    }

    /// <summary>Bytes taken so far.</summary>
    public long Bytes => Interlocked.Read(ref _usedSets) * SetBytes;

    /// <summary>Looks a chunk up in a page, reading the page if it is not here.</summary>
    /// <param name="owner">A number of the segment's file that no other file ever has.</param>
    /// <param name="file">The file.</param>
    /// <param name="page">The page's number in it.</param>
    /// <param name="hash">The chunk.</param>
    /// <param name="chunk">The chunk's place.</param>
    /// <exception cref="HintException">The page is damaged or cannot be read.</exception>
    public bool TryFind(uint owner, HintFile file, int page, in Content.BlobHash hash, out HintChunk chunk)
    {
        int count = file.ChunksIn(page);
        ulong tag = ((ulong)owner << 32) | (uint)page;
        PageSet? set = _sets.Length == 0 ? null : _sets[(int)Math.BigMul(tag * 0x9E3779B97F4A7C15, (ulong)_sets.Length, out _)];
        if (set is not null && set.TryFind(tag, count, hash, out bool found, out chunk)) return found;
        Span<byte> bytes = stackalloc byte[HintPage.SizeBytes];
        file.ReadChunks(page, bytes);
        if (set is not null && set.Keep(tag, bytes)) Interlocked.Increment(ref _usedSets);
        return HintPage.TryFind(bytes, count, hash, out chunk);
    }

    private sealed class PageSet
    {
        private readonly Lock _gate = new();
        private readonly ulong[] _tags = new ulong[Ways];
        private byte[]? _pages;
        private uint _used;
        private int _hand;

        public bool TryFind(ulong tag, int count, in Content.BlobHash hash, out bool found, out HintChunk chunk)
        {
            lock (_gate)
            {
                int way = Array.IndexOf(_tags, tag);
                found = false;
                chunk = default;
                if (way < 0) return false;
                _used |= 1u << way;
                found = HintPage.TryFind(_pages.AsSpan(way * HintPage.SizeBytes, HintPage.SizeBytes), count, hash, out chunk);
                return true;
            }
        }

        // Says whether the set was used for the first time.
        public bool Keep(ulong tag, ReadOnlySpan<byte> page)
        {
            lock (_gate)
            {
                bool first = _pages is null;
                _pages ??= GC.AllocateUninitializedArray<byte>(Ways * HintPage.SizeBytes);
                if (Array.IndexOf(_tags, tag) >= 0) return first;
                for (; (_used & (1u << _hand)) != 0; _hand = (_hand + 1) % Ways) _used &= ~(1u << _hand);
                _tags[_hand] = tag;
                page.CopyTo(_pages.AsSpan(_hand * HintPage.SizeBytes));
                _hand = (_hand + 1) % Ways;
                return first;
            }
        }
    }
}
