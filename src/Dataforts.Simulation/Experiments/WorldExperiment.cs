namespace Dataforts.Simulation.Experiments;

/// <summary>An experiment on simulated nodes, sound or broken in one way.</summary>
public abstract class WorldExperiment : IExperiment
{
    private protected WorldExperiment(NodeFault fault) => Fault = fault;

    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public abstract string Purpose { get; }

    private protected NodeFault Fault { get; }

    /// <inheritdoc/>
    public ExperimentResult Run(ulong seed, CancellationToken cancellationToken)
    {
        (IReadOnlyList<ExperimentMetric> metrics, string plot, string trace) = Find(seed, cancellationToken);
        return new ExperimentResult(Name, seed, metrics, metrics.All(metric => metric.Passed), [new ExperimentPlot($"{Name}.svg", plot)], trace);
    }

    private protected abstract (IReadOnlyList<ExperimentMetric> Metrics, string Plot, string Trace) Find(ulong seed, CancellationToken cancellationToken);
}
