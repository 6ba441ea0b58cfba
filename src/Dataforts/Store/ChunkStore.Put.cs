using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Dataforts.Content;
using Dataforts.Log;

namespace Dataforts.Store;

public sealed partial class ChunkStore
{
    private const int RemovalHashes = 4096;

    private readonly Lock _putGate = new();
    private readonly List<NewRecord> _fresh = [];
    private readonly HashSet<BlobHash> _freshHashes = [];
    private RecordLocation[] _freshPlaces = [];

    /// <summary>Stores a chunk unless it is there; it is <see cref="Durability.Buffered"/> on return. The bytes are the caller's again.</summary>
    /// <returns>Whether it was newly stored.</returns>
    /// <exception cref="DatafortsException">NoSpace, ReadOnly, WriterFailed or Io: nothing of it is visible.</exception>
    /// <exception cref="ArgumentException">The chunk did not come from <see cref="ChunkVerifier"/>.</exception>
    public bool Put(VerifiedChunk chunk)
    {
        bool isNew = false;
        Put(new ReadOnlySpan<VerifiedChunk>(in chunk), new Span<bool>(ref isNew));
        return isNew;
    }

    /// <summary>Stores chunks that are not there, in as few writes as it takes; they are <see cref="Durability.Buffered"/> on return.</summary>
    /// <param name="chunks">The chunks; one may occur more than once.</param>
    /// <param name="isNew">Gets for each whether it was newly stored; at least as long.</param>
    /// <exception cref="DatafortsException">NoSpace, ReadOnly, WriterFailed or Io: some of them may be stored, which are whole.</exception>
    /// <exception cref="ArgumentException">A chunk did not come from <see cref="ChunkVerifier"/>.</exception>
    public void Put(ReadOnlySpan<VerifiedChunk> chunks, Span<bool> isNew)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfLessThan(isNew.Length, chunks.Length);
        int known = 0;
        for (int i = 0; i < chunks.Length; i++)
        {
            if (chunks[i].Hash == default) throw new ArgumentException("A chunk comes from ChunkVerifier.", nameof(chunks));
            isNew[i] = !IsStored(chunks[i].Hash);
            if (!isNew[i]) known++;
        }
        if (known < chunks.Length) known += Append(chunks, isNew);
        if (known > 0) DatafortsMeter.ChunksDeduplicated.Add(known);
    }

    /// <inheritdoc/>
    public ValueTask<bool> StoreAsync(VerifiedChunk chunk, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(Put(chunk));
    }

    /// <inheritdoc/>
    public ValueTask StoreAsync(ReadOnlyMemory<VerifiedChunk> chunks, Memory<bool> isNew, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Put(chunks.Span, isNew.Span);
        return default;
    }

    /// <summary>Takes chunks out. Nothing asks whether a blob needs them: that is for the caller to know. Their room is regained by
    /// <see cref="CompactAsync"/>. <see cref="Durability.Buffered"/> on return.</summary>
    /// <returns>How many were there.</returns>
    /// <exception cref="DatafortsException">As <see cref="Put(VerifiedChunk)"/>.</exception>
    public int Remove(ReadOnlySpan<BlobHash> hashes)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        int removed = 0;
        for (; !hashes.IsEmpty; hashes = hashes[Math.Min(RemovalHashes, hashes.Length)..])
        {
            var there = new List<BlobHash>();
            lock (_putGate)
            {
                foreach (ref readonly BlobHash hash in hashes[..Math.Min(RemovalHashes, hashes.Length)])
                {
                    if (TryLocate(hash, out _) || CopyPlacesOf(hash).Length > 0) there.Add(hash);
                }
                if (there.Count == 0) continue;
                AppendRemoval(CollectionsMarshal.AsSpan(there));
                foreach (BlobHash hash in there) removed += RemoveFromIndex(hash) | DropCopies(hash) ? 1 : 0;
            }
        }
        return removed;
    }

    // Of those that are not there: what another has put meanwhile, or what occurs twice, is no longer new. Says how many that is.
    private int Append(ReadOnlySpan<VerifiedChunk> chunks, Span<bool> isNew)
    {
        int known = 0;
        long bytes = 0;
        EnterPutGate();
        int appended = 0;
        try
        {
            for (int i = 0; i < chunks.Length; i++)
            {
                if (!isNew[i]) continue;
                isNew[i] = !IsStored(chunks[i].Hash) && (chunks.Length == 1 || _freshHashes.Add(chunks[i].Hash));
                if (!isNew[i])
                {
                    known++;
                    continue;
                }
                bytes += chunks[i].Bytes.Length;
                _fresh.Add(new NewRecord(RecordKind.Chunk, chunks[i].Hash, chunks[i].Bytes));
            }
            TakeRoom(CollectionsMarshal.AsSpan(_fresh));
            if (_freshPlaces.Length < _fresh.Count) _freshPlaces = new RecordLocation[_fresh.Count];
            _log.Append(CollectionsMarshal.AsSpan(_fresh), _freshPlaces, ref appended);
        }
        finally
        {
            AddFresh(appended);
        }
        DatafortsMeter.BytesStored.Add(bytes);
        return known;
    }

    // Whatever fails, the memory of the callers is let go before the gate is: the next put must not take it for its own.
    private void AddFresh(int appended)
    {
        try
        {
            for (int i = 0; i < appended; i++) AddToIndex(_fresh[i].Hash, _freshPlaces[i]);
            DatafortsMeter.ChunksStored.Add(appended);
        }
        finally
        {
            _fresh.Clear();
            _freshHashes.Clear();
            _putGate.Exit();
        }
    }

    // Whoever has the gate is about to end a write of some microseconds; to be put to sleep and woken takes longer than that.
    private void EnterPutGate()
    {
        const int Looks = 200, BetweenLooks = 20;
        for (int look = 0; look < Looks; look++)
        {
            if (_putGate.TryEnter()) return;
            Thread.SpinWait(BetweenLooks);
        }
        _putGate.Enter();
    }

    // A copy that was found to be wrong is none: whoever puts the chunk again mends it.
    private bool IsStored(in BlobHash hash) => Touch(hash) && (_rotten.IsEmpty || !_rotten.ContainsKey(hash));

    private long AppendRemoval(ReadOnlySpan<BlobHash> hashes)
    {
        byte[] payload = MemoryMarshal.AsBytes(hashes).ToArray();
        var record = new NewRecord(RecordKind.Removal, BlobHash.Compute(payload), payload);
        _log.Append(record, out _);
        return record.Stride;
    }

    private bool TryReadRemoval(LogRecord record, [NotNullWhen(true)] out BlobHash[]? hashes)
    {
        var payload = new byte[record.Location.Length];
        bool isWhole = _log.Read(record.Location, 0, payload) == payload.Length && BlobHash.Compute(payload) == record.Hash
            && payload.Length % BlobHash.SizeBytes == 0;
        hashes = isWhole ? MemoryMarshal.Cast<byte, BlobHash>(payload).ToArray() : null;
        return isWhole;
    }
}
