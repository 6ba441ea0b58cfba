using Dataforts.Content;
using Dataforts.Log;
using Dataforts.Store;

namespace Dataforts.Lifecycle;

public sealed partial class Collector
{
    // So long a batch holds up puts, reads and changes of roots: some tenths of a millisecond.
    private const int BatchChunks = 256;

    private readonly Dictionary<(BlobRef Ref, RootReach Reach), RootState> _held = [];
    private long _readsSeen;

    /// <summary>Removes chunks that no root reaches, as soon as their grace is over. Their room comes back when the store is compacted.</summary>
    /// <remarks>One runs at a time; a second call waits. Called off or killed at any point it loses nothing, and what it has removed by then stays
    /// removed.</remarks>
    /// <param name="options">What to do and how fast.</param>
    /// <param name="progress">Told after each batch.</param>
    /// <param name="cancellationToken">Ends it after the batch under way.</param>
    /// <exception cref="IntegrityException">A node that is needed to tell what is reached is missing or wrong; it is named, and nothing
    /// was removed.</exception>
    /// <exception cref="DatafortsException">LimitExceeded, as for <see cref="SettleAsync"/>. Unsupported: a root is a directory, and nothing
    /// reads directories. StoreInUse: what a reader in another process reads is not to be known. ReadOnly, unless it is a dry run; NoSpace,
    /// WriterFailed or Io.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<CollectionReport> CollectAsync(
        CollectionOptions? options = null, IProgress<CollectionProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new CollectionOptions();
        if (!Chunks.IsWritable && !options.IsDryRun) throw new DatafortsException(ErrorKind.ReadOnly, "the store is open for reading only");
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        await _turn.WaitAsync(end.Token).ConfigureAwait(false);
        try
        {
            await UpdateAsync(end.Token).ConfigureAwait(false);
            return await Task.Run(() => RunAsync(options, progress, end.Token), end.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw DatafortsException.From(error, $"the store at {Chunks.Path} cannot be collected");
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<CollectionReport> RunAsync(CollectionOptions options, IProgress<CollectionProgress>? progress, CancellationToken cancellationToken)
    {
        var run = new Tally(options, progress);
        try
        {
            await HoldReadsAsync().ConfigureAwait(false);
            await SuspendEndedAsync(options.SkipsGrace).ConfigureAwait(false);
            await _counter.RetryAsync().ConfigureAwait(false);
            ThrowIfUnread();
            long ended = _suspended.Count;
            if (!options.IsDryRun && ended > 0)
            {
                // Before their chunks go: a root that is left behind would be one whose chunks are missing.
                Chunks.EndRoots([.. _suspended.Values]);
                await DrainAsync().ConfigureAwait(false);
                ThrowIfUnread();
            }
            await SweepAsync(run, cancellationToken).ConfigureAwait(false);
            StoreTotals totals = Chunks.Totals;
            // What would have been removed is still among them.
            (long chunks, long bytes) = options.IsDryRun ? (run.Chunks, run.Bytes) : default;
            return new CollectionReport(
                run.Chunks, run.Bytes, totals.Chunks - chunks, totals.Bytes - bytes, totals.GarbageBytes + bytes, run.Waiting, ended);
        }
        finally
        {
            await RestoreAsync().ConfigureAwait(false);
        }
    }

    private async Task SweepAsync(Tally run, CancellationToken cancellationToken)
    {
        var candidates = new List<KeyValuePair<BlobHash, RecordLocation>>();
        var batch = new List<KeyValuePair<BlobHash, RecordLocation>>(BatchChunks);
        long youngestMs = (Chunks.Time.GetUtcNow() - Chunks.GracePeriod).ToUnixTimeMilliseconds();
        for (int shard = 0; shard < ChunkStore.ShardTotal; shard++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            candidates.Clear();
            Chunks.ListUnreferenced(shard, candidates);
            foreach (KeyValuePair<BlobHash, RecordLocation> candidate in candidates)
            {
                run.Candidates++;
                // What cannot be read there has just been moved, and is looked at the next time.
                if (!run.Options.SkipsGrace && !(Chunks.WrittenAtMs(candidate.Value) <= youngestMs)) run.Waiting++;
                else batch.Add(candidate);
                if (batch.Count == BatchChunks) await RemoveAsync(batch, run, cancellationToken).ConfigureAwait(false);
            }
        }
        await RemoveAsync(batch, run, cancellationToken).ConfigureAwait(false);
    }

    private async Task RemoveAsync(List<KeyValuePair<BlobHash, RecordLocation>> batch, Tally run, CancellationToken cancellationToken)
    {
        if (batch.Count == 0) return;
        (int Chunks, long Bytes) removed = (batch.Count, batch.Sum(candidate => (long)candidate.Value.Length));
        if (!run.Options.IsDryRun)
        {
            while (!TryRemove(batch, out removed))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (_feed!.IsBroken || !Chunks.CountsReferences || _counter.IsStale)
                    throw new DatafortsException(ErrorKind.Transient, "what is reached has to be counted anew, since roots were lost or chunks were paged out");
                await DrainAsync().ConfigureAwait(false);
                await HoldReadsAsync().ConfigureAwait(false);
                ThrowIfUnread();
            }
        }
        run.Add(removed);
        if (!run.Options.IsDryRun && run.Options.Pace is { } pace) await pace.TakeAsync(removed.Bytes, cancellationToken).ConfigureAwait(false);
        if (!run.Options.IsDryRun)
        {
            LifecycleGauges.ChunksCollected.Add(removed.Chunks);
            LifecycleGauges.BytesCollected.Add(removed.Bytes);
        }
        batch.Clear();
    }

    // Readers in other processes wait at the gate meanwhile, or have said before what they read.
    private bool TryRemove(List<KeyValuePair<BlobHash, RecordLocation>> batch, out (int Chunks, long Bytes) removed)
    {
        removed = default;
        ReaderFolder.Make(Chunks.Path);
        using FileStream gate = ReaderFolder.Enter(Chunks.Path, alone: true);
        foreach ((BlobRef Ref, RootReach Reach) read in ReaderFolder.ListReads(Chunks.Path))
        {
            if (!_held.ContainsKey(read) && _store.HasAnythingOf(read.Ref)) return false;
        }
        return Chunks.TryRemoveUnreferenced(batch, Interlocked.Read(ref _applied), _readsSeen, out removed);
    }

    // What is being read counts as a root for the time of the run.
    private async ValueTask HoldReadsAsync()
    {
        (List<(BlobRef Ref, RootReach Reach)> reads, _readsSeen) = Chunks.ReadsUnderWay();
        if (Chunks.IsWritable && Directory.Exists(ReaderFolder.PathIn(Chunks.Path)))
        {
            // Alone, so that no list is met that is just being made.
            using FileStream gate = ReaderFolder.Enter(Chunks.Path, alone: true);
            reads.AddRange(ReaderFolder.ListReads(Chunks.Path));
        }
        foreach ((BlobRef Ref, RootReach Reach) read in reads)
        {
            if (_held.ContainsKey(read) || !_store.HasAnythingOf(read.Ref)) continue;
            var root = new RootState(new RootId(RecordKind.Void, false, "a read"), read.Ref, read.Reach, 0, 0);
            _held.Add(read, root);
            await _counter.AddAsync(root).ConfigureAwait(false);
        }
    }

    private async ValueTask SuspendEndedAsync(bool skipsGrace)
    {
        long nowMs = Chunks.Time.GetUtcNow().ToUnixTimeMilliseconds();
        long graceMs = (long)Chunks.GracePeriod.TotalMilliseconds;
        foreach (RootState root in _passing.Values)
        {
            if ((skipsGrace ? root.KeepsAtLeastUntilMs : root.KeepsUntilMs(graceMs)) <= nowMs) _suspended.Add(root.Id, root);
        }
        foreach (RootState root in _suspended.Values)
        {
            _passing.Remove(root.Id);
            await _counter.DropAsync(root).ConfigureAwait(false);
        }
    }

    // What was only looked at, or could not be ended, counts again.
    private async ValueTask RestoreAsync()
    {
        foreach (RootState root in _suspended.Values)
        {
            await _counter.AddAsync(root).ConfigureAwait(false);
            _passing.Add(root.Id, root);
        }
        _suspended.Clear();
        foreach (RootState root in _held.Values) await _counter.DropAsync(root).ConfigureAwait(false);
        _held.Clear();
    }

    private void ThrowIfUnread()
    {
        foreach (ReferenceCounter.Unread unread in _counter.UnreadNodes)
        {
            LifecycleGauges.Aborted.Add(1);
            string what = $"nothing was collected, since what {Describe(unread.Root)} keeps is not to be known: {unread.Reason}";
            if (unread.Kind is ErrorKind.ChunkMissing or ErrorKind.ChunkCorrupt or ErrorKind.ChunkLength or ErrorKind.NodeInvalid)
                throw new IntegrityException(unread.Kind, unread.Hash, what);
            throw new DatafortsException(unread.Kind, what);
        }
    }

    private static string Describe(RootState root) => root.Id.Kind switch
    {
        RecordKind.Name => $"the name \"{System.Text.Encoding.UTF8.GetString(root.Id.KeyBytes())}\"",
        RecordKind.Pin => $"the pin of {root.Ref}",
        RecordKind.Lease => $"a lease of {root.Ref}",
        RecordKind.Events => $"an event with {root.Ref}",
        _ => $"a reader of {root.Ref}",
    };

    /// <summary>One collection's counts.</summary>
    private sealed class Tally(CollectionOptions options, IProgress<CollectionProgress>? progress)
    {
        public CollectionOptions Options => options;

        public long Candidates { get; set; }

        public long Waiting { get; set; }

        public long Chunks { get; private set; }

        public long Bytes { get; private set; }

        public void Add((int Chunks, long Bytes) removed)
        {
            Chunks += removed.Chunks;
            Bytes += removed.Bytes;
            progress?.Report(new CollectionProgress(Candidates, Chunks, Bytes));
        }
    }
}
