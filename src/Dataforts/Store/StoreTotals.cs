namespace Dataforts.Store;

/// <summary>What a store keeps count of at any time.</summary>
/// <param name="Chunks">Distinct chunks.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="GarbageBytes">Bytes in the log of chunks that were removed or replaced.</param>
internal readonly record struct StoreTotals(long Chunks, long Bytes, long GarbageBytes);
