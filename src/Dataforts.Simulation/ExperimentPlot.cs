namespace Dataforts.Simulation;

/// <summary>A picture of what an experiment found.</summary>
/// <param name="FileName">A name for it, ending in <c>.svg</c>.</param>
/// <param name="Svg">The document.</param>
public sealed record ExperimentPlot(string FileName, string Svg);
