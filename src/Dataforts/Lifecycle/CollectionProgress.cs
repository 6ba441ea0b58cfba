namespace Dataforts.Lifecycle;

/// <summary>How far a collection has come.</summary>
/// <param name="Candidates">Chunks looked at that nothing refers to.</param>
/// <param name="CollectedChunks">Chunks removed so far; in a dry run, that would have been.</param>
/// <param name="CollectedBytes">Their bytes.</param>
public sealed record CollectionProgress(long Candidates, long CollectedChunks, long CollectedBytes);
