namespace Dataforts.Simulation.Gravity;

/// <summary>E2 for 100 seeds that follow the one given.</summary>
public sealed class DriftSweepExperiment : IExperiment
{
    /// <inheritdoc/>
    public string Name => "e2-sweep";

    /// <inheritdoc/>
    public string Purpose => "e2 for 100 seeds: what the median and the worst of them reach (about five minutes)";

    /// <inheritdoc/>
    public ExperimentResult Run(ulong seed, CancellationToken cancellationToken)
    {
        IReadOnlyList<ExperimentMetric> metrics = DriftSweep.Run(new DriftOptions(), seed, DriftSweep.Seeds, cancellationToken);
        return new ExperimentResult(Name, seed, metrics, metrics.All(metric => metric.Passed), [], "");
    }
}
