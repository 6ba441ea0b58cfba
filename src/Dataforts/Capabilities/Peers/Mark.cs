namespace Dataforts.Capabilities.Peers;

/// <summary>What one node says of one thing: a chain, a blob or a scope.</summary>
/// <param name="Key">The thing.</param>
/// <param name="Claim">What it holds of a chain; null for others.</param>
/// <param name="Level">How hot it says it is, in hundredths; 0 when it says nothing.</param>
internal readonly record struct Mark<TKey>(TKey Key, ChainClaim? Claim, int Level);
