using Dataforts.Lifecycle;

namespace Dataforts.Gravity;

/// <summary>Carries gravity out for one kind of key: tells heat, plans pulls, makes copies. Works with or without greedy caching.</summary>
/// <remarks>Thread-safe; one tick runs at a time. What fails is tried again by a later tick. While it is off, it pulls nothing and takes back what it told;
/// heat is counted all the same.</remarks>
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

    /// <summary>Whether gravity is on. Turned off, the next tick takes back all that was told and pulls nothing; turned on, it tells and pulls again.</summary>
    public bool IsEnabled
    {
        get => _isEnabled;
        set
        {
            _isEnabled = value;
            _heat.IsTelling = value;
        }
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
            int told = await TellAsync(cancellationToken).ConfigureAwait(false);
            var bars = new int[Enum.GetValues<PullBar>().Length];
            PullPlan<TKey> plan = Plan(bars, out Dictionary<TKey, IGravityPeer<TKey>> sources);
            (int pulled, int failed, int dropped) = await CarryOutAsync(plan, sources, cancellationToken).ConfigureAwait(false);
            return new GravityReport(told, pulled, failed, dropped, plan.Refusals, [.. bars]);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    // Turned off, all is taken back at once; turned on, a tick tells only so much.
    private async Task<int> TellAsync(CancellationToken cancellationToken)
    {
        int told = 0;
        while (_heat.Tick(_clock.Now) is { } batch)
        {
            bool taken = false;
            try
            {
                taken = await _host.AnnounceAsync(batch.Changes, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                if (taken) _heat.Commit(batch);
                else _heat.RollBack(batch);
            }
            if (!taken) break;
            told += batch.Changes.Count;
            if (_heat.IsTelling) break;
        }
        return told;
    }

    private async Task<(int Pulled, int Failed, int Dropped)> CarryOutAsync(
        PullPlan<TKey> plan, Dictionary<TKey, IGravityPeer<TKey>> sources, CancellationToken cancellationToken)
    {
        int pulled = 0, failed = 0, dropped = 0;
        foreach (PlannedPull<TKey> pull in plan.Pulls)
        {
            // Turned off meanwhile: what is not begun is not done.
            if (!_isEnabled) break;
            foreach (TKey victim in pull.Victims)
            {
                await _host.DropAsync(victim, cancellationToken).ConfigureAwait(false);
                dropped++;
            }
            if (await TryPullAsync(pull.Candidate.Key, sources[pull.Candidate.Key], cancellationToken).ConfigureAwait(false)) pulled++;
            else failed++;
        }
        return (pulled, failed, dropped);
    }

    private async ValueTask<bool> TryPullAsync(TKey key, IGravityPeer<TKey> from, CancellationToken cancellationToken)
    {
        try
        {
            return await _host.PullAsync(key, from, cancellationToken).ConfigureAwait(false);
        }
        catch (DatafortsException)
        {
            // The next tick tries again, if it is still wanted; other copies are not kept waiting.
            return false;
        }
    }
}
