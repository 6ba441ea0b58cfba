using Dataforts.Mesh;
using Dataforts.Simulation.Chance;
using Dataforts.Simulation.Experiments;

namespace Dataforts.Simulation.Gravity;

/// <summary>One publisher, readers of one scope at different distances, and one of them that reads a chain most: E1. Nodes are the library's, on the
/// embedded mesh.</summary>
internal sealed class ConvergenceWorld : IDisposable
{
    // It, and those that publish the other chains beside it; the chain's is the first.
    private const ulong FirstPublisher = 1000;
    private const int EventBytes = 16;
    private const int ChainBytes = 256;
    private const int WarmUpWindows = 3;

    private readonly ConvergenceOptions _options;
    private readonly World _world;
    private readonly Zipf _others;
    private readonly SimulatedNode[] _readers;
    private readonly List<double> _shares = [];
    private TimeSpan _start = TimeSpan.MaxValue;
    private TimeSpan? _heldAt;
    private long _reads, _local, _readsHeld, _localHeld;

    public ConvergenceWorld(ConvergenceOptions options, ulong seed)
    {
        (_options, _others) = (options, new Zipf(options.OtherChains, 1));
        _world = new World(new WorldOptions
        {
            Seed = seed,
            ChannelEvents = 1,
            Way = (from, to) => RoundTrip(from, to) / 2,
            Announcer = new AnnouncerOptions { Interval = options.Window },
        });
        int chains = 1 + (options.ToPublisher.Count * options.OtherChains);
        foreach (SimulatedNode publisher in _world.JoinPublishers(FirstPublisher, chains)) publisher.Publish(_world.Payload(EventBytes));
        _readers = [.. options.ToPublisher.Select((_, index) => Join((ulong)index + 1))];
        _readers[^1].ReadDone = Done;
        _readers[^1].Copied = (chain, isHere) =>
        {
            if (chain == FirstPublisher && isHere) _heldAt ??= _world.Time.Elapsed - _start;
        };
    }

    /// <summary>Runs it to its end, once.</summary>
    /// <param name="hasHolder">Whether another reader reads the chain before, so that it has a copy at the start.</param>
    /// <param name="cancellationToken">Given up by.</param>
    public ConvergenceOutcome Run(bool hasHolder, CancellationToken cancellationToken)
    {
        TimeSpan interval = _options.Window / _options.ReadsPerWindow;
        foreach (SimulatedNode reader in _readers) Every(_options.Window / _options.OtherReadsPerWindow, () => Read(reader, OtherOf(reader)));
        if (hasHolder) Every(interval, () => { if (_world.Time.Elapsed < _start) Read(_readers[0], FirstPublisher); });
        _world.Run(WarmUpWindows * _options.Window, cancellationToken);
        bool holderHolds = _readers[0].HoldsCopy(FirstPublisher);
        _start = _world.Time.Elapsed;
        Every(interval, () => Read(DrawReader(), FirstPublisher));
        for (int window = 0; window < _options.Windows; window++)
        {
            (long reads, long local) = (_reads, _local);
            _world.Run(_options.Window, cancellationToken);
            _shares.Add((_local - local) / (double)Math.Max(1, _reads - reads));
        }
        double windows = _heldAt is { } held ? held / _options.Window : double.PositiveInfinity;
        return new ConvergenceOutcome(windows, _readsHeld == 0 ? 0 : _localHeld / (double)_readsHeld, holderHolds, _shares, _world.Trace);
    }

    public void Dispose() => _world.Dispose();

    private SimulatedNode Join(ulong id) => _world.Join(id, new NodeOptions
    {
        IsGreedy = false,
        HasGravity = _options.Fault != DriftFault.Frozen,
        Heat = _options.Heat,
        Pull = _options.Pull,
        Zone = "readers",
        TickInterval = _options.Window,
        CopyBytes = (long)_options.SlotsPerNode * ChainBytes,
        ChainBytes = ChainBytes,
        OwnEvents = 1,
    });

    private void Every(TimeSpan interval, Action action) => _world.Every(interval, () =>
    {
        action();
        return true;
    });

    private SimulatedNode DrawReader() =>
        _world.Random.Below(1000) < _options.MainShare * 1000 ? _readers[^1] : _readers[_world.Random.Below(_readers.Length - 1)];

    private ulong OtherOf(SimulatedNode reader) =>
        FirstPublisher + 1 + ((reader.Id.Value - 1) * (ulong)_options.OtherChains) + (ulong)_others.Draw(_world.Random);

    private void Read(SimulatedNode reader, ulong chain)
    {
        if (_options.Fault != DriftFault.HeatOnHitOnly || reader.HoldsCopy(chain)) _ = reader.ReadAsync(chain, 0);
        else if (reader == _readers[^1]) Done(chain, null, TimeSpan.Zero);
    }

    private void Done(ulong chain, NodeId? source, TimeSpan time)
    {
        if (chain != FirstPublisher) return;
        bool isLocal = source == _readers[^1].Id;
        (_reads, _local) = (_reads + 1, _local + (isLocal ? 1 : 0));
        if (_heldAt is not null) (_readsHeld, _localHeld) = (_readsHeld + 1, _localHeld + (isLocal ? 1 : 0));
    }

    private TimeSpan RoundTrip(NodeId from, NodeId to)
    {
        bool isFrom = from.Value < FirstPublisher, isTo = to.Value < FirstPublisher;
        if (isFrom && isTo) return from == to ? TimeSpan.Zero : _options.BetweenReaders;
        if (!isFrom && !isTo) return TimeSpan.Zero;
        return _options.ToPublisher[(int)(isFrom ? from : to).Value - 1];
    }
}
