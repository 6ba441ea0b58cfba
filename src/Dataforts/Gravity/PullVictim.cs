namespace Dataforts.Gravity;

/// <summary>A copy that could make room.</summary>
/// <param name="Key">The chain or blob.</param>
/// <param name="Rate">This node's own demand for it, in reads a half-life.</param>
/// <param name="SizeBytes">What its leaving frees.</param>
/// <param name="Saved">How much nearer it is than the nearest other holder.</param>
public readonly record struct PullVictim<TKey>(TKey Key, double Rate, long SizeBytes, TimeSpan Saved)
    where TKey : struct;
