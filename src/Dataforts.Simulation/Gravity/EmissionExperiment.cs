using System.Text;
using Dataforts.Content;
using Dataforts.Simulation.Chance;
using Dataforts.Simulation.Plotting;

namespace Dataforts.Simulation.Gravity;

/// <summary>E4: heat is told when it has changed by the ratio and others would see it, and not otherwise; chains and blobs alike.</summary>
public sealed class EmissionExperiment : IExperiment
{
    private const int TicksPerHalfLife = 60;

    private readonly EmissionFault _fault;

    /// <summary>Makes it.</summary>
    public EmissionExperiment()
        : this(EmissionFault.None)
    {
    }

    internal EmissionExperiment(EmissionFault fault) => _fault = fault;

    /// <inheritdoc/>
    public string Name => "e4";

    /// <inheritdoc/>
    public string Purpose => "heat is announced when it changes by the ratio, and never for less";

    /// <inheritdoc/>
    public ExperimentResult Run(ulong seed, CancellationToken cancellationToken)
    {
        var random = new SeededRandom(seed);
        var trace = new StringBuilder();
        var metrics = new List<ExperimentMetric>();
        IReadOnlyList<(double, int)> chain = Kind("chain", random.Next(), random, trace, metrics);
        cancellationToken.ThrowIfCancellationRequested();
        IReadOnlyList<(double, int)> blob = Kind("blob", BlobHash.Compute(BitConverter.GetBytes(random.Next())), random, trace, metrics);
        PlotSeries[] series = [Series("chain", chain), Series("blob", blob)];
        var plot = new ExperimentPlot("e4.svg", SvgPlot.Lines("A single read, as others see it", "half-lives", "hundredths", series));
        return new ExperimentResult(Name, seed, metrics, metrics.All(metric => metric.Passed), [plot], trace.ToString());
    }

    private static PlotSeries Series(string name, IReadOnlyList<(double HalfLives, int Level)> told)
    {
        // Steps: a value stands until the next.
        var points = new List<(double X, double Y)>();
        foreach ((double at, int level) in told)
        {
            if (points.Count > 0) points.Add((at, points[^1].Y));
            points.Add((at, level));
        }
        return new PlotSeries(name, points);
    }

    private IReadOnlyList<(double HalfLives, int Level)> Kind<TKey>(
        string kind, TKey key, SeededRandom random, StringBuilder trace, List<ExperimentMetric> metrics)
        where TKey : struct, IEquatable<TKey>, IComparable<TKey>
    {
        double start = random.Below(1_000_000) / 1000.0;
        EmissionCounts ramp = Ramp(new EmissionCourse<TKey>(key, _fault, trace), start);
        EmissionCounts burst = Burst(new EmissionCourse<TKey>(key, _fault, trace), start);
        EmissionCounts decay = Decay(new EmissionCourse<TKey>(key, _fault, trace), start);
        EmissionCounts steady = Steady(new EmissionCourse<TKey>(key, _fault, trace), random);
        EmissionCounts refused = Refused(new EmissionCourse<TKey>(key, _fault, trace), start);
        metrics.Add(ExperimentMetric.AtLeast($"{kind}RampEmissions", ramp.Emissions, 11));
        metrics.Add(ExperimentMetric.AtMost($"{kind}RampEmissionsAtMost", ramp.Emissions, 11));
        metrics.Add(ExperimentMetric.AtLeast($"{kind}BurstEmissions", burst.Emissions, 1));
        metrics.Add(ExperimentMetric.AtMost($"{kind}BurstEmissionsAtMost", burst.Emissions, 1));
        metrics.Add(ExperimentMetric.AtMost($"{kind}DecayEmissions", decay.Emissions, 5));
        metrics.Add(ExperimentMetric.AtLeast($"{kind}DecayWithdrawals", decay.Withdrawals, 1));
        metrics.Add(ExperimentMetric.AtMost($"{kind}BelowRatioEmissions", steady.Emissions - 1, 0));
        metrics.Add(ExperimentMetric.AtLeast($"{kind}EmissionsAfterARefusal", refused.Emissions, 1));
        metrics.Add(ExperimentMetric.AtMost($"{kind}WithdrawnAfterHalfLives", decay.Told[^1].HalfLives - start, 6));
        return decay.Told;
    }

    private static EmissionCounts Ramp<TKey>(EmissionCourse<TKey> course, double start)
        where TKey : struct, IEquatable<TKey>, IComparable<TKey>
    {
        for (int read = 0; read < 1024; read++)
        {
            course.Bump(1, start);
            course.Tick(start);
        }
        return course.Counts();
    }

    private static EmissionCounts Burst<TKey>(EmissionCourse<TKey> course, double start)
        where TKey : struct, IEquatable<TKey>, IComparable<TKey>
    {
        course.Bump(1024, start);
        for (int tick = 0; tick < TicksPerHalfLife / 2; tick++) course.Tick(start + (tick / (double)TicksPerHalfLife));
        return course.Counts();
    }

    private static EmissionCounts Decay<TKey>(EmissionCourse<TKey> course, double start)
        where TKey : struct, IEquatable<TKey>, IComparable<TKey>
    {
        course.Bump(1, start);
        for (int tick = 0; tick < 70 * TicksPerHalfLife; tick++) course.Tick(start + (tick / (double)TicksPerHalfLife));
        return course.Counts();
    }

    // A rate that wanders between its start and a little less than twice that.
    private static EmissionCounts Steady<TKey>(EmissionCourse<TKey> course, SeededRandom random)
        where TKey : struct, IEquatable<TKey>, IComparable<TKey>
    {
        double rate = 100, now = 0;
        course.Bump(100, now);
        course.Tick(now);
        for (int tick = 1; tick < 50 * TicksPerHalfLife; tick++)
        {
            double next = tick / (double)TicksPerHalfLife;
            rate *= Math.Pow(2, now - next);
            now = next;
            int reads = rate < 105 ? 2 + random.Below(80) : 0;
            if (reads > 0) course.Bump(reads, now);
            rate += reads;
            course.Tick(now);
        }
        return course.Counts();
    }

    private static EmissionCounts Refused<TKey>(EmissionCourse<TKey> course, double start)
        where TKey : struct, IEquatable<TKey>, IComparable<TKey>
    {
        course.Bump(1, start);
        course.Tick(start, takes: false);
        course.Tick(start);
        return course.Counts();
    }
}
