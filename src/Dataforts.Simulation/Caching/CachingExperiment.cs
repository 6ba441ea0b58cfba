using System.Globalization;
using System.Text;
using Dataforts.Greedy.Eviction;
using Dataforts.Simulation.Caching.Traces;
using Dataforts.Simulation.Plotting;

namespace Dataforts.Simulation.Caching;

/// <summary>Whether the default eviction policy is near the best of LRU, a scan-resistant policy and a heat-weighted one on made-up traces of every kind.</summary>
/// <param name="candidate">The policy that has to hold; another than the default shows that the experiment can fail.</param>
/// <param name="requests">The length of each trace.</param>
/// <param name="generators">The kinds of traces.</param>
internal sealed class CachingExperiment(string candidate, int requests, IReadOnlyList<TraceGenerator> generators) : IExperiment
{
    private const int UsualRequests = 50_000;
    private const double MostBehindBest = 2;
    private const double MostBehindRecency = 1;

    private static readonly string[] Rivals = ["lru", "s3fifo", "heat"];
    private static readonly string[] Others = ["fifo", "sieve", "wtinylfu", "gdsf", TraceReplay.Belady];
    private static readonly double[] Shares = [0.005, 0.02, 0.08, 0.25, 0.5];

    private readonly string[] _policies = [.. Rivals.Concat(Others).Prepend(candidate).Distinct()];

    /// <summary>As it is listed.</summary>
    public CachingExperiment()
        : this(EvictionPolicies.Default, UsualRequests, TraceCatalog.All)
    {
    }

    /// <inheritdoc/>
    public string Name => "caching";

    /// <inheritdoc/>
    public string Purpose => "Eviction policies on made-up traces: the default is within 2 points of the best of LRU, S3-FIFO and heat.";

    /// <inheritdoc/>
    public ExperimentResult Run(ulong seed, CancellationToken cancellationToken)
    {
        var cells = new IReadOnlyList<CachingCell>[generators.Count];
        var options = new ParallelOptions { CancellationToken = cancellationToken };
        Parallel.For(0, generators.Count, options, i => cells[i] = Compare(generators[i], seed, cancellationToken));
        List<ExperimentMetric> metrics = [.. cells.SelectMany(MetricsOf)];
        CachingCell[] all = [.. cells.SelectMany(cell => cell)];
        metrics.Add(new ExperimentMetric("worstCellToBestPoints", all.Min(cell => BehindBest(cell, r => r.HitRatio))));
        metrics.Add(new ExperimentMetric("worstCellToLruPoints", all.Min(cell => Behind(cell, "lru", r => r.HitRatio))));
        metrics.Add(new ExperimentMetric("worstCellToLruBytesPoints", all.Min(cell => Behind(cell, "lru", r => r.ByteHitRatio))));
        metrics.Add(new ExperimentMetric("meanHitRatio", all.Average(cell => cell.Results[0].HitRatio)));
        metrics.Add(new ExperimentMetric("meanHitRatioOfLru", all.Average(cell => Of(cell, "lru").HitRatio)));
        bool accepted = metrics.TrueForAll(metric => metric.Passed);
        return new ExperimentResult(Name, seed, metrics, accepted, [Plot(cells, seed)], Trace(all));
    }

    private static double Behind(CachingCell cell, string rival, Func<ReplayResult, double> ratio) =>
        100 * (ratio(cell.Results[0]) - ratio(Of(cell, rival)));

    private static double BehindBest(CachingCell cell, Func<ReplayResult, double> ratio) => Rivals.Min(rival => Behind(cell, rival, ratio));

    private static ReplayResult Of(CachingCell cell, string policy) => cell.Results.First(result => result.Policy == policy);

    /// <summary>Means over the capacities: of a small cell alone chance can make a point.</summary>
    private static IEnumerable<ExperimentMetric> MetricsOf(IReadOnlyList<CachingCell> cells)
    {
        string name = cells[0].Generator;
        double toBest = Rivals.Min(rival => cells.Average(cell => Behind(cell, rival, result => result.HitRatio)));
        yield return ExperimentMetric.AtLeast($"{name}.toBestPoints", toBest, -MostBehindBest);
        double toRecency = cells.Average(cell => Behind(cell, "lru", result => result.HitRatio));
        yield return ExperimentMetric.AtLeast($"{name}.toLruPoints", toRecency, -MostBehindRecency);
        double bytes = cells.Average(cell => Behind(cell, "lru", result => result.ByteHitRatio));
        yield return ExperimentMetric.AtLeast($"{name}.toLruBytesPoints", bytes, -MostBehindRecency);
    }

    private List<CachingCell> Compare(TraceGenerator generator, ulong seed, CancellationToken cancellationToken)
    {
        TraceRequest[] trace = [.. generator.Generate(seed, requests)];
        var sizes = new Dictionary<ulong, ulong>();
        foreach (TraceRequest request in trace) sizes[request.Key] = request.SizeBytes;
        double footprint = sizes.Values.Sum(size => (double)size);
        var cells = new List<CachingCell>();
        foreach (double share in Shares)
        {
            var replay = new TraceReplay();
            foreach (string policy in _policies) replay.Add(policy, Math.Max(1, (long)(footprint * share)));
            replay.Run(trace, cancellationToken);
            cells.Add(new CachingCell(generator.Name, share, replay.Results()));
        }
        return cells;
    }

    private ExperimentPlot Plot(IReadOnlyList<CachingCell>[] cells, ulong seed)
    {
        string[] shown = [candidate, .. Rivals, TraceReplay.Belady];
        PlotSeries[] series = [.. shown.Distinct().Select(policy => new PlotSeries(
            policy,
            [.. cells.Select((group, i) => ((double)i, group.Average(cell => Of(cell, policy).HitRatio)))]))];
        string title = string.Create(CultureInfo.InvariantCulture, $"Hit ratio, mean of capacities from 0.5 % to 50 % of all bytes (seed {seed})");
        string svg = SvgPlot.Bars(title, [.. cells.Select(group => group[0].Generator)], "hit ratio", series);
        return new ExperimentPlot(string.Create(CultureInfo.InvariantCulture, $"{Name}-{seed}.svg"), svg);
    }

    private static string Trace(IEnumerable<CachingCell> cells)
    {
        var text = new StringBuilder("generator share policy capacityBytes requests hits hitRatio byteHitRatio evictions\n");
        foreach (CachingCell cell in cells)
        {
            foreach (ReplayResult result in cell.Results)
            {
                text.Append(CultureInfo.InvariantCulture, $"{cell.Generator} {cell.Share} {result.Policy} {result.CapacityBytes} ");
                text.Append(CultureInfo.InvariantCulture, $"{result.Requests} {result.Hits} {result.HitRatio:F6} {result.ByteHitRatio:F6} {result.Evictions}\n");
            }
        }
        return text.ToString();
    }
}
