using System.Diagnostics.CodeAnalysis;
using Dataforts.Content;
using Dataforts.Log;

namespace Dataforts.Store;

public sealed partial class ChunkStore
{
    // Segments whose chunks leave memory together.
    private const int PageOutSegments = 16;

    private readonly List<LogRecord> _removals = [];
    private readonly Lock _pagingGate = new();
    private readonly HashSet<ulong> _pagedOut = [];
    private readonly List<ulong> _passedOver = [];
    private ulong _pagedUpTo;
    private uint _replaying;

    /// <summary>Bytes of memory that the index of chunks takes.</summary>
    public long IndexBytes => _index.MemoryBytes;

    /// <summary>Segments whose chunks are looked up in hint files.</summary>
    internal int SegmentsOnDisk
    {
        get { lock (_pagingGate) return _pagedOut.Count; }
    }

    private bool TryLocate(in BlobHash hash, out RecordLocation location)
    {
        while (true)
        {
            try
            {
                return _index.TryGet(hash, out location);
            }
            catch (HintException error) when (Repair(error))
            {
                // Asked again, of a hint file made anew.
            }
        }
    }

    // As TryLocate, and no collection takes it while the puts of this moment are under way. One that is being removed is not there.
    private bool Touch(in BlobHash hash)
    {
        while (true)
        {
            try
            {
                return _index.Touch(hash);
            }
            catch (HintException error) when (Repair(error))
            {
                // As above.
            }
        }
    }

    private void AddToIndex(in BlobHash hash, RecordLocation location)
    {
        if (!_rotten.IsEmpty) _rotten.TryRemove(hash, out _);
        if (SetInIndex(hash, location) is { } older)
        {
            Interlocked.Add(ref _liveBytes, location.Length - older.Length);
            Discard(older);
        }
        else
        {
            Interlocked.Increment(ref _chunks);
            Interlocked.Add(ref _liveBytes, location.Length);
        }
    }

    private bool RemoveFromIndex(in BlobHash hash)
    {
        while (true)
        {
            try
            {
                if (_index.Remove(hash) is not { } location) return false;
                Interlocked.Decrement(ref _chunks);
                Interlocked.Add(ref _liveBytes, -location.Length);
                Discard(location);
                return true;
            }
            catch (HintException error) when (Repair(error))
            {
                // As above.
            }
        }
    }

    private RecordLocation? SetInIndex(in BlobHash hash, RecordLocation location)
    {
        while (true)
        {
            try
            {
                return _index.Set(hash, location);
            }
            catch (HintException error) when (Repair(error))
            {
                // As above.
            }
        }
    }

    private bool ReplaceInIndex(in BlobHash hash, RecordLocation expected, RecordLocation location)
    {
        while (true)
        {
            try
            {
                return _index.Replace(hash, expected, location);
            }
            catch (HintException error) when (Repair(error))
            {
                // As above.
            }
        }
    }

    private void Discard(RecordLocation location)
    {
        Interlocked.Add(ref _garbageBytes, location.Length);
        _log.Release(location);
    }

    // While the index takes more memory than it should, the oldest full segments up to this one leave it for their hint files.
    private void PageOutUpTo(ulong segment)
    {
        if (!_index.IsOverBudget || segment == Volatile.Read(ref _pagedUpTo)) return;
        lock (_pagingGate)
        {
            try
            {
                while (_index.IsOverBudget && NextHints(segment) is { Count: > 0 } hints)
                {
                    _index.PageOut(hints);
                    foreach (HintFile hint in hints) _pagedOut.Add(hint.Segment);
                }
                _index.Consolidate();
            }
            catch (HintException error)
            {
                // Its chunks stay in memory, which then is more than it should be; verify names the file.
                _passedOver.Add(error.Segment);
            }
            // Nothing more to be had until another segment is full.
            Volatile.Write(ref _pagedUpTo, segment);
        }
    }

    private List<HintFile> NextHints(ulong end)
    {
        var hints = new List<HintFile>();
        foreach (SegmentUsage segment in _log.Usage())
        {
            if (segment.Id >= end || hints.Count == PageOutSegments) break;
            if (_pagedOut.Contains(segment.Id) || _passedOver.Contains(segment.Id) || segment.IsDamaged) continue;
            if (_log.OpenHint(segment.Id) is { } hint) hints.Add(hint);
        }
        return hints;
    }

    private void DropFromIndex(ulong segment, IEnumerable<BlobHash> chunks)
    {
        lock (_pagingGate)
        {
            _index.DropSegment((uint)segment, chunks);
            if (_pagedOut.Remove(segment)) _index.Consolidate();
        }
    }

    // A page of a hint file cannot be trusted: the segment says the same, and gets another.
    private bool Repair(HintException error)
    {
        if (!IsWritable)
        {
            // The file went with its segment when another process compacted it away.
            SegmentLog log = _log;
            if (error.InnerException is not FileNotFoundException || !log.SegmentsHaveChanged()) return false;
            Refresh(log);
            return true;
        }
        lock (_pagingGate)
        {
            // Others who met it wait here too, and the first of them has mended it.
            if (_log.HintPageIsWhole(error)) return true;
            if (!_log.RemakeHint(error.Segment) || _log.OpenHint(error.Segment) is not { } hint) return false;
            while (!TryPageOut(hint, out HintException? another))
            {
                if (another.Segment == error.Segment || !Repair(another)) return false;
            }
            return true;
        }
    }

    // Taking one in looks into others, which may be damaged as well. Nothing may be thrown: this is asked by a filter of exceptions, which hides them.
    private bool TryPageOut(HintFile hint, [NotNullWhen(false)] out HintException? error)
    {
        error = null;
        try
        {
            _index.PageOut([hint]);
        }
        catch (HintException another)
        {
            error = another;
        }
        return error is null;
    }
}
