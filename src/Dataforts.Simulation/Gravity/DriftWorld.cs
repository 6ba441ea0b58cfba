using Dataforts.Mesh;
using Dataforts.Simulation.Chance;
using Dataforts.Simulation.Experiments;

namespace Dataforts.Simulation.Gravity;

/// <summary>Nodes in zones, publishers of one chain each that live beside some node, readers with favourites by zone: E2. Nodes are the library's, on the
/// embedded mesh: they learn of each other by announcements, read and pull by requests, and take the time that these take.</summary>
internal sealed class DriftWorld : IDisposable
{
    private const ulong FirstPublisher = 1000;
    private const int EventBytes = 16;
    private const int ChainBytes = 256;

    private readonly DriftOptions _options;
    private readonly World _world;
    private readonly Zipf _zipf;
    private readonly DriftNode[] _nodes;
    // By chain, the node that its publisher lives beside.
    private readonly int[] _homes;
    private readonly int[][] _favourites;
    private readonly DriftTally _tally;

    public DriftWorld(DriftOptions options, ulong seed)
    {
        _options = options;
        _zipf = new Zipf(options.Chains, options.ZipfExponent);
        _favourites = new int[options.Zones][];
        _tally = new DriftTally(options);
        _world = new World(new WorldOptions
        {
            Seed = seed,
            SharesDirectory = true,
            ChannelEvents = 1,
            Traces = options.Traces,
            Way = (from, to) => RoundTrip(PlaceOf(from), PlaceOf(to)) / 2,
            Announcer = new AnnouncerOptions { Interval = options.StepTime },
        });
        _homes = _world.Random.Shuffled(Enumerable.Range(0, options.Chains).Select(chain => chain % options.Nodes));
        foreach (SimulatedNode publisher in _world.JoinPublishers(FirstPublisher, options.Chains)) publisher.Publish(_world.Payload(EventBytes));
        _nodes = [.. Enumerable.Range(0, options.Nodes).Select(Join)];
    }

    /// <summary>Runs it to its end, once.</summary>
    public DriftOutcome Run(CancellationToken cancellationToken)
    {
        foreach (DriftNode node in _nodes)
        {
            _world.Every(_options.StepTime / _options.ReadsPerStep, () =>
            {
                Read(node);
                return true;
            });
        }
        for (int step = 0; step < _options.Steps; step++)
        {
            if (step == 0 || step == _options.Steps / 2) Reshuffle();
            _world.Run(_options.StepTime, cancellationToken);
            _tally.EndStep();
        }
        return _tally.Outcome(_world.Trace);
    }

    public void Dispose() => _world.Dispose();

    private DriftNode Join(int index)
    {
        var node = new DriftNode(index, _world.Join((ulong)index + 1, new NodeOptions
        {
            IsGreedy = false,
            HasGravity = _options.Fault != DriftFault.Frozen,
            Heat = _options.HeatOfFault,
            Pull = _options.PullOfFault,
            Zone = $"{ZoneOf(index)}",
            TickInterval = _options.StepTime,
            CopyBytes = (long)_options.SlotsPerNode * ChainBytes,
            ChainBytes = ChainBytes,
            OwnEvents = 1,
        }));
        node.Node.Copied = (chain, isHere) => _tally.Moved(node, chain, isHere, _world.Time.Elapsed);
        node.Node.ReadDone = (chain, source, time) => Done(node, (int)(chain - FirstPublisher), source, time);
        return node;
    }

    private void Read(DriftNode node)
    {
        int chain = _favourites[ZoneOf(node.Index)][_zipf.Draw(_world.Random)];
        ulong origin = FirstPublisher + (ulong)chain;
        _tally.Ask(_homes[chain] == node.Index, ZoneOf(_homes[chain]) == ZoneOf(node.Index));
        if (_options.Fault == DriftFault.HeatOnHitOnly && !node.Node.HoldsCopy(origin)) ReadUncounted(node, chain, origin);
        else _ = node.Node.ReadAsync(origin, 0);
    }

    // Past the node that would count it.
    private void ReadUncounted(DriftNode node, int chain, ulong origin)
    {
        // Who has it is not known before the first announcements are heard.
        NodeId source = node.Node.HoldersOf(origin).FirstOrDefault(new NodeId(origin));
        Done(node, chain, source, RoundTrip(node.Index, PlaceOf(source)));
    }

    private void Done(DriftNode node, int chain, NodeId? source, TimeSpan time)
    {
        if (source is not { } from) throw new InvalidOperationException($"nobody gave chain {chain}");
        int place = PlaceOf(from);
        bool isLocal = place == node.Index;
        _tally.Answer(isLocal, ZoneOf(place) == ZoneOf(node.Index), isLocal ? _options.LocalTime : time);
    }

    private void Reshuffle()
    {
        for (int zone = 0; zone < _options.Zones; zone++)
        {
            int[]? old = _favourites[zone];
            _favourites[zone] = _world.Random.Shuffled(Enumerable.Range(0, _options.Chains));
            foreach (DriftNode node in _nodes.Where(node => ZoneOf(node.Index) == zone))
                _tally.SlotsToFill += Wanted(node, _favourites[zone]).Except(Wanted(node, old)).Count();
        }
    }

    // What would lie in the slots of a node that knew its readers: the favourites that do not live beside it.
    private IEnumerable<int> Wanted(DriftNode node, int[]? favourites) =>
        (favourites ?? []).Where(chain => _homes[chain] != node.Index).Take(_options.SlotsPerNode);

    private int ZoneOf(int place) => place / _options.NodesPerZone;

    // The one that only watches is nowhere: it learns of things as they are said.
    private int PlaceOf(NodeId id) => id.Value switch
    {
        ulong.MaxValue => -1,
        >= FirstPublisher => _homes[id.Value - FirstPublisher],
        _ => (int)id.Value - 1,
    };

    private TimeSpan RoundTrip(int from, int to)
    {
        if (from == to || from < 0 || to < 0) return TimeSpan.Zero;
        return ZoneOf(from) == ZoneOf(to) ? _options.ZoneTime : _options.RemoteTime;
    }
}
