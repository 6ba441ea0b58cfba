using System.Globalization;
using System.Text;
using Dataforts.Gravity;
using Dataforts.Simulation.Chance;

namespace Dataforts.Simulation.Gravity;

/// <summary>One publisher, readers of one scope at different distances, and one of them that reads a chain most: E1. Counting and plans are what a node
/// runs; what each holds is known to the others from the next window on.</summary>
internal sealed class ConvergenceWorld
{
    private const ulong Chain = 0;

    private readonly ConvergenceOptions _options;
    private readonly SeededRandom _random;
    private readonly Zipf _others;
    private readonly HeatRegistry<ulong>[] _heat;
    private readonly List<ulong>[] _caches;
    private readonly StringBuilder _trace = new();
    private bool[] _announced;

    /// <param name="options">The world.</param>
    /// <param name="seed">What chance is drawn from.</param>
    /// <param name="holder">The reader that has a copy at the start; -1 for none.</param>
    public ConvergenceWorld(ConvergenceOptions options, ulong seed, int holder)
    {
        (_options, _random) = (options, new SeededRandom(seed));
        _others = new Zipf(options.OtherChains, 1);
        _heat = [.. options.ToPublisher.Select(_ => new HeatRegistry<ulong>(options.Heat))];
        _caches = [.. options.ToPublisher.Select(_ => new List<ulong>())];
        if (holder >= 0) _caches[holder].Add(Chain);
        _announced = [.. _caches.Select(cache => cache.Contains(Chain))];
    }

    private int Main => _caches.Length - 1;

    public ConvergenceOutcome Run(CancellationToken cancellationToken)
    {
        int heldAfter = int.MaxValue;
        long reads = 0, local = 0;
        var shares = new List<double>();
        for (int window = 0; window < _options.Windows; window++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            bool isHeld = heldAfter < int.MaxValue;
            long readsBefore = reads, localBefore = local;
            for (int read = 0; read < _options.ReadsPerWindow; read++)
            {
                TimeSpan now = (window + (read / (double)_options.ReadsPerWindow)) * _options.Window;
                int reader = _random.Below(1000) < _options.MainShare * 1000 ? Main : _random.Below(Main);
                bool hit = Read(reader, Chain, now);
                if (reader == Main) (reads, local) = (reads + 1, local + (hit ? 1 : 0));
                for (int node = 0; node < _caches.Length; node++)
                {
                    if (_random.Below(_options.ReadsPerWindow) < _options.OtherReadsPerWindow) Read(node, (ulong)(1 + _others.Draw(_random)), now);
                }
            }
            shares.Add((local - localBefore) / (double)Math.Max(1, reads - readsBefore));
            if (!isHeld) (reads, local) = (0, 0);
            if (_options.Fault != DriftFault.Frozen) Tick(window);
            if (!isHeld && _caches[Main].Contains(Chain)) heldAfter = window + 1;
        }
        return new ConvergenceOutcome(heldAfter, reads == 0 ? 0 : local / (double)reads, shares, _trace.ToString());
    }

    private bool Read(int node, ulong chain, TimeSpan now)
    {
        bool hit = _caches[node].Contains(chain);
        if (hit || _options.Fault != DriftFault.HeatOnHitOnly) _heat[node].Bump(chain, now);
        return hit;
    }

    private void Tick(int window)
    {
        TimeSpan now = (window + 1) * _options.Window;
        for (int node = 0; node < _caches.Length; node++)
        {
            foreach (PlannedPull<ulong> pull in Plan(node, now).Pulls)
            {
                foreach (ulong victim in pull.Victims) Note(window, node, "drop", victim, _caches[node].Remove(victim));
                _caches[node].Add(pull.Candidate.Key);
                Note(window, node, "pull", pull.Candidate.Key, true);
            }
        }
        _announced = [.. _caches.Select(cache => cache.Contains(Chain))];
    }

    private PullPlan<ulong> Plan(int node, TimeSpan now)
    {
        var readings = new HeatReading<ulong>[_options.OtherChains + 1];
        int count = _heat[node].CopyRecent(readings, now);
        PullCandidate<ulong>[] candidates = [.. readings.Take(count).Select(reading => Candidate(node, reading))];
        PullVictim<ulong>[] victims = [.. _caches[node].Select(key => new PullVictim<ulong>(key, _heat[node].Rate(key, now), 1, Saved(node, key)))];
        return PullPlanner.Plan<ulong>(candidates, victims, _options.SlotsPerNode - _caches[node].Count, _options.Pull);
    }

    private PullCandidate<ulong> Candidate(int node, HeatReading<ulong> reading) => new(reading.Key, reading.Rate, 1, Saved(node, reading.Key))
    {
        IsHeld = _caches[node].Contains(reading.Key),
        ZoneCopies = reading.Key == Chain ? _announced.Where((holds, other) => holds && other != node).Count() : 0,
    };

    // Other chains live with the publisher and are each reader's own.
    private TimeSpan Saved(int node, ulong chain)
    {
        bool isNear = chain == Chain && _announced.Where((holds, other) => holds && other != node).Any();
        return isNear && _options.BetweenReaders < _options.ToPublisher[node] ? _options.BetweenReaders : _options.ToPublisher[node];
    }

    private void Note(int window, int node, string what, ulong chain, bool done) =>
        _trace.Append(CultureInfo.InvariantCulture, $"{window} reader {node + 1} {what} {chain}{(done ? "" : " (absent)")}\n");
}
