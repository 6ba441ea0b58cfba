using Dataforts.Capabilities;
using Dataforts.Capabilities.Intents;
using Dataforts.Capabilities.Peers;
using Dataforts.Gravity;
using Dataforts.Greedy.Running;
using Dataforts.Mesh;

namespace Dataforts.Placement;

/// <summary>A node's part in where data lies, on any mesh: it caches what flows past, pulls what its readers want, says what it holds and how hot that is,
/// reads from the nearest holder, and answers peers that read or pull from it.</summary>
/// <remarks>
/// <para>Thread-safe. It runs from when it is made until it is disposed, on the mesh's clock. The mesh is its maker's: disposing this leaves it open.</para>
/// <para>A chain is all that one publisher publishes, known by its origin hash. Copies and cached events are in memory.</para>
/// <para>Everything that it says of chains goes through one place, which is bounded (<see cref="PlacementLimits"/>).</para>
/// </remarks>
public sealed partial class PlacementNode : IAsyncDisposable
{
    private readonly IMesh _mesh;
    private readonly PlacementNodeOptions _options;
    private readonly ChainHost _host;
    private readonly CancellationTokenSource _life = new();
    private readonly SemaphoreSlim _switching = new(1);
    private readonly List<IDisposable> _served = [];
    private readonly ITimer _timer;
    private int _isDisposed;

    /// <summary>Makes it, and starts it.</summary>
    /// <param name="mesh">The mesh, on which nobody else answers requests for chains.</param>
    /// <param name="options">How it takes part.</param>
    /// <exception cref="InvalidOperationException">The mesh serves chains already.</exception>
    /// <exception cref="DatafortsException">LimitExceeded: the node's offer is full.</exception>
    public PlacementNode(IMesh mesh, PlacementNodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(mesh);
        (_mesh, _options) = (mesh, options ?? new PlacementNodeOptions());
        Peers = _options.Index ?? PeerIndex.Follow(mesh.Self, mesh.Peers, mesh.Time);
        _host = new ChainHost(mesh, _options, Peers);
        Heat = new HeatRegistry<ulong>(_options.Heat);
        var clock = new GravityClock(mesh.Time);
        Gravity = new GravityWorker<ulong>("gravity-chains", Heat, _host, clock, _options.Pull, _options.TickInterval);
        Greedy = _host.Greedy = new GreedyRuntime(_options.Greedy, new GreedyParts
        {
            Time = mesh.Time,
            Claims = _host,
            Holders = _host,
            Prefetch = _options.Prefetch,
            HoldsOwn = _host.Store.Holds,
            Scheduler = _options.Scheduler,
        })
        {
            Heat = new RegistryHeat(Heat, mesh.Time, mesh.Time.GetTimestamp()),
        };
        try
        {
            _served.Add(mesh.Serve(ChainWire.ReadSubject, _host.ServeReadAsync));
            _served.Add(mesh.Serve(ChainWire.PullSubject, _host.ServePullAsync));
            Begin();
        }
        catch
        {
            End();
            throw;
        }
        _timer = mesh.Time.CreateTimer(
            static state => ((PlacementNode)state!).Tick(), this, _options.FirstTick ?? _options.TickInterval, _options.TickInterval);
    }

    /// <summary>The node's id.</summary>
    public NodeId Id => _mesh.Self;

    /// <summary>The origin hash of what it publishes.</summary>
    public ulong Origin => _host.Origin;

    /// <summary>What the peers offer, as far as it is believed.</summary>
    public PeerIndex Peers { get; }

    /// <summary>What caches.</summary>
    public GreedyRuntime Greedy { get; }

    /// <summary>What tells heat and pulls. Its ticks are run by this node.</summary>
    public GravityWorker<ulong> Gravity { get; }

    /// <summary>What readers here demand.</summary>
    public HeatRegistry<ulong> Heat { get; }

