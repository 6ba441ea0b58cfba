namespace Dataforts.Simulation;

/// <summary>What an experiment found.</summary>
/// <param name="Name">The experiment's word.</param>
/// <param name="Seed">What its chance was drawn from.</param>
/// <param name="Metrics">The figures, in the order in which they are shown; units are in the names.</param>
/// <param name="Accepted">Whether each figure reached what was asked of it.</param>
/// <param name="Plots">Pictures, each a whole SVG document.</param>
/// <param name="Trace">What happened, an event a line: the same for the same seed.</param>
public sealed record ExperimentResult(
    string Name, ulong Seed, IReadOnlyList<ExperimentMetric> Metrics, bool Accepted, IReadOnlyList<ExperimentPlot> Plots, string Trace);
