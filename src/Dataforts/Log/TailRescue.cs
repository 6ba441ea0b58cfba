namespace Dataforts.Log;

/// <summary>What became of a segment's tail that the device refused to flush.</summary>
/// <param name="Segment">The segment.</param>
/// <param name="From">Where the tail began; nothing counts from there on.</param>
/// <param name="Moved">The old and the new place of every record that was written anew.</param>
/// <param name="LostBytes">Bytes of records that could not be read back.</param>
internal sealed record TailRescue(uint Segment, long From, IReadOnlyList<(LogRecord Old, LogRecord New)> Moved, long LostBytes)
{
    /// <summary>Whether what lay here is cut off.</summary>
    public bool IsCut(RecordLocation location) => location.Segment == Segment && location.Offset >= From;

    /// <summary>Whether what lay here has no new place.</summary>
    public bool HasLost(RecordLocation location) => LostBytes > 0 && IsCut(location);
}
