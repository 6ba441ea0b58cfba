using Dataforts.Content;
using Dataforts.Log;

namespace Dataforts.Store;

// Further copies of chunks whose loss nothing else makes up for. A copy is a record of its own kind, in another segment than the chunk and its
// other copies; the index of chunks knows nothing of it.
public sealed partial class ChunkStore : ICopySink
{
    private const int CopyBatch = 32;
    private const int CopyBatchBytes = 4 << 20;

    private readonly Lock _copiesGate = new();
    private Dictionary<BlobHash, RecordLocation[]> _copies = [];

    /// <summary>In how many segments a chunk lies: 0 when it is not there, above 1 when copies of it were asked for.</summary>
    public int CopiesOf(in BlobHash hash)
    {
        RecordLocation[] places = PlacesOf(hash);
        return places.Length < 2 ? places.Length : places.Select(place => place.Segment).Distinct().Count();
    }

    /// <inheritdoc/>
    public ValueTask<long> KeepCopiesAsync(IReadOnlyCollection<BlobHash> hashes, int copies, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentNullException.ThrowIfNull(hashes);
        ArgumentOutOfRangeException.ThrowIfLessThan(copies, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(copies, StoreLimits.MaxCopies);
        if (!IsWritable) throw new DatafortsException(ErrorKind.ReadOnly, "the store is open for reading only");
        BlobHash[] distinct = [.. hashes.Distinct()];
        long written = 0;
        // All second copies, then all third ones: each round ends at most one segment early, however many chunks there are.
        for (int wanted = 2; wanted <= copies; wanted++)
        {
            var batch = new List<BlobHash>(CopyBatch);
            long bytes = 0;
            foreach (BlobHash hash in distinct)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (CopiesOf(hash) >= wanted) continue;
                batch.Add(hash);
                bytes += LengthOf(hash) ?? 0;
                if (batch.Count < CopyBatch && bytes < CopyBatchBytes) continue;
                written += AppendCopies(batch);
                batch.Clear();
                bytes = 0;
            }
            written += AppendCopies(batch);
        }
        return new(written);
    }

    /// <inheritdoc/>
    public ValueTask<ChunkBuffer?> FetchOtherAsync(BlobHash hash, int maxBytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(ReadCopy(hash, maxBytes));
    }

    /// <summary>Chunks of which a copy is not what it should be.</summary>
    internal List<BlobHash> FindBadCopies(CancellationToken cancellationToken)
    {
        KeyValuePair<BlobHash, RecordLocation[]>[] all;
        lock (_copiesGate) all = [.. _copies];
        var bad = new List<BlobHash>();
        foreach ((BlobHash hash, RecordLocation[] places) in all)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (RecordLocation place in places)
            {
                using ChunkBuffer? copy = TryReadAt(hash, place);
                if (copy is not null || !PlacesOf(hash).Contains(place)) continue;
                bad.Add(hash);
                break;
            }
        }
        return bad;
    }

    /// <summary>How many places hold a chunk whole, and which do not. Reads and verifies each.</summary>
    internal (int Whole, int Bad) CheckCopies(in BlobHash hash)
    {
        var segments = new HashSet<uint>();
        int bad = 0;
        foreach (RecordLocation place in PlacesOf(hash))
        {
            using ChunkBuffer? copy = TryReadAt(hash, place);
            if (copy is null) bad++;
            else segments.Add(place.Segment);
        }
        return (segments.Count, bad);
    }

    /// <summary>Forgets the places of a chunk that do not hold it whole, so that it can be put and kept there again.</summary>
    internal void ForgetBadCopies(in BlobHash hash)
    {
        foreach (RecordLocation place in CopyPlacesOf(hash))
        {
            using ChunkBuffer? copy = TryReadAt(hash, place);
            if (copy is not null) continue;
            lock (_putGate) DropCopy(hash, place);
        }
        if (!TryLocate(hash, out RecordLocation at)) return;
        using ChunkBuffer? primary = TryReadAt(hash, at);
        if (primary is null) _rotten.TryAdd(hash, 0);
    }

    /// <summary>Puts a chunk that is missing or wrong back, apart from the copies of it that are left.</summary>
    internal void PutBack(VerifiedChunk chunk)
    {
        lock (_putGate)
        {
            KeepApart([chunk.Hash]);
            Put(chunk);
        }
    }

    /// <summary>Whether a chunk is there itself, not only copies of it, and was not found to be wrong.</summary>
    internal bool HasOwn(in BlobHash hash) => IsStored(hash);

    /// <summary>Every place of a chunk, its own first.</summary>
    internal RecordLocation[] PlacesOf(in BlobHash hash)
    {
        RecordLocation[] copies = CopyPlacesOf(hash);
        return TryLocate(hash, out RecordLocation at) ? [at, .. copies] : copies;
    }

    /// <summary>The file that a place is in.</summary>
    internal string PathOf(RecordLocation place) => _log.PathOf(place);

    private RecordLocation[] CopyPlacesOf(in BlobHash hash)
    {
        lock (_copiesGate) return _copies.TryGetValue(hash, out RecordLocation[]? places) ? places : [];
    }

    private ChunkBuffer? TryReadAny(in BlobHash hash)
    {
        foreach (RecordLocation place in PlacesOf(hash))
        {
            if (TryReadAt(hash, place) is { } buffer) return buffer;
        }
        return null;
    }

    /// <summary>A further copy of a chunk, whole and verified; null when there is none.</summary>
    internal ChunkBuffer? ReadCopy(in BlobHash hash, int maxBytes)
    {
        foreach (RecordLocation place in CopyPlacesOf(hash))
        {
            if (place.Length <= maxBytes && TryReadAt(hash, place) is { } buffer) return buffer;
        }
        return null;
    }

    /// <summary>Whether a copy is where the system cannot read just now: it may be whole all the same.</summary>
    private bool HasUnreadableCopy(in BlobHash hash)
    {
        foreach (RecordLocation place in CopyPlacesOf(hash))
        {
            if (LookAt(hash, place, isOwn: false) == ErrorKind.Io) return true;
        }
        return false;
    }

    private ChunkBuffer? TryReadAt(in BlobHash hash, RecordLocation place)
    {
        ChunkBuffer buffer = ChunkBuffer.Rent(place.Length);
        try
        {
            if (_log.Read(place, 0, buffer.Writable.Span) == place.Length && BlobHash.Compute(buffer.Memory.Span) == hash) return buffer;
        }
        catch (DatafortsException)
        {
            // Unreadable is as good as lost.
        }
        catch (IOException)
        {
            // The same.
        }
        buffer.Dispose();
        return null;
    }
}
