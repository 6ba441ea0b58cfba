using Dataforts.Simulation.Caching;
using Dataforts.Simulation.Experiments;
using Dataforts.Simulation.Gravity;

namespace Dataforts.Simulation.Catalog;

/// <summary>All experiments there are. A new one is a class of its own and a line here.</summary>
public static class ExperimentCatalog
{
    /// <summary>Each once, in the order in which they are listed.</summary>
    public static IReadOnlyList<IExperiment> All { get; } =
    [
        new ConvergenceExperiment(),
        new DriftExperiment(),
        new DriftSweepExperiment(),
        new ThrashExperiment(),
        new EmissionExperiment(),
        new CostExperiment(),
        new EvictionExperiment(),
        new GateExperiment(),
        new ModeExperiment(),
        new DeathExperiment(),
        new FloodExperiment(),
        new DeterminismExperiment(),
        new CachingExperiment(),
    ];

    /// <summary>The experiment of a name, or null.</summary>
    public static IExperiment? Find(string name) => All.FirstOrDefault(experiment => experiment.Name == name);
}