    /// <summary>What it counted.</summary>
    public PlacementCounters Counters => new(
        _host.Reads, _host.LocalReads, _host.FailedReads, _host.Retries, Volatile.Read(ref _pulls), Volatile.Read(ref _failedPulls),
        Volatile.Read(ref _drops), _host.Store.Copies, _host.Emissions, _host.Claims.Untold, _host.Claims.UntoldHeats, Volatile.Read(ref _refused));

    /// <summary>Whether a chain is here for another reason than that it flowed past: it is its own, or a copy.</summary>
    public bool HoldsCopy(ulong chain) => _host.Store.Holds(chain);

    /// <summary>Who is said to hold a chain, nearest first, this node not among them.</summary>
    public IReadOnlyList<Holder> HoldersOf(ulong chain) => _host.HoldersOf(chain);

    /// <summary>Turns greedy caching and gravity on or off. When it returns, what is off has taken back what it had said.</summary>
    /// <exception cref="DatafortsException">An announcement was refused. Both are as they were asked to be; what could not be said is said by a later
    /// tick.</exception>
    public async Task SwitchAsync(bool greedy, bool gravity, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);
        await _switching.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);
            if (greedy) Greedy.Enable();
            if (gravity) Gravity.Enable();
            if (!greedy) await Greedy.DisableAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                if (!gravity) await Gravity.DisableAsync(cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                Describe(greedy, gravity);
            }
        }
        finally
        {
            _switching.Release();
        }
    }

    /// <summary>Takes back all that it said, then stops answering and lets everything go. The mesh stays open.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        _timer.Dispose();
        // On this thread: in virtual time another one would make the order of things a matter of luck.
        EndWork();
        await _ticking.ConfigureAwait(false);
        await _switching.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            // Each for itself: what one cannot take back the others still can.
            await TryAsync(() => Greedy.DisposeAsync().AsTask()).ConfigureAwait(false);
            await TryAsync(() => Gravity.DisableAsync()).ConfigureAwait(false);
            await TryAsync(() =>
            {
                _host.Claims.Close();
                Describe(greedy: false, gravity: false);
                return Task.CompletedTask;
            }).ConfigureAwait(false);
        }
        finally
        {
            End();
            _switching.Release();
        }
    }

    private async Task TryAsync(Func<Task> step)
    {
        try
        {
            await step().ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // The mesh went before this: others find out by its silence.
        }
        catch (DatafortsException error)
        {
            // It takes no more: the same.
            LastError = error;
        }
    }

    private void EndWork() => _life.Cancel();

    private void End()
    {
        foreach (IDisposable served in _served) served.Dispose();
        if (_options.Index is null) Peers.Dispose();
        Gravity.Dispose();
    }

    private void Begin()
    {
        // blocking: nothing has been said yet, so it is done at once.
        if (!_options.IsGreedy) Greedy.DisableAsync().GetAwaiter().GetResult();
        // blocking: no heat is counted yet, so there is none to take back.
        if (!_options.HasGravity) Gravity.DisableAsync().GetAwaiter().GetResult();
        Describe(_options.IsGreedy, _options.HasGravity);
    }

    // Where it is and how it takes part; admission is judged by what is said.
    private void Describe(bool greedy, bool gravity)
    {
        _mesh.Edit(offer =>
        {
            CapabilityBuilder builder = new CapabilityBuilder(offer)
                .Drift(DriftAxis.Greedy, Drift(greedy, _options.GreedyScope)).Drift(DriftAxis.Gravity, Drift(gravity, _options.GravityScope));
            if (_options.Zone is { } zone) builder.Zone(zone);
            if (_options.Region is { } region) builder.Region(region);
            return builder.Build();
        });
        Greedy.SetCapabilities(new TagFacts(_mesh.Offer.Tags));
    }

    private static DriftOffer Drift(bool isOn, ScopeWidth width) => isOn ? new DriftOffer(true, width, 1) : DriftOffer.None;
}
