using System.Buffers;
using Dataforts.Content;
using Dataforts.Log;

namespace Dataforts.Store;

public sealed partial class ChunkStore
{
    private const int MoveBatch = 32;
    private const int MoveBatchBytes = 4 << 20;

    private readonly SemaphoreSlim _compacting = new(1, 1);
    private readonly CancellationTokenSource _closing = new();

    /// <summary>Rewrites segments that are mostly garbage: what lives in them is verified, appended anew and flushed; then the file is removed.</summary>
    /// <remarks>Reads, puts and removals go on meanwhile, here and in other processes. Killed or cancelled at any point it loses nothing, and what it
    /// has moved by then need not be moved again. One runs at a time; a second call waits.</remarks>
    /// <returns>What was done.</returns>
    /// <exception cref="DatafortsException">ReadOnly, NoSpace, WriterFailed or Io: the segment under way stays as it was.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled, or the store is being closed.</exception>
    public async Task<CompactionProgress> CompactAsync(
        CompactionOptions? options = null, IProgress<CompactionProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!IsWritable) throw new DatafortsException(ErrorKind.ReadOnly, "the store is open for reading only");
        options ??= new CompactionOptions();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        await _compacting.WaitAsync(end.Token).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => CompactSegmentsAsync(options, progress, end.Token), end.Token).ConfigureAwait(false);
        }
        catch (ObjectDisposedException error) when (_disposed)
        {
            throw new OperationCanceledException($"the store at {Path} is being closed", error, end.Token);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw DatafortsException.From(error, $"the store at {Path} cannot be compacted");
        }
        finally
        {
            _compacting.Release();
        }
    }

    private async Task<CompactionProgress> CompactSegmentsAsync(
        CompactionOptions options, IProgress<CompactionProgress>? progress, CancellationToken cancellationToken)
    {
        var done = new CompactionProgress(0, 0, 0, 0);
        var passed = new HashSet<ulong>();
        IPace pace = options.Pace ?? new Pace(options.BytesPerSecond, Time);
        if (_log.Usage() is [.., { IsSealed: false } last] && last.GarbageRatio >= options.MinGarbageRatio) _log.SealLast();
        while (CompactionPolicy.Next(_log.Usage(), passed, options.MinGarbageRatio) is { } victim)
        {
            passed.Add(victim.Id);
            long? copied = await EmptyAsync(victim.Id, pace, cancellationToken).ConfigureAwait(false);
            done = copied is not { } bytes
                ? done with { SkippedSegments = done.SkippedSegments + 1 }
                : done with
                {
                    Segments = done.Segments + 1,
                    CopiedBytes = done.CopiedBytes + bytes,
                    RegainedBytes = done.RegainedBytes + victim.Bytes - bytes,
                };
            DatafortsMeter.BytesCompacted.Add(copied ?? 0);
            progress?.Report(done);
        }
        return done;
    }

    // Moves what lives in a segment and removes it; null when something in it cannot be read, and it therefore stays.
    private async Task<long?> EmptyAsync(ulong id, IPace pace, CancellationToken cancellationToken)
    {
        if (_log.RecordsOf(id) is not { } records) return null;
        long copied = 0;
        var batch = new List<LogRecord>(MoveBatch);
        long batchBytes = 0;
        foreach (LogRecord record in records)
        {
            if (record.Kind != RecordKind.Chunk || !TryLocate(record.Hash, out RecordLocation at) || at != record.Location) continue;
            if (batch.Count == MoveBatch || batchBytes + record.Location.Length > MoveBatchBytes)
            {
                if (MoveChunks(batch) is not { } moved) return null;
                copied += moved;
                await pace.TakeAsync(batchBytes, cancellationToken).ConfigureAwait(false);
                batch.Clear();
                batchBytes = 0;
            }
            cancellationToken.ThrowIfCancellationRequested();
            batch.Add(record);
            batchBytes += record.End - record.Start;
        }
        if (MoveChunks(batch) is not { } rest || MoveCopies(records, cancellationToken) is not { } copies || MoveRemovals(id, records) is not { } removals
            || Events.MoveOut(id, records) is not { } events)
            return null;
        copied += rest + copies + removals + events;
        await pace.TakeAsync(rest, cancellationToken).ConfigureAwait(false);
        if (MoveRoots(id) is not { } roots) return null;
        _log.BeginBehind(id);
        // The copies are on the device before the checkpoint ceases to list the segment, and that before its file goes.
        await FlushAsync(cancellationToken).ConfigureAwait(false);
        DropRoots(id);
        DropFromIndex(id, records.Where(record => record.Kind == RecordKind.Chunk).Select(record => record.Hash));
        _log.Forget(id);
        Interlocked.Add(ref _garbageBytes, -records.Where(r => r.Kind is RecordKind.Chunk or RecordKind.Copy).Sum(r => (long)r.Location.Length));
        NoteProgress();
        _log.Delete(id);
        return copied + roots;
    }

    // Says how many bytes of records that took; null when a chunk is not what it should be.
    private long? MoveChunks(List<LogRecord> batch)
    {
        var copies = new NewRecord[batch.Count];
        var buffers = new byte[]?[batch.Count];
        try
        {
            for (int i = 0; i < batch.Count; i++)
            {
                RecordLocation location = batch[i].Location;
                byte[] buffer = buffers[i] = ArrayPool<byte>.Shared.Rent(location.Length);
                Memory<byte> bytes = buffer.AsMemory(0, location.Length);
                bool isWhole = _log.Read(location, 0, bytes.Span) == location.Length && BlobHash.Compute(bytes.Span) == batch[i].Hash;
                if (!isWhole && !TryReadCopy(batch[i].Hash, bytes.Span))
                {
                    // Whoever puts it again mends it.
                    if (_index.TryGet(batch[i].Hash, out RecordLocation at) && at == location) _rotten.TryAdd(batch[i].Hash, 0);
                    return null;
                }
                copies[i] = new NewRecord(RecordKind.Chunk, batch[i].Hash, bytes) { WrittenAtMs = batch[i].WrittenAtMs };
            }
            lock (_putGate) return AppendCopies(batch, copies);
        }
        finally
        {
            foreach (byte[]? buffer in buffers)
            {
                if (buffer is not null) ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    // What was removed or put anew meanwhile is left out: a copy behind a removal would bring back what it removed.
    private long AppendCopies(List<LogRecord> batch, NewRecord[] copies)
    {
        int[] live = [.. Enumerable.Range(0, copies.Length).Where(i => TryLocate(batch[i].Hash, out RecordLocation at) && at == batch[i].Location)];
        var places = new RecordLocation[live.Length];
        int appended = 0;
        try
        {
            KeepApart(live.Select(i => batch[i].Hash).Where(hash => CopyPlacesOf(hash).Length > 0));
            if (live.Length > 0) _log.Append(Array.ConvertAll(live, i => copies[i]), places, ref appended);
        }
        finally
        {
            for (int i = 0; i < appended; i++)
            {
                LogRecord old = batch[live[i]];
                if (ReplaceInIndex(old.Hash, old.Location, places[i])) Discard(old.Location);
            }
        }
        return live.Sum(i => batch[i].End - batch[i].Start);
    }

    // A removal is needed as long as an older segment may hold what it removed. What is there again was put after it. Null when one cannot be
    // read: the segment stays, so that what is back because of that is told as long as it is.
    private long? MoveRemovals(ulong id, List<LogRecord> records)
    {
        bool hasOlder = _log.HasOlder(id);
        long copied = 0;
        foreach (LogRecord record in records)
        {
            if (record.Kind != RecordKind.Removal) continue;
            if (!TryReadRemoval(record, out BlobHash[]? hashes)) return null;
            if (!hasOlder) continue;
            lock (_putGate)
            {
                BlobHash[] gone = [.. hashes.Where(hash => !TryLocate(hash, out _))];
                if (gone.Length > 0) copied += AppendRemoval(gone);
            }
        }
        return copied;
    }
}
