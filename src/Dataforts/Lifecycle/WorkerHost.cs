using Dataforts.Store;

namespace Dataforts.Lifecycle;

/// <summary>Runs a store's workers: when they are due, at their pace, one at a time, and on demand. Owned by whoever embeds the store; a store starts none
/// by itself.</summary>
/// <remarks>Thread-safe. An error ends a run, never the worker: it is tried again, ever later. Dispose it before the store; it disposes of
/// work that has something to dispose of.</remarks>
public sealed class WorkerHost : IAsyncDisposable
{
    private readonly ChunkStore _store;
    private readonly WorkerHostOptions _options;
    private readonly Worker[] _workers;
    private readonly SemaphoreSlim _turns;
    private readonly CancellationTokenSource _closing = new();
    private Task _loops = Task.CompletedTask;
    private bool _isStarted;
    private bool _disposed;

    /// <summary>Makes a host; it runs nothing until <see cref="Start"/> or <see cref="RunAsync"/>.</summary>
    /// <param name="store">The store, open for writing.</param>
    /// <param name="works">What is to be done.</param>
    /// <param name="options">How.</param>
    /// <exception cref="ArgumentException">Two works have one name, or a name is none.</exception>
    /// <exception cref="DatafortsException">ReadOnly: the store is open for reading only.</exception>
    public WorkerHost(ChunkStore store, IReadOnlyList<IWork> works, WorkerHostOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        if (!store.IsWritable) throw new DatafortsException(ErrorKind.ReadOnly, "workers need a store that is open for writing");
        _store = store;
        _options = options ?? new WorkerHostOptions();
        Desk = new WorkerDesk(store, works);
        _turns = new SemaphoreSlim(_options.MaxRunning);
        _workers = [.. works.Select(work => new Worker(work, Desk, store.Time, _options))];
    }

    /// <summary>Where decisions about the workers are made; <see cref="List"/> knows more of what they are doing.</summary>
    public WorkerDesk Desk { get; }

    /// <summary>Begins to run what is due, now and from now on. A second call does nothing.</summary>
    public void Start()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Interlocked.Exchange(ref _isStarted, true)) return;
        _loops = Task.WhenAll(_workers.Select(worker => Task.Run(() => LoopAsync(worker), CancellationToken.None)));
    }

    /// <summary>The workers, as they are now.</summary>
    public IReadOnlyList<WorkerStatus> List() => [.. _workers.Select(worker => worker.Status)];

    /// <summary>Runs a worker now, and waits for the run's end; where one is under way already, that one's turn comes first.</summary>
    /// <param name="name">The worker.</param>
    /// <param name="progress">Told every second or so.</param>
    /// <param name="cancellationToken">Ends the run; another goes on where it was.</param>
    /// <returns>The worker, after it.</returns>
    /// <exception cref="DatafortsException">WorkerNotFound; WorkerPaused: it is paused, or was while it ran; or what the work failed with.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled, or the host is being closed.</exception>
    public async Task<WorkerStatus> RunAsync(string name, IProgress<WorkerStatus>? progress = null, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        IWork work = Desk.WorkOf(name);
        Worker worker = _workers.Single(worker => worker.Work == work);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        await worker.RunAsync(_turns, progress, end.Token).ConfigureAwait(false);
        return worker.Status;
    }

    /// <summary>Ends what runs, keeps where it was, and returns when all has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true)) return;
        await _closing.CancelAsync().ConfigureAwait(false);
        await _loops.ConfigureAwait(false);
        foreach (Worker worker in _workers)
        {
            await worker.StopAsync().ConfigureAwait(false);
            worker.Dispose();
            if (worker.Work is IAsyncDisposable work) await work.DisposeAsync().ConfigureAwait(false);
        }
        _turns.Dispose();
        _closing.Dispose();
    }

    private async Task LoopAsync(Worker worker)
    {
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                if (worker.IsDue()) await worker.RunAsync(_turns, null, _closing.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // Closing, which ends the loop.
            }
            catch (DatafortsException error) when (error.Kind == ErrorKind.WorkerPaused)
            {
                // The next look sees that it is.
            }
            catch (Exception error)
            {
                worker.Note(error);
            }
            await Task.Delay(_options.LookEvery, _store.Time, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
