using System.Buffers;

namespace Dataforts.Log;

internal sealed partial class SegmentLog
{
    // Most records are shorter than the first; every one but a void is shorter than the second.
    private static readonly long[] SurveyBytes = [4 << 20, 32 << 20, long.MaxValue];

    /// <summary>The next records of a segment, in order, as their headers have them: those of some mebibytes, or, where something is wrong, of all the rest
    /// of it. What they span is read in long pieces first.</summary>
    /// <param name="id">The segment.</param>
    /// <param name="from">Where a record begins.</param>
    /// <returns>Null where there is no such segment any more, or nothing behind that place.</returns>
    public SegmentSurvey? Survey(ulong id, long from)
    {
        if (!_segments.TryGetValue((uint)id, out SegmentFile? segment)) return null;
        try
        {
            long length = segment.Length;
            if (from >= length) return null;
            for (int i = 0; ; i++)
            {
                long until = SurveyBytes[i] < length - from ? from + SurveyBytes[i] : length;
                ReadAhead(segment, from, until);
                var scan = new SegmentScan(segment, until, 0, long.MaxValue);
                List<LogRecord> records = scan.RecordsFrom(from);
                bool isSound = scan.Gaps.Count == 0 && scan.Unreadable.Count == 0;
                if (until == length) return new SegmentSurvey(records, length, isSound && scan.End == length);
                // A record that reaches beyond the end of the piece is not in it.
                if (isSound && scan.End > from) return new SegmentSurvey(records, scan.End, true);
            }
        }
        catch (Exception error) when (error is ObjectDisposedException or FileNotFoundException)
        {
            // Compacted away while it was looked at.
            return null;
        }
    }

    // The device gives a long piece about as fast as a header; what it cannot give is told when it is looked at.
    private static void ReadAhead(SegmentFile segment, long from, long until)
    {
        const int PieceBytes = 1 << 20;
        byte[] piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            for (long at = from; at < until; at += PieceBytes) segment.Read(piece.AsSpan(0, (int)Math.Min(PieceBytes, until - at)), at);
        }
        catch (IOException error) when (error is not FileNotFoundException)
        {
            // Only ahead: the scan meets it again, and tells it.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
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
