using Dataforts.Lifecycle;

namespace Dataforts.Gravity;

/// <summary>Carries gravity out for one kind of key: tells heat, plans pulls, makes copies. Works with or without greedy caching.</summary>
/// <remarks>Thread-safe; one tick runs at a time. What fails is tried again by a later tick. While it is off, it pulls nothing and takes back what it told;
/// heat is counted all the same. A copy is here before what makes room for it goes: for that long the host holds one copy more than it has room for.</remarks>
public sealed partial class GravityWorker<TKey> : IWork, IDisposable
    where TKey : struct, IEquatable<TKey>, IComparable<TKey>
{
    /// <summary>The keys touched last that one tick looks at.</summary>
    public const int MaxCandidates = 1024;

    private readonly HeatRegistry<TKey> _heat;
    private readonly IGravityHost<TKey> _host;
    private readonly GravityClock _clock;
    private readonly PullPolicy _policy;
    private readonly SemaphoreSlim _turn = new(1);
    // Beside the turn, which a slow copy may hold for long: what was told is taken back without waiting for it.
    private readonly SemaphoreSlim _telling = new(1);
    private readonly HeatReading<TKey>[] _readings = new HeatReading<TKey>[MaxCandidates];
    private readonly List<IGravityPeer<TKey>> _holders = [];
    private readonly PullOffers<TKey> _offers = new();
    private volatile bool _isEnabled;

    /// <summary>Makes one, turned on as the registry's policy says.</summary>
    /// <param name="name">See <see cref="IWork.Name"/>: <c>gravity-chains</c> or <c>gravity-blobs</c>.</param>
    /// <param name="heat">What readers here demand.</param>
    /// <param name="host">The node.</param>
    /// <param name="clock">The registry's clock.</param>
    /// <param name="policy">What is worth a copy.</param>
    /// <param name="interval">From one tick to the next: more than zero.</param>
    /// <exception cref="ArgumentOutOfRangeException">The interval is not positive.</exception>
    public GravityWorker(string name, HeatRegistry<TKey> heat, IGravityHost<TKey> host, GravityClock clock, PullPolicy policy, TimeSpan interval)
    {
        ArgumentNullException.ThrowIfNull(heat);
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(clock);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero);
        (Name, _heat, _host, _clock, _policy) = (name, heat, host, clock, policy);
        _isEnabled = heat.IsTelling;
        Schedule = new WorkSchedule(interval) { LeastInterval = interval, RetryAfter = interval };
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Description => "Tells peers what is read here, and copies here what is worth it.";

    /// <inheritdoc/>
    public WorkSchedule Schedule { get; }

    /// <inheritdoc/>
    public bool IsUrgent => false;

    /// <summary>Whether gravity is on.</summary>
    public bool IsEnabled => _isEnabled;

    /// <summary>Why a copy could last not be made, or an announcement was last refused; null when that has not happened.</summary>
    public Exception? LastError { get; private set; }

    /// <summary>Turns gravity on: from the next tick on it tells and pulls.</summary>
    public void Enable() => Turn(isOn: true);

    /// <summary>Turns gravity off: nothing more is pulled, and all that was told has been taken back when it returns.</summary>
    /// <exception cref="DatafortsException">The announcement was refused. Gravity is off all the same; ticks take back the rest.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the same.</exception>
    public async Task DisableAsync(CancellationToken cancellationToken = default)
    {
        Turn(isOn: false);
        await TellAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<string?> RunAsync(WorkRun run, CancellationToken cancellationToken)
    {
        GravityReport report = await TickAsync(cancellationToken).ConfigureAwait(false);
        return report.Failed == 0 ? null : $"{report.Failed} copies could not be made";
    }

    /// <summary>Tells what has changed and makes the copies that are worth it, now.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<GravityReport> TickAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            (int told, bool isRefused) = await TryTellAsync(cancellationToken).ConfigureAwait(false);
            var bars = new int[Enum.GetValues<PullBar>().Length];
            PullPlan<TKey> plan = Plan(bars, out Dictionary<TKey, IGravityPeer<TKey>> sources);
            (int pulled, int failed, int dropped) = await CarryOutAsync(plan, sources, cancellationToken).ConfigureAwait(false);
            return new GravityReport(told, pulled, failed, dropped, plan.Refusals, [.. bars]) { IsRefused = isRefused };
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _turn.Dispose();
        _telling.Dispose();
    }

    private void Turn(bool isOn)
    {
        _isEnabled = isOn;
        _heat.IsTelling = isOn;
    }

    // An offer that is full says nothing about what readers here want: the plan does not wait for it.
    private async Task<(int Told, bool IsRefused)> TryTellAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await TellAsync(cancellationToken).ConfigureAwait(false), false);
        }
        catch (Exception error) when (IsFailure(error, cancellationToken))
        {
            LastError = error;
            return (0, true);
        }
    }

    // Turned off, all is taken back at once; turned on, a tick tells only so much.
    private async Task<int> TellAsync(CancellationToken cancellationToken)
    {
        await _telling.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            int told = 0;
            while (_heat.Tick(_clock.Now) is { } batch)
            {
                if (!await TellAsync(batch, cancellationToken).ConfigureAwait(false)) break;
                told += batch.Changes.Count;
                if (_heat.IsTelling) break;
            }
            return told;
        }
        finally
        {
            _telling.Release();
        }
    }

    private async Task<bool> TellAsync(HeatBatch<TKey> batch, CancellationToken cancellationToken)
    {
        bool isTaken = false;
        try
        {
            return isTaken = await _host.AnnounceAsync(batch.Changes, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (isTaken) _heat.Commit(batch);
            else _heat.RollBack(batch);
        }
    }

    private async Task<(int Pulled, int Failed, int Dropped)> CarryOutAsync(
        PullPlan<TKey> plan, Dictionary<TKey, IGravityPeer<TKey>> sources, CancellationToken cancellationToken)
    {
        int pulled = 0, failed = 0, dropped = 0;
        foreach (PlannedPull<TKey> pull in plan.Pulls)
        {
            // Turned off meanwhile: what is not begun is not done.
            if (!_isEnabled) break;
            if (!await TryPullAsync(pull.Candidate.Key, sources[pull.Candidate.Key], cancellationToken).ConfigureAwait(false))
            {
                failed++;
                continue;
            }
            pulled++;
            foreach (TKey victim in pull.Victims)
            {
                if (await TryDropAsync(victim, cancellationToken).ConfigureAwait(false)) dropped++;
            }
        }
        return (pulled, failed, dropped);
    }

    private async ValueTask<bool> TryPullAsync(TKey key, IGravityPeer<TKey> from, CancellationToken cancellationToken)
    {
        try
        {
            return await _host.PullAsync(key, from, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (IsFailure(error, cancellationToken))
        {
            // The next tick tries again, if it is still wanted; other copies are not kept waiting.
            LastError = error;
            return false;
        }
    }

    // Others may have let theirs go since the plan was made.
    private async ValueTask<bool> TryDropAsync(TKey key, CancellationToken cancellationToken)
    {
        _holders.Clear();
        _host.AddHolders(key, _holders);
        if (!MayDrop(key)) return false;
        try
        {
            await _host.DropAsync(key, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception error) when (IsFailure(error, cancellationToken))
        {
            LastError = error;
            return false;
        }
    }

    // Whatever a peer or a host does ends one deed, not the tick; only the caller ends that.
    private static bool IsFailure(Exception error, CancellationToken cancellationToken) =>
        error is not OutOfMemoryException && !(error is OperationCanceledException && cancellationToken.IsCancellationRequested);
}
