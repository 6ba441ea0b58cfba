using Dataforts.Content;
using Dataforts.Log;

namespace Dataforts.Store.Indexing;

internal sealed partial class ChunkCatalog
{
    private const int Block = 64;

    /// <summary>Learns of sealed segments from their hint files, when a store is opened: what they list is there, and where several list a
    /// chunk the one with the highest id counts. What was removed since is to be removed again.</summary>
    /// <remarks>A file lists all chunks of its segment, and can be read until <see cref="DropSegment"/>. Many files at once are cheaper than one
    /// after the other.</remarks>
    /// <exception cref="HintException">A file is damaged or cannot be read; nothing of its group of 4,096 files is changed.</exception>
    /// <exception cref="InvalidOperationException">The catalog was made to keep everything in memory.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; what is done stays done.</exception>
    public void Load(IReadOnlyCollection<HintFile> files, CancellationToken cancellationToken = default) => Add(files, areNew: true, cancellationToken);

    /// <summary>Moves the chunks of sealed segments from memory to their hint files. A segment that is in its file already has the file replaced.</summary>
    /// <remarks>As for <see cref="Load"/>; but what is listed and not known is not there any more. Chunks that only a replaced file listed are not
    /// found any more, yet counted.</remarks>
    /// <exception cref="HintException">As <see cref="Load"/>.</exception>
    /// <exception cref="InvalidOperationException">As <see cref="Load"/>.</exception>
    /// <exception cref="OperationCanceledException">As <see cref="Load"/>.</exception>
    public void PageOut(IReadOnlyCollection<HintFile> files, CancellationToken cancellationToken = default) => Add(files, areNew: false, cancellationToken);

    /// <summary>Forgets a segment whose chunks were all moved or removed before; then its files may be deleted.</summary>
    /// <exception cref="HintException">Another hint file is damaged or cannot be read. The segment is forgotten, but marks of what was
    /// removed from it are still there; a second call takes them away.</exception>
    /// <param name="segment">The segment.</param>
    /// <param name="chunks">The chunks it held, where the caller knows them; else all that is in memory is looked through.</param>
    public void DropSegment(uint segment, IEnumerable<BlobHash>? chunks = null)
    {
        lock (_moving)
        {
            Interlocked.Increment(ref _moves);
            _paged.Drop(segment);
            if (Interlocked.Read(ref _marks) == 0) return;
            foreach (BlobHash hash in chunks ?? _memory.Enumerate().Select(entry => entry.Key))
            {
                if (!_memory.TryGet(hash, out RecordLocation mark) || !IsMark(mark) || mark.Segment != segment) continue;
                // An older copy that is still on disk would come back to life.
                if (_paged.TryGet(hash, out RecordLocation older)) _memory.Replace(hash, mark, MarkOf(older));
                else if (_memory.Remove(hash, mark)) Interlocked.Decrement(ref _marks);
            }
        }
    }

    /// <summary>Keeps the filters few and free of dropped segments (<see cref="PagedIndex.Consolidate"/>). Call it after
    /// <see cref="PageOut"/> and <see cref="DropSegment"/>, in the background.</summary>
    /// <exception cref="HintException">A hint file is damaged or cannot be read; what is done stays done.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; what is done stays done.</exception>
    public void Consolidate(CancellationToken cancellationToken = default) => _paged.Consolidate(cancellationToken);

    /// <summary>Every chunk and its place, in no particular order. One that stays where it is comes once. One that is moved meanwhile may come
    /// twice, one that is moved several times perhaps not at all; one that is put or removed may come or not.</summary>
    /// <exception cref="HintException">A hint file is damaged or cannot be read.</exception>
    public IEnumerable<KeyValuePair<BlobHash, RecordLocation>> Enumerate()
    {
        var seen = new HashSet<PagedSegment>();
        foreach (KeyValuePair<BlobHash, RecordLocation> entry in EnumeratePaged(seen)) yield return entry;
        foreach (KeyValuePair<BlobHash, RecordLocation> entry in _memory.Enumerate())
        {
            if (!IsMark(entry.Value)) yield return entry;
        }
        // What was paged out since the first look is not in memory any more.
        foreach (KeyValuePair<BlobHash, RecordLocation> entry in EnumeratePaged(seen)) yield return entry;
    }

