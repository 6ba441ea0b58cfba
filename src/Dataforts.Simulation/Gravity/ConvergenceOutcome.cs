namespace Dataforts.Simulation.Gravity;

/// <summary>What E1 found of the reader that reads the chain most.</summary>
/// <param name="WindowsToHold">Announcement windows until it had a copy; <see cref="int.MaxValue"/> when it never had.</param>
/// <param name="LocalShare">The share of its reads of the chain, from then on, that it served itself.</param>
/// <param name="ShareByWindow">The share in each window.</param>
/// <param name="Trace">What was pulled and dropped.</param>
internal sealed record ConvergenceOutcome(int WindowsToHold, double LocalShare, IReadOnlyList<double> ShareByWindow, string Trace);
