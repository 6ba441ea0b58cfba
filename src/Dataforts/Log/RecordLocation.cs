namespace Dataforts.Log;

/// <summary>Where a record's payload lies.</summary>
/// <param name="Segment">The segment's id.</param>
/// <param name="Offset">The payload's first byte in the segment file.</param>
/// <param name="Length">The payload's bytes.</param>
internal readonly record struct RecordLocation(uint Segment, uint Offset, int Length);
