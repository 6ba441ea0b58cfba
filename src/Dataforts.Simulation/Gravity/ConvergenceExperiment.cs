using Dataforts.Simulation.Plotting;

namespace Dataforts.Simulation.Gravity;

/// <summary>E1: the chain comes to the node that reads it most, whether another reader has a copy at first, or none.</summary>
public sealed class ConvergenceExperiment : IExperiment
{
    private const double MaxWindows = 2;
    private const double MinLocalShare = 0.95;

    private readonly ConvergenceOptions _options;

    /// <summary>Makes it.</summary>
    public ConvergenceExperiment()
        : this(new ConvergenceOptions())
    {
    }

    internal ConvergenceExperiment(ConvergenceOptions options) => _options = options;

    /// <inheritdoc/>
    public string Name => "e1";

    /// <inheritdoc/>
    public string Purpose => "a chain comes to the node that reads it most within two announcement windows";

    /// <inheritdoc/>
    public ExperimentResult Run(ulong seed, CancellationToken cancellationToken)
    {
        ConvergenceOutcome cold = Run(seed, hasHolder: false, cancellationToken), near = Run(seed, hasHolder: true, cancellationToken);
        ExperimentMetric[] metrics =
        [
            ExperimentMetric.AtMost("windowsToHoldWithoutACopy", Math.Min(cold.WindowsToHold, _options.Windows + 1), MaxWindows),
            ExperimentMetric.AtLeast("localShareWithoutACopy", cold.LocalShare, MinLocalShare),
            new("othersWithACopyAtFirst", near.OtherHeld ? 1 : 0),
            ExperimentMetric.AtMost("windowsToHoldWithACopyNear", Math.Min(near.WindowsToHold, _options.Windows + 1), MaxWindows),
            ExperimentMetric.AtLeast("localShareWithACopyNear", near.LocalShare, MinLocalShare),
        ];
        PlotSeries[] series = [Series("no reader had a copy", cold), Series("another reader had one", near)];
        var plot = new ExperimentPlot("e1.svg", SvgPlot.Lines("Reads of the chain that its main reader serves itself", "announcement window", "share", series));
        string trace = $"no reader had a copy\n{cold.Trace}reader 1 had a copy\n{near.Trace}";
        return new ExperimentResult(Name, seed, metrics, metrics.All(metric => metric.Passed), [plot], trace);
    }

    private ConvergenceOutcome Run(ulong seed, bool hasHolder, CancellationToken cancellationToken)
    {
        using var world = new ConvergenceWorld(_options, seed);
        return world.Run(hasHolder, cancellationToken);
    }

    private static PlotSeries Series(string name, ConvergenceOutcome outcome) =>
        new(name, [.. outcome.ShareByWindow.Select((share, window) => ((double)window, share))]);
}
