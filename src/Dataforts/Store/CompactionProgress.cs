namespace Dataforts.Store;

/// <summary>How far a compaction has come, and at its end what it did.</summary>
/// <param name="Segments">Segments rewritten and removed.</param>
/// <param name="CopiedBytes">Bytes of live records copied.</param>
/// <param name="RegainedBytes">Bytes the removed files had, less what was copied.</param>
/// <param name="SkippedSegments">Segments that could not be compacted because something in them cannot be read; <c>verify</c> says what.</param>
public sealed record CompactionProgress(int Segments, long CopiedBytes, long RegainedBytes, int SkippedSegments);
