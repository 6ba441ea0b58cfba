using Dataforts.Content;
using Dataforts.Greedy.Admission;
using Dataforts.Greedy.Caching;
using Dataforts.Greedy.Pulling;

namespace Dataforts.Greedy.Running;

public sealed partial class GreedyRuntime
{
    private readonly GreedyParts _parts;
    private readonly SemaphoreSlim _announcing = new(1, 1);
    private readonly CancellationTokenSource _stopping = new();
    private int _scheduled;
    private int _prefetching;

    /// <summary>Makes and withdraws the claims that are due, then frees what waited for it. Happens by itself behind <see cref="Dispatch"/> and <see
    /// cref="Tick"/>.</summary>
    /// <remarks>A failure is counted, frees nothing, and is tried again by the next change or tick.</remarks>
    public async Task AnnounceAsync(CancellationToken cancellationToken = default)
    {
        await _announcing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (_cache.TakeClaims() is { } batch)
            {
                try
                {
                    await _parts.Claims.AnnounceAsync(batch.Advertise, batch.Withdraw, cancellationToken).ConfigureAwait(false);
                }
                catch (Exception) when (Fail(batch))
                {
                    return;
                }
                foreach (ulong origin in batch.Withdraw) Heat?.Gone(origin);
                _cache.Settled(batch);
            }
        }
        finally
        {
            _announcing.Release();
        }
    }

    /// <summary>Why a blob could last not be fetched ahead; null when that has not happened.</summary>
    public Exception? LastPrefetchError { get; private set; }

    /// <summary>Gives back byte budget that lies idle, and tries again what failed. To be called every few seconds.</summary>
    public void Tick() => _cache.Tick();

    /// <summary>Switches it off as <see cref="DisableAsync"/> does.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested) return;
        await DisableAsync().ConfigureAwait(false);
        await _stopping.CancelAsync().ConfigureAwait(false);
        GreedyMeter.Remove(this);
    }

    private bool Fail(ClaimBatch batch)
    {
        _cache.Failed(batch);
        _failedAnnouncements.Add(1);
        return true;
    }

    private void Schedule()
    {
        if (Interlocked.Exchange(ref _scheduled, 1) != 0) return;
        _ = Task.Factory.StartNew(
            static runtime =>
            {
                var self = (GreedyRuntime)runtime!;
                // Whatever changes from here on schedules anew.
                Volatile.Write(ref self._scheduled, 0);
                return self.AnnounceAsync();
            },
            this,
            CancellationToken.None,
            TaskCreationOptions.DenyChildAttach,
            _parts.Scheduler);
    }

    // A ref in an event: whether its blob is fetched ahead never decides whether the event is kept.
    private void Consider(in ObservedEvent observed, VerdictEntry entry)
    {
        if (entry.Pull != PullRefused.None)
        {
            Interlocked.Increment(ref _pullsRefused[(int)entry.Pull]);
            return;
        }
        Interlocked.Increment(ref _pullsRefused[(int)PullRefused.None]);
        if (_parts.Prefetch is null) return;
        if (Interlocked.Increment(ref _prefetching) > Volatile.Read(ref _options).Prefetches)
        {
            Interlocked.Decrement(ref _prefetching);
            _droppedPrefetches.Add(1);
            return;
        }
        byte[] encoded = observed.Payload.ToArray();
        _ = Task.Factory.StartNew(
            () => PrefetchAsync(encoded), CancellationToken.None, TaskCreationOptions.DenyChildAttach, _parts.Scheduler);
    }

    private async Task PrefetchAsync(byte[] encoded)
    {
        bool fetched = false;
        try
        {
            fetched = await _parts.Prefetch!(BlobRef.Decode(encoded), _stopping.Token).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            // It is counted below; nobody waits for a fetch made ahead.
            LastPrefetchError = error;
        }
        finally
        {
            Interlocked.Decrement(ref _prefetching);
        }
        (fetched ? _prefetches : _failedPrefetches).Add(1);
    }
}
