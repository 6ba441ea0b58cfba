namespace Dataforts.Store;

/// <summary>How far a scrub has come.</summary>
/// <param name="BytesDone">Bytes of the segments read or passed over, garbage included.</param>
/// <param name="BytesTotal">Bytes of all segments when it began.</param>
/// <param name="Position">Where another run may begin.</param>
public sealed record ScrubProgress(long BytesDone, long BytesTotal, ScrubPosition Position);
