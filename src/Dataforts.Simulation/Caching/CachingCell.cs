namespace Dataforts.Simulation.Caching;

/// <summary>One comparison: all policies on one made-up trace at one capacity.</summary>
/// <param name="Generator">What made the trace.</param>
/// <param name="Share">The capacity as a share of all distinct bytes.</param>
/// <param name="Results">One for each policy, in the order in which they were asked for.</param>
internal sealed record CachingCell(string Generator, double Share, IReadOnlyList<ReplayResult> Results);
