namespace Dataforts.Simulation.Experiments;

/// <summary>What became of one mode.</summary>
/// <param name="Lost">Events that the application did not get.</param>
/// <param name="TagsLeft">Greedy, gravity and heat tags, and claims of nothing, that were still said at the end.</param>
/// <param name="Before">The share of local reads before the toggles.</param>
/// <param name="After">The same after them.</param>
/// <param name="Trace">What happened.</param>
internal sealed record ModeOutcome(long Lost, int TagsLeft, double Before, double After, string Trace);
