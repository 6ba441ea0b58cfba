namespace Dataforts.Log;

internal sealed partial class SegmentLog
{
    /// <summary>The records of a segment that can be read, in order, as their headers have them, and whether these are all there are.</summary>
    /// <returns>Null where there is no such segment any more.</returns>
    public (List<LogRecord> Records, bool IsWhole)? Survey(ulong id)
    {
        if (!_segments.TryGetValue((uint)id, out SegmentFile? segment)) return null;
        try
        {
            long length = segment.Length;
            var scan = new SegmentScan(segment, length, 0, long.MaxValue);
            List<LogRecord> records = scan.RecordsFrom(FileHeader.SizeBytes);
            return (records, scan.End == length && scan.Gaps.Count == 0 && scan.Unreadable.Count == 0);
        }
        catch (Exception error) when (error is ObjectDisposedException or FileNotFoundException)
        {
            // Compacted away while it was looked at.
            return null;
        }
    }

    /// <summary>Whether there is a segment.</summary>
    public bool HasSegment(ulong id) => _segments.ContainsKey((uint)id);

    /// <summary>Asks the system to forget its cached copy of one segment. A hint: where it cannot be given, that copy is what is looked at.</summary>
    /// <returns>Whether it was asked.</returns>
    public bool TryDropCache(ulong id)
    {
        if (!_segments.TryGetValue((uint)id, out SegmentFile? segment)) return false;
        try
        {
            segment.DropCache();
            return true;
        }
        catch (Exception error) when (error is ObjectDisposedException or IOException)
        {
            return false;
        }
    }
}
