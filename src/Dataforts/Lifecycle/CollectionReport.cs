namespace Dataforts.Lifecycle;

/// <summary>What a collection did and what it leaves.</summary>
/// <param name="CollectedChunks">Chunks removed; in a dry run, that would have been.</param>
/// <param name="CollectedBytes">Their bytes.</param>
/// <param name="LiveChunks">Chunks that stay: what a root reaches, and what is safe for its age, a put or a reader.</param>
/// <param name="LiveBytes">Their bytes.</param>
/// <param name="GarbageBytes">Bytes of chunks in the log that are of no use: their room comes back by compaction. In a dry run, with those that
/// would have been removed.</param>
/// <param name="WaitingChunks">Of the chunks that stay, those that no root reaches.</param>
/// <param name="EndedRoots">Names and leases whose time was over and that were taken out.</param>
public sealed record CollectionReport(
    long CollectedChunks, long CollectedBytes, long LiveChunks, long LiveBytes, long GarbageBytes, long WaitingChunks, long EndedRoots);
