using System.Collections.Immutable;

namespace Dataforts.Gravity;

/// <summary>A copy to make, and what leaves for it first.</summary>
/// <param name="Candidate">What is copied.</param>
/// <param name="Gain">What it is worth: the rate times the weighted way saved.</param>
/// <param name="Victims">What leaves; often nothing.</param>
public sealed record PlannedPull<TKey>(PullCandidate<TKey> Candidate, double Gain, ImmutableArray<TKey> Victims)
    where TKey : struct;
