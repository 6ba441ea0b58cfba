using Dataforts.Simulation.Plotting;

namespace Dataforts.Simulation.Gravity;

/// <summary>E2: data drifts to its readers. 12 nodes in 3 zones, 600 chains, 40 slots a node, favourites by zone that change at half time.</summary>
public sealed class DriftExperiment : IExperiment
{
    private readonly DriftOptions _options;

    /// <summary>Makes it.</summary>
    public DriftExperiment()
        : this(new DriftOptions())
    {
    }

    internal DriftExperiment(DriftOptions options) => _options = options;

    /// <inheritdoc/>
    public string Name => "e2";

    /// <inheritdoc/>
    public string Purpose => "data drifts to its readers, and follows them when their favourites change";

    /// <inheritdoc/>
    public ExperimentResult Run(ulong seed, CancellationToken cancellationToken)
    {
        using var world = new DriftWorld(_options, seed);
        DriftOutcome outcome = world.Run(cancellationToken);
        ExperimentMetric[] metrics =
        [
            ExperimentMetric.AtLeast("localShare", outcome.LocalShare, 0.62),
            ExperimentMetric.AtMost("frozenLocalShare", outcome.FrozenLocalShare, 0.15),
            ExperimentMetric.AtMost("meanTimeOfFrozen", outcome.TimeRatio, 0.35),
            ExperimentMetric.AtMost("pullsPerSlotToFill", outcome.PullsPerSlot, 3),
            ExperimentMetric.AtMost("repullShare", outcome.RepullShare, 0.05),
            ExperimentMetric.AtMost("recoverySteps", outcome.RecoverySteps, DriftOutcome.MaxRecoverySteps),
            new("remoteShare", outcome.RemoteShare),
            new("meanMilliseconds", outcome.MeanMilliseconds),
            new("frozenMeanMilliseconds", outcome.FrozenMeanMilliseconds),
            new("reads", outcome.Reads),
            new("pulls", outcome.Pulls),
            new("repulls", outcome.Repulls),
            new("slotsToFill", outcome.SlotsToFill),
        ];
        return new ExperimentResult(Name, seed, metrics, metrics.All(metric => metric.Passed), [Plot(outcome)], outcome.Trace);
    }

    private static ExperimentPlot Plot(DriftOutcome outcome)
    {
        PlotSeries[] series =
        [
            new("gravity", [.. outcome.LocalByStep.Select((share, step) => ((double)step, share))]),
            new("frozen", [.. outcome.FrozenByStep.Select((share, step) => ((double)step, share))]),
        ];
        return new ExperimentPlot("e2.svg", SvgPlot.Lines("Reads served by the reader's own node", "step (popularity reshuffled half-way)", "share", series));
    }
}
