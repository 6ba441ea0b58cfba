using Dataforts.Log;

namespace Dataforts.Store;

/// <summary>Which segment to compact next: the one that gives back most for what is copied, which is the one with the largest share of garbage
/// (the greedy rule of Rosenblum and Ousterhout, "The design and implementation of a log-structured file system", 1992).</summary>
internal static class CompactionPolicy
{
    /// <summary>The next victim; null when none is worth it.</summary>
    /// <param name="segments">The log's segments.</param>
    /// <param name="passed">Segments not to be asked about again: those that cannot be read, and those that came of this compaction.</param>
    /// <param name="minGarbageRatio">What makes one worth it.</param>
    public static SegmentUsage? Next(IReadOnlyList<SegmentUsage> segments, IReadOnlySet<ulong> passed, double minGarbageRatio)
    {
        SegmentUsage? best = null;
        foreach (SegmentUsage segment in segments)
        {
            if (!segment.IsSealed || segment.IsDamaged || segment.GarbageBytes == 0 || passed.Contains(segment.Id)) continue;
            if (segment.GarbageRatio >= minGarbageRatio && segment.GarbageRatio > (best?.GarbageRatio ?? 0)) best = segment;
        }
        return best;
    }
}
