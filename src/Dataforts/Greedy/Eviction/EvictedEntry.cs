namespace Dataforts.Greedy.Eviction;

/// <summary>An entry that a policy let go.</summary>
/// <param name="Key">Its key.</param>
/// <param name="SizeBytes">The bytes it was accounted with.</param>
public readonly record struct EvictedEntry(ulong Key, long SizeBytes);
