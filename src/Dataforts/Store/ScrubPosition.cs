namespace Dataforts.Store;

/// <summary>How far a scrub has come: everything before this place in the log was read. The default is the beginning.</summary>
/// <param name="Segment">A segment's number.</param>
/// <param name="Offset">A byte of its file.</param>
public readonly record struct ScrubPosition(ulong Segment, long Offset);
