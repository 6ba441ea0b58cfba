using System.Buffers;
using Dataforts.Content;
using Dataforts.Log;

namespace Dataforts.Store;

public sealed partial class ChunkStore
{
    private const int MoveBatch = 32;
    private const int MoveBatchBytes = 4 << 20;

    private readonly SemaphoreSlim _compacting = new(1, 1);

    /// <summary>Rewrites segments that are mostly garbage: what lives in them is verified, appended anew and flushed; then the file is removed.</summary>
    /// <remarks>Reads, puts and removals go on meanwhile, here and in other processes. Killed or cancelled at any point it loses nothing, and what it
    /// has moved by then need not be moved again. One runs at a time; a second call waits.</remarks>
    /// <returns>What was done.</returns>
    /// <exception cref="DatafortsException">ReadOnly, NoSpace, WriterFailed or Io: the segment under way stays as it was.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<CompactionProgress> CompactAsync(
        CompactionOptions? options = null, IProgress<CompactionProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!IsWritable) throw new DatafortsException(ErrorKind.ReadOnly, "the store is open for reading only");
        options ??= new CompactionOptions();
        await _compacting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => CompactSegmentsAsync(options, progress, cancellationToken), cancellationToken).ConfigureAwait(false);
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
        var pace = new Pace(options.BytesPerSecond, Time);
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
    private async Task<long?> EmptyAsync(ulong id, Pace pace, CancellationToken cancellationToken)
    {
        if (_log.RecordsOf(id) is not { } records) return null;
        long copied = 0;
        var batch = new List<LogRecord>(MoveBatch);
        long batchBytes = 0;
        foreach (LogRecord record in records)
        {
            if (record.Kind != RecordKind.Chunk || !_index.TryGet(record.Hash, out RecordLocation at) || at != record.Location) continue;
            if (batch.Count == MoveBatch || batchBytes + record.Location.Length > MoveBatchBytes)
            {
                if (!MoveChunks(batch)) return null;
                copied += batchBytes;
                await pace.TakeAsync(batchBytes, cancellationToken).ConfigureAwait(false);
                batch.Clear();
                batchBytes = 0;
            }
            cancellationToken.ThrowIfCancellationRequested();
            batch.Add(record);
            batchBytes += record.End - record.Start;
        }
        if (!MoveChunks(batch)) return null;
        copied += batchBytes + MoveRemovals(id, records);
        if (MoveRoots(id) is not { } roots) return null;
        _log.BeginBehind(id);
        // The copies are on the device before the checkpoint ceases to list the segment, and that before its file goes.
        await FlushAsync(cancellationToken).ConfigureAwait(false);
        _log.Forget(id);
        Interlocked.Add(ref _garbageBytes, -records.Where(r => r.Kind == RecordKind.Chunk).Sum(r => (long)r.Location.Length));
        NoteProgress();
        _log.Delete(id);
        return copied + roots;
    }

    private bool MoveChunks(List<LogRecord> batch)
    {
        if (batch.Count == 0) return true;
        var copies = new NewRecord[batch.Count];
        var places = new RecordLocation[batch.Count];
        var buffers = new byte[]?[batch.Count];
        try
        {
            for (int i = 0; i < batch.Count; i++)
            {
                RecordLocation location = batch[i].Location;
                byte[] buffer = buffers[i] = ArrayPool<byte>.Shared.Rent(location.Length);
                Memory<byte> bytes = buffer.AsMemory(0, location.Length);
                if (_log.Read(location, 0, bytes.Span) != location.Length || BlobHash.Compute(bytes.Span) != batch[i].Hash) return false;
                copies[i] = new NewRecord(RecordKind.Chunk, batch[i].Hash, bytes);
            }
            lock (_putGate)
            {
                int appended = 0;
                _log.Append(copies, places, ref appended);
                for (int i = 0; i < batch.Count; i++)
                {
                    // Removed meanwhile: then it is the copy that is of no use.
                    Discard(_index.Replace(batch[i].Hash, batch[i].Location, places[i]) ? batch[i].Location : places[i]);
                }
            }
            return true;
        }
        finally
        {
            foreach (byte[]? buffer in buffers)
            {
                if (buffer is not null) ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    // A removal is needed as long as an older segment may hold what it removed. What is there again was put after it.
    private long MoveRemovals(ulong id, List<LogRecord> records)
    {
        if (!_log.HasOlder(id)) return 0;
        long copied = 0;
        foreach (LogRecord record in records)
        {
            if (record.Kind != RecordKind.Removal) continue;
            lock (_putGate)
            {
                BlobHash[] gone = [.. ReadRemoval(record).Where(hash => !_index.Contains(hash))];
                if (gone.Length > 0) copied += AppendRemoval(gone);
            }
        }
        return copied;
    }
}