    private IEnumerable<KeyValuePair<BlobHash, RecordLocation>> EnumeratePaged(HashSet<PagedSegment> seen)
    {
        var page = new byte[HintPage.SizeBytes];
        foreach (PagedSegment segment in _paged.Segments)
        {
            if (!seen.Add(segment)) continue;
            for (int number = 1; number <= segment.File.ChunkPages && !segment.IsDropped; number++)
            {
                int count;
                try
                {
                    count = segment.File.ReadChunks(number, page);
                }
                catch (HintException) when (segment.IsDropped)
                {
                    // Its chunks were moved into memory before, which is looked at later.
                    break;
                }
                for (int i = 0; i < count; i++)
                {
                    HintChunk chunk = HintPage.ChunkAt(page, i);
                    var location = new RecordLocation(segment.Id, chunk.Offset, chunk.Length);
                    // A place in memory overrides; the same place is on its way out of there.
                    bool counts = _memory.TryGet(chunk.Hash, out RecordLocation counting) || _paged.TryGet(chunk.Hash, out counting);
                    if (counts && counting == location) yield return new(chunk.Hash, location);
                }
            }
        }
    }

    private void Add(IReadOnlyCollection<HintFile> files, bool areNew, CancellationToken cancellationToken)
    {
        if (!_pages) throw new InvalidOperationException("This catalog keeps everything in memory.");
        lock (_moving)
        {
            // A hint file has no room for them.
            if (_memory.CountsReferences) _memory.CountReferences(areCounted: false, Generation);
            foreach (HintFile[] some in files.OrderBy(file => file.Segment).Chunk(SegmentGroup.MaxSegments))
            {
                SegmentGroup group = _paged.Build(some, cancellationToken);
                long added = areNew && _memory.Count == 0 && _paged.IsEmpty ? group.DistinctChunks : Introduce(group, areNew);
                Interlocked.Increment(ref _moves);
                _paged.Add(group);
                Interlocked.Add(ref _count, added);
                if (_memory.Count == 0) continue;
                foreach (PagedSegment segment in group.Segments) TakeFromMemory(segment);
            }
        }
    }

    // Before lookups see a segment: counts what is new, or marks it as removed, since its own mark may be gone. Of copies the latest counts.
    private long Introduce(SegmentGroup group, bool areNew)
    {
        long added = 0;
        Span<byte> page = stackalloc byte[HintPage.SizeBytes];
        foreach (PagedSegment segment in group.Segments)
        {
            for (int number = 1; number <= segment.File.ChunkPages; number++)
            {
                int count = segment.File.ReadChunks(number, page);
                for (int i = 0; i < count; i++)
                {
                    HintChunk chunk = HintPage.ChunkAt(page, i);
                    if (_memory.Contains(chunk.Hash) || IsPaged(group, chunk.Hash) || !_paged.IsLatest(group, segment, chunk.Hash)) continue;
                    if (areNew) added++;
                    else if (_memory.Replace(chunk.Hash, default, MarkOf(new RecordLocation(segment.Id, chunk.Offset, chunk.Length))))
                        Interlocked.Increment(ref _marks);
                }
            }
        }
        return added;
    }

    private bool IsPaged(SegmentGroup group, in BlobHash hash)
    {
        try
        {
            return _paged.TryGet(hash, out _);
        }
        catch (HintException error) when (group.Holds(error.Segment))
        {
            // The file is about to be replaced, perhaps for that very page; its filter, which was made when it was whole, says that it is there.
            return true;
        }
    }

    private void TakeFromMemory(PagedSegment segment)
    {
        Span<byte> page = stackalloc byte[HintPage.SizeBytes];
        for (int number = 1; number <= segment.File.ChunkPages; number++)
        {
            int count = segment.File.ReadChunks(number, page);
            for (int i = 0; i < count; i++)
            {
                ref readonly BlobHash hash = ref HintPage.HashAt(page, i);
                if (_memory.TryGet(hash, out RecordLocation location) && !IsMark(location) && location.Segment <= segment.Id)
                    _memory.Remove(hash, location);
            }
        }
    }
}
