namespace Dataforts.Greedy.Caching;

/// <summary>What the cache allows a channel for one event.</summary>
/// <param name="Pool">Where blocks come from.</param>
/// <param name="Credit">Where the byte budget comes from.</param>
/// <param name="ChannelCapBytes">The most real bytes that a channel may hold.</param>
/// <param name="ReserveBytes">How much of the budget must be left for more urgent events.</param>
internal readonly record struct AppendTerms(BlockPool Pool, CreditSource Credit, long ChannelCapBytes, long ReserveBytes);
