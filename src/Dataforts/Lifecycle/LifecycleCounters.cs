namespace Dataforts.Lifecycle;

/// <summary>What is kept and what is not, as of the last change of roots that was taken account of.</summary>
/// <param name="Pinned">Pins.</param>
/// <param name="Roots">Names, pins and leases, those that only give time among them.</param>
/// <param name="ReferencedChunks">Chunks that a root reaches.</param>
/// <param name="ReferencedBytes">Their bytes.</param>
/// <param name="UnreferencedChunks">Chunks that no root reaches, those that are still safe for their age among them.</param>
/// <param name="UnreferencedBytes">Their bytes.</param>
/// <param name="GarbageBytes">Bytes in the log of chunks that were removed or replaced.</param>
/// <param name="PendingChanges">Changes of roots that are not taken account of yet.</param>
public readonly record struct LifecycleCounters(
    long Pinned, long Roots, long ReferencedChunks, long ReferencedBytes, long UnreferencedChunks, long UnreferencedBytes, long GarbageBytes,
    long PendingChanges);
