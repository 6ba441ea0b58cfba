using System.Collections.Immutable;

namespace Dataforts.Gravity;

/// <summary>What one tick copies, in the order in which it is to be done.</summary>
/// <param name="Pulls">The greatest gain first.</param>
/// <param name="Refusals">How many candidates were refused, by <see cref="PullRefusal"/>.</param>
public sealed record PullPlan<TKey>(ImmutableArray<PlannedPull<TKey>> Pulls, ImmutableArray<int> Refusals)
    where TKey : struct
{
    /// <summary>How many candidates were refused for a reason.</summary>
    public int Count(PullRefusal reason) => Refusals[(int)reason];
}
