using Dataforts.Store;

namespace Dataforts.Lifecycle;

/// <summary>One worker of a host: its work, the run under way, and what is kept of both.</summary>
/// <remarks>Thread-safe; runs take turns.</remarks>
internal sealed class Worker(IWork work, WorkerDesk desk, TimeProvider time, WorkerHostOptions options) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _alone = new(1);
    private readonly Pace _pace = new(null, time);
    private WorkerRecord _record = desk.Files.LoadRecord(work.Name, out _);
    private WorkRun? _run;
    private bool _isWaiting;

    public IWork Work => work;

    public WorkerStatus Status
    {
        get
        {
            WorkerControl control = desk.Files.LoadControl(work.Name, out string? damage);
            lock (_gate) return desk.Describe(work, Snapshot(), control, _run is not null, _isWaiting, damage);
        }
    }

    /// <summary>Whether it is due.</summary>
    public bool IsDue()
    {
        WorkerStatus status = Status;
        DatafortsMeter.NoteWorker(work.Name, (int)status.State);
        return status.NextRunAt is { } due && due <= time.GetUtcNow();
    }

    /// <summary>Puts an error on record that came from outside of a run, so that somebody sees it.</summary>
    public void Note(Exception error)
    {
        lock (_gate) _record = _record with { LastError = TextOf(error) };
    }

    /// <summary>Runs the work to its end, when it is its turn.</summary>
    public async Task RunAsync(SemaphoreSlim turns, IProgress<WorkerStatus>? progress, CancellationToken cancellationToken)
    {
        if (IsPaused()) throw Paused();
        SetWaiting(true);
        try
        {
            await _alone.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                await turns.WaitAsync(cancellationToken).ConfigureAwait(false);
                try
                {
                    SetWaiting(false);
                    await RunNowAsync(progress, cancellationToken).ConfigureAwait(false);
                }
                finally
                {
                    turns.Release();
                }
            }
            finally
            {
                _alone.Release();
            }
        }
        finally
        {
            SetWaiting(false);
        }
    }

    /// <summary>Returns when no run is under way.</summary>
    public Task StopAsync() => _alone.WaitAsync();

    public void Dispose() => _alone.Dispose();

    private async Task RunNowAsync(IProgress<WorkerStatus>? progress, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var watched = new CancellationTokenSource();
        WorkRun run = Begin();
        Task watch = WatchAsync(progress, end, watched.Token);
        string? trouble = null;
        Exception? failure = null;
        try
        {
            trouble = await work.RunAsync(run, end.Token).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            // On record below, and told to whoever asked for the run.
            failure = error;
        }
        await watched.CancelAsync().ConfigureAwait(false);
        await watch.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        End(trouble, failure, end.IsCancellationRequested);
        progress?.Report(Status);
        if (failure is null) return;
        if (failure is OperationCanceledException && end.IsCancellationRequested && !cancellationToken.IsCancellationRequested) throw Paused();
        System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
    }

    // Beside a run: what is decided elsewhere takes effect, what it keeps reaches the disk, and whoever wants to know is told.
    private async Task WatchAsync(IProgress<WorkerStatus>? progress, CancellationTokenSource end, CancellationToken cancellationToken)
    {
        long keptAt = time.GetTimestamp();
        while (true)
        {
            await Task.Delay(options.LookEvery, time, cancellationToken).ConfigureAwait(false);
            WorkerControl control = desk.Files.LoadControl(work.Name, out _);
            _pace.BytesPerSecond = control.BytesPerSecond;
            if (control.IsPaused) await end.CancelAsync().ConfigureAwait(false);
            if (time.GetElapsedTime(keptAt) >= options.KeepEvery)
            {
                TrySave();
                keptAt = time.GetTimestamp();
            }
            progress?.Report(Status);
        }
    }

    private WorkRun Begin()
    {
        _pace.BytesPerSecond = desk.Files.LoadControl(work.Name, out _).BytesPerSecond;
        WorkRun run;
        lock (_gate)
        {
            bool goesOn = _record.IsInterrupted || _record.IsRunning || _record.Failures > 0;
            run = goesOn ? new WorkRun(_pace, _record.Cursor, _record.Progress) : new WorkRun(_pace, default);
            _run = run;
            _record = _record with { IsRunning = true, IsInterrupted = false, BeganAt = time.GetUtcNow() };
        }
        TrySave();
        return run;
    }

    private void End(string? trouble, Exception? failure, bool wasCancelled)
    {
        bool isInterrupted = failure is OperationCanceledException && wasCancelled;
        lock (_gate)
        {
            WorkerRecord record = Snapshot() with { IsRunning = false, EndedAt = time.GetUtcNow() };
            _run = null;
            _record = isInterrupted ? record with { IsInterrupted = true }
                : failure is not null ? record with { Failures = record.Failures + 1, LastError = TextOf(failure) }
                : record with { Failures = 0, LastError = trouble, Runs = record.Runs + 1, Cursor = default };
        }
        TrySave();
        DatafortsMeter.NoteWorkerRun(work.Name, isInterrupted ? "interrupted" : failure is not null ? "failed" : "done", time.GetUtcNow());
    }

    private WorkerRecord Snapshot() => _run is { } run ? _record with { Progress = run.Progress, Cursor = run.Cursor } : _record;

    // Where the disk takes no record, the run goes on all the same; a process that dies then goes back further.
    private bool TrySave()
    {
        WorkerRecord record;
        lock (_gate) record = Snapshot();
        if (record.Progress is { Total: > 0 and var total } progress) DatafortsMeter.NoteWorkerProgress(work.Name, progress.Done / (double)total);
        try
        {
            desk.Files.Save(work.Name, record);
            return true;
        }
        catch (DatafortsException)
        {
            return false;
        }
    }

    private bool IsPaused() => desk.Files.LoadControl(work.Name, out _).IsPaused;

    private void SetWaiting(bool isWaiting)
    {
        lock (_gate) _isWaiting = isWaiting;
    }

    private DatafortsException Paused() => new(ErrorKind.WorkerPaused, $"the worker {work.Name} is paused; it goes on when it is resumed");

    private static string TextOf(Exception error)
    {
        string text = error is DatafortsException known ? $"{known.Kind}: {known.Message}" : $"{error.GetType().Name}: {error.Message}";
        return text.Length <= WorkerRecord.MaxErrorBytes / 4 ? text : text[..(WorkerRecord.MaxErrorBytes / 4)];
    }
}
