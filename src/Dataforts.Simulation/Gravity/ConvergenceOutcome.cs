namespace Dataforts.Simulation.Gravity;

/// <summary>What E1 found of the reader that reads the chain most.</summary>
/// <param name="WindowsToHold">Announcement windows until it had a copy; infinity when it never had.</param>
/// <param name="LocalShare">The share of its reads of the chain, from then on, that it served itself.</param>
/// <param name="OtherHeld">Whether another reader had a copy at the start.</param>
/// <param name="ShareByWindow">The share in each window.</param>
/// <param name="Trace">What was told, pulled and dropped.</param>
internal sealed record ConvergenceOutcome(double WindowsToHold, double LocalShare, bool OtherHeld, IReadOnlyList<double> ShareByWindow, string Trace);
