using System.Globalization;
using System.Text;
using Dataforts.Gravity;
using Dataforts.Simulation.Chance;

namespace Dataforts.Simulation.Gravity;

/// <summary>Nodes in zones, chains that live one each on some node, readers with favourites by zone: E2. Heat, plans and victims are what a
/// node runs.</summary>
/// <remarks>Each chain lives on one node for ever, in no slot. A node knows of copies what was announced by the last step's end.</remarks>
internal sealed class DriftWorld
{
    private readonly DriftOptions _options;
    private readonly SeededRandom _random;
    private readonly Zipf _zipf;
    private readonly DriftNode[] _nodes;
    private readonly int[] _homes;
    private readonly int[][] _favourites;
    // Copies by zone and chain, the home's among them, as announced.
    private readonly int[,] _copies;
    private readonly StringBuilder _trace = new();
    private readonly HeatReading<ulong>[] _readings;
    private long _local, _zone, _remote, _frozenLocal, _frozenZone, _pulls, _repulls, _slotsToFill;

    public DriftWorld(DriftOptions options, ulong seed)
    {
        _options = options;
        _random = new SeededRandom(seed);
        _zipf = new Zipf(options.Chains, options.ZipfExponent);
        _nodes = [.. Enumerable.Range(0, options.Nodes).Select(id => new DriftNode(id, id / options.NodesPerZone, options))];
        _homes = _random.Shuffled(Enumerable.Range(0, options.Chains).Select(chain => chain % options.Nodes));
        _favourites = new int[options.Zones][];
        _copies = new int[options.Zones, options.Chains];
        _readings = new HeatReading<ulong>[options.Chains];
        for (int chain = 0; chain < options.Chains; chain++) _copies[_homes[chain] / options.NodesPerZone, chain] = 1;
    }

    /// <summary>Runs it to its end, once.</summary>
    public DriftOutcome Run(CancellationToken cancellationToken)
    {
        List<double> byStep = [], frozenByStep = [];
        for (int step = 0; step < _options.Steps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (step == 0 || step == _options.Steps / 2) Reshuffle();
            long before = _local, frozenBefore = _frozenLocal;
            for (int read = 0; read < _options.ReadsPerStep; read++)
            {
                TimeSpan now = (step + (read / (double)_options.ReadsPerStep)) * _options.StepTime;
                foreach (DriftNode node in _nodes) Read(node, now);
            }
            byStep.Add((_local - before) / (double)(_options.Nodes * _options.ReadsPerStep));
            frozenByStep.Add((_frozenLocal - frozenBefore) / (double)(_options.Nodes * _options.ReadsPerStep));
            if (_options.Fault != DriftFault.Frozen) Tick(step, (step + 1) * _options.StepTime);
        }
        long reads = _local + _zone + _remote;
        return new DriftOutcome
        {
            LocalShare = _local / (double)reads,
            FrozenLocalShare = _frozenLocal / (double)reads,
            RemoteShare = _remote / (double)reads,
            MeanMilliseconds = Mean(_local, _zone, reads),
            FrozenMeanMilliseconds = Mean(_frozenLocal, _frozenZone, reads),
            Reads = reads,
            Pulls = _pulls,
            Repulls = _repulls,
            SlotsToFill = _slotsToFill,
            LocalByStep = byStep,
            FrozenByStep = frozenByStep,
            Trace = _trace.ToString(),
        };
    }

    private double Mean(long local, long zone, long reads) =>
        ((local * _options.LocalTime) + (zone * _options.ZoneTime) + ((reads - local - zone) * _options.RemoteTime)).TotalMilliseconds / reads;

    private void Reshuffle()
    {
        for (int zone = 0; zone < _options.Zones; zone++)
        {
            int[]? old = _favourites[zone];
            _favourites[zone] = _random.Shuffled(Enumerable.Range(0, _options.Chains));
            foreach (DriftNode node in _nodes.Where(node => node.Zone == zone))
                _slotsToFill += Wanted(node, _favourites[zone]).Except(Wanted(node, old)).Count();
        }
    }

