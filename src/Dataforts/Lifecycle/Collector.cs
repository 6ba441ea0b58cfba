using Dataforts.Blobs;
using Dataforts.Store;

namespace Dataforts.Lifecycle;

/// <summary>Knows what a store's roots reach, and removes what none reaches any more. Keep one for each store, for as long as the store is open.</summary>
/// <remarks>
/// <para>Thread-safe. The first call counts everything that is reached, in time that goes with the nodes and roots there are; from then on each
/// change of a root costs what it adds or takes, and a collection what it removes. Nothing is kept on disk: the log has all it is made from.</para>
/// <para>Works beside puts, reads, changes of roots and compaction. What a put under way has stored or met, and what a reader of this or another
/// process has open, is not removed. When a node that is needed to tell what is reached cannot be read, nothing is removed.</para>
/// </remarks>
public sealed partial class Collector : IAsyncDisposable
{
    private readonly BlobStore _store;
    private readonly IDirectoryLinks? _links;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _closing = new();
    private readonly Dictionary<RootId, RootState> _passing = [];
    private readonly Dictionary<RootId, RootState> _suspended = [];
    private ReferenceCounter _counter;
    private RootFeed? _feed;
    private Task _pump = Task.CompletedTask;
    private long _applied;
    private long _roots;
    private long _pinned;
    private bool _disposed;

    /// <summary>Makes one; it does nothing until it is asked.</summary>
    /// <param name="store">The store; it is not closed with this.</param>
    /// <param name="links">What reads manifests of directories; where there is none, a root that is a directory stops collection.</param>
    public Collector(BlobStore store, IDirectoryLinks? links = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        _store = store;
        _links = links;
        _counter = new ReferenceCounter(store, links);
        LifecycleGauges.Watch(this);
    }

    private ChunkStore Chunks => _store.Chunks;

    /// <summary>The counters as they are now, read in the same time whatever the store holds. All zero before <see cref="SettleAsync"/> or a first
    /// collection; changes of roots that are not in them yet are told in <see cref="LifecycleCounters.PendingChanges"/>.</summary>
    public LifecycleCounters Counters
    {
        get
        {
            if (Volatile.Read(ref _feed) is not { } feed || !Chunks.CountsReferences) return default;
            (long chunks, long bytes) = Chunks.Unreferenced;
            StoreTotals totals = Chunks.Totals;
            return new LifecycleCounters(
                Interlocked.Read(ref _pinned), Interlocked.Read(ref _roots), totals.Chunks - chunks, totals.Bytes - bytes, chunks, bytes, totals.GarbageBytes,
                feed.Added - Interlocked.Read(ref _applied));
        }
    }

    /// <summary>Takes account of every change of roots there was before the call, and of all roots the first time. From then on changes are taken
    /// account of as they come.</summary>
    /// <exception cref="DatafortsException">LimitExceeded: chunks are paged out (<see cref="StoreOptions.IndexMemoryBytes"/>); no counts of
    /// those are kept.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<LifecycleCounters> SettleAsync(CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await UpdateAsync(cancellationToken).ConfigureAwait(false);
            return Counters;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Ends what is under way.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true)) return;
        LifecycleGauges.Forget(this);
        await _closing.CancelAsync().ConfigureAwait(false);
        await _turn.WaitAsync().ConfigureAwait(false);
        if (_feed is { } feed) Chunks.EndCounting(feed);
        await _pump.ConfigureAwait(false);
        _turn.Dispose();
        _closing.Dispose();
    }

    private async Task UpdateAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_feed is null or { IsBroken: true } || _counter.IsStale || !Chunks.CountsReferences) await CountAllAsync(cancellationToken).ConfigureAwait(false);
        Chunks.ReleaseDroppedEvents();
        await DrainAsync().ConfigureAwait(false);
    }

    private async Task CountAllAsync(CancellationToken cancellationToken)
    {
        Volatile.Write(ref _feed, null);
        _counter = new ReferenceCounter(_store, _links);
        _passing.Clear();
        _suspended.Clear();
        List<RootState> roots = Chunks.BeginCounting(out RootFeed feed) ?? throw new DatafortsException(ErrorKind.LimitExceeded,
            $"the chunks of {Chunks.Path} take more than {nameof(StoreOptions.IndexMemoryBytes)}, and references of those that are paged out are not counted");
        await Parallel.ForEachAsync(roots, cancellationToken, (root, _) => _counter.AddAsync(root)).ConfigureAwait(false);
        // Paged out meanwhile; or, to a reader, the store is another by now, since what it was has been compacted away.
        if (!Chunks.CountsReferences) throw new DatafortsException(ErrorKind.Transient, $"the chunks of {Chunks.Path} moved while what is reached was counted");
        foreach (RootState root in roots.Where(root => root.IsPassing)) _passing.Add(root.Id, root);
        Interlocked.Exchange(ref _roots, roots.Count);
        Interlocked.Exchange(ref _pinned, roots.Count(root => root.Id.Kind == Log.RecordKind.Pin));
        Interlocked.Exchange(ref _applied, 0);
        Volatile.Write(ref _feed, feed);
        if (Chunks.IsWritable) _pump = Task.WhenAll(_pump, Task.Run(() => PumpAsync(feed), CancellationToken.None));
    }

    private async Task PumpAsync(RootFeed feed)
    {
        while (await feed.WaitAsync(CancellationToken.None).ConfigureAwait(false) && !_closing.IsCancellationRequested)
        {
            if (!await TryTakeTurnAsync().ConfigureAwait(false)) return;
            try
            {
                if (_feed != feed) return;
                await DrainAsync().ConfigureAwait(false);
            }
            finally
            {
                _turn.Release();
            }
        }
    }

    private async Task<bool> TryTakeTurnAsync()
    {
        try
        {
            await _turn.WaitAsync(_closing.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async ValueTask DrainAsync()
    {
        while (_feed!.TryTake(out RootChange change))
        {
            await ApplyAsync(change).ConfigureAwait(false);
            Interlocked.Increment(ref _applied);
        }
    }

    private async ValueTask ApplyAsync(RootChange change)
    {
        bool wasCounted = change.Before is { } before && (!before.IsPassing || (!_suspended.Remove(before.Id) && _passing.Remove(before.Id)));
        // What is added first need not be taken off and counted again.
        if (change.After is { } after)
        {
            await _counter.AddAsync(after).ConfigureAwait(false);
            if (after.IsPassing) _passing[after.Id] = after;
        }
        if (wasCounted) await _counter.DropAsync(change.Before!.Value).ConfigureAwait(false);
        int more = (change.After is null ? 0 : 1) - (change.Before is null ? 0 : 1);
        Interlocked.Add(ref _roots, more);
        if ((change.After ?? change.Before)!.Value.Id.Kind == Log.RecordKind.Pin) Interlocked.Add(ref _pinned, more);
    }
}
