using System.Runtime.ExceptionServices;
using Dataforts.Capabilities;
using Dataforts.Greedy.Caching;

namespace Dataforts.Greedy.Running;

public sealed partial class GreedyRuntime
{
    /// <summary>The wait before the first new attempt at an announcement that failed; each further one is twice as long, up to the longest.</summary>
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _announcing = new(1, 1);
    private DriftOffer _offered = DriftOffer.None;
    private ITimer? _retry;
    private int _failures;
    private int _scheduled;

    /// <summary>Why an announcement last failed; null when none has.</summary>
    public Exception? LastAnnounceError { get; private set; }

    /// <summary>Makes and withdraws the claims that are due, then frees what waited for it. Happens by itself behind <see cref="Dispatch"/> and <see
    /// cref="Tick"/>.</summary>
    /// <remarks>A failure is counted, frees nothing, and is thrown as it is; the announcement is made anew after a while, or by the next change or
    /// tick.</remarks>
    /// <exception cref="OperationCanceledException">It was given up; what is not announced is tried again as after a failure, and not counted as
    /// one.</exception>
    public async Task AnnounceAsync(CancellationToken cancellationToken = default)
    {
        if (await TryAnnounceAsync(cancellationToken).ConfigureAwait(false) is { } error) ExceptionDispatchInfo.Throw(error);
    }

    /// <summary>Looks at events no more, withdraws every claim, then frees everything; nothing when it does not look at any.</summary>
    /// <remarks>When the withdrawal fails, the failure is thrown as it is. What is claimed stays in memory and is served until a later attempt, which is
    /// made by itself, succeeds.</remarks>
    public async Task DisableAsync(CancellationToken cancellationToken = default)
    {
        lock (_change)
        {
            Volatile.Write(ref _node, null);
            _cache.Stop();
        }
        await AnnounceAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Switches it off as <see cref="DisableAsync"/> does, once and for all: a withdrawal that fails is thrown, and not tried again.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested) return;
        try
        {
            await DisableAsync().ConfigureAwait(false);
        }
        finally
        {
            await _stopping.CancelAsync().ConfigureAwait(false);
            lock (_change) _retry?.Dispose();
            _meter.Dispose();
        }
    }

    private async Task<Exception?> TryAnnounceAsync(CancellationToken cancellationToken)
    {
        await _announcing.WaitAsync(cancellationToken).ConfigureAwait(false);
        ClaimBatch? batch = null;
        try
        {
            Exception? unsaid = await TryOfferAsync(cancellationToken).ConfigureAwait(false);
            while ((batch = _cache.TakeClaims()) is not null)
            {
                await _parts.Claims.AnnounceAsync(batch.Advertise, batch.Withdraw, cancellationToken).ConfigureAwait(false);
                foreach (ulong origin in batch.Withdraw)
                {
                    // One that stays for another reason is read as before.
                    if (_parts.HoldsOwn?.Invoke(origin) != true) Heat?.Gone(origin);
                }
                _cache.Settled(batch);
            }
            if (unsaid is not null) ExceptionDispatchInfo.Throw(unsaid);
            _failures = 0;
            return null;
        }
        catch (Exception error)
        {
            if (batch is not null) _cache.Failed(batch);
            RetryLater();
            if (error is OperationCanceledException && cancellationToken.IsCancellationRequested) throw;
            _failedAnnouncements.Add(1);
            LastAnnounceError = error;
            return error;
        }
        finally
        {
            _announcing.Release();
        }
    }

    // Before the claims, both ways: a node that takes part no more is the first thing that others must know. That it cannot be said keeps no claim back.
    private async ValueTask<Exception?> TryOfferAsync(CancellationToken cancellationToken)
    {
        if (_parts.Offer is null) return null;
        GreedyOptions options = Volatile.Read(ref _options);
        DriftOffer due = IsEnabled ? new DriftOffer(true, options.Width, options.Proximity) : DriftOffer.None;
        if (due == _offered) return null;
        try
        {
            await _parts.Offer(due, cancellationToken).ConfigureAwait(false);
            _offered = due;
            return null;
        }
        catch (Exception error)
        {
            return error;
        }
    }

    private void RetryLater()
    {
        lock (_change)
        {
            if (_stopping.IsCancellationRequested) return;
            TimeSpan wait = FirstRetry * (1L << Math.Min(_failures++, 16));
            _retry ??= _time.CreateTimer(static self => ((GreedyRuntime)self!).Schedule(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _retry.Change(wait < LongestRetry ? wait : LongestRetry, Timeout.InfiniteTimeSpan);
        }
    }

    private void Schedule()
    {
        if (_stopping.IsCancellationRequested || Interlocked.Exchange(ref _scheduled, 1) != 0) return;
        _ = Task.Factory.StartNew(
            static runtime =>
            {
                var self = (GreedyRuntime)runtime!;
                // Whatever changes from here on schedules anew.
                Volatile.Write(ref self._scheduled, 0);
                return self._stopping.IsCancellationRequested ? Task.CompletedTask : self.TryAnnounceAsync(CancellationToken.None);
            },
            this,
            CancellationToken.None,
            TaskCreationOptions.DenyChildAttach,
            _parts.Scheduler);
    }
}