    // What would lie in the slots of a node that knew its readers: the favourites that do not live there.
    private IEnumerable<int> Wanted(DriftNode node, int[]? favourites) =>
        (favourites ?? []).Where(chain => _homes[chain] != node.Id).Take(_options.SlotsPerNode);

    private void Read(DriftNode node, TimeSpan now)
    {
        int chain = _favourites[node.Zone][_zipf.Draw(_random)];
        int home = _homes[chain];
        bool isHome = home == node.Id, isLocal = isHome || node.Holds[chain];
        if (isHome) _frozenLocal++;
        else if (home / _options.NodesPerZone == node.Zone) _frozenZone++;
        if (isLocal) _local++;
        else if (_copies[node.Zone, chain] > 0) _zone++;
        else _remote++;
        if (isLocal || _options.Fault != DriftFault.HeatOnHitOnly) node.Heat.Bump((ulong)chain, now);
    }

    private void Tick(int step, TimeSpan now)
    {
        // All plan by what was announced before this tick; what they do is announced when all have planned.
        PullPlan<ulong>[] plans = [.. _nodes.Select(node => Plan(node, now))];
        foreach (DriftNode node in _nodes) Carry(node, plans[node.Id], step);
    }

    private PullPlan<ulong> Plan(DriftNode node, TimeSpan now)
    {
        int count = node.Heat.CopyRecent(_readings, now);
        var candidates = new List<PullCandidate<ulong>>(count);
        foreach (HeatReading<ulong> reading in _readings.AsSpan(0, count))
        {
            if (_homes[reading.Key] == node.Id) continue;
            bool isHeld = node.Holds[reading.Key];
            candidates.Add(new PullCandidate<ulong>(reading.Key, reading.Rate, 1, Saved(node, reading.Key))
            {
                IsHeld = isHeld,
                ZoneCopies = CopiesBeside(node, reading.Key),
            });
        }
        IEnumerable<PullVictim<ulong>> victims = node.Cache.Select(chain => new PullVictim<ulong>(chain, node.Heat.Rate(chain, now), 1, Saved(node, chain)));
        PullPolicy policy = _options.Pull;
        if (_options.Fault == DriftFault.NoHysteresis) policy = policy with { Factor = 1 };
        if (_options.Fault == DriftFault.Unordered) (candidates, victims) = (Unordered(candidates), victims.Select(victim => victim with { Rate = 0 }));
        return PullPlanner.Plan<ulong>([.. candidates], [.. victims], _options.SlotsPerNode - node.Cache.Count, policy);
    }

    // As if the rate were not looked at, nor who is near.
    private List<PullCandidate<ulong>> Unordered(List<PullCandidate<ulong>> candidates) =>
        [.. candidates.Select(candidate => candidate with { Rate = _options.Pull.MinRate, Saved = _options.RemoteTime })];

    private int CopiesBeside(DriftNode node, ulong chain) => _copies[node.Zone, chain] - (node.Holds[chain] ? 1 : 0);

    private TimeSpan Saved(DriftNode node, ulong chain) =>
        (CopiesBeside(node, chain) > 0 ? _options.ZoneTime : _options.RemoteTime) - _options.LocalTime;

    private void Carry(DriftNode node, PullPlan<ulong> plan, int step)
    {
        foreach (PlannedPull<ulong> pull in plan.Pulls)
        {
            foreach (ulong victim in pull.Victims)
            {
                node.Drop(victim, step);
                _copies[node.Zone, victim]--;
                Note(step, node, "drop", victim);
            }
            ulong chain = pull.Candidate.Key;
            if (step - (long)node.LeftAt[chain] <= _options.RepullSteps) _repulls++;
            node.Add(chain);
            _copies[node.Zone, chain]++;
            _pulls++;
            Note(step, node, "pull", chain);
        }
    }

    private void Note(int step, DriftNode node, string what, ulong chain) =>
        _trace.Append(CultureInfo.InvariantCulture, $"{step} node {node.Id} {what} {chain}\n");
}
