namespace Dataforts.Log;

/// <summary>What became of the tails of segments when the device refused to flush the first of them.</summary>
/// <param name="Ends">Where each segment ends now; nothing counts from there on.</param>
/// <param name="Moved">The old and the new place of every record that was written anew.</param>
/// <param name="LostBytes">Bytes of records that could not be read back.</param>
internal sealed record TailRescue(
    IReadOnlyDictionary<uint, long> Ends, IReadOnlyList<(LogRecord Old, LogRecord New)> Moved, long LostBytes)
{
    /// <summary>Whether what lay here has no new place.</summary>
    public bool HasLost(RecordLocation location) => LostBytes > 0 && Ends.TryGetValue(location.Segment, out long end) && location.Offset >= end;
}
