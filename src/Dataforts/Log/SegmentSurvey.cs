namespace Dataforts.Log;

/// <summary>What was found in a stretch of a segment.</summary>
/// <param name="Records">The records that can be read, in order.</param>
/// <param name="End">Where the stretch ends, and the next one begins.</param>
/// <param name="IsWhole">Whether these are all there are.</param>
internal readonly record struct SegmentSurvey(List<LogRecord> Records, long End, bool IsWhole);
