namespace Dataforts.Log;

/// <summary>Keeps the number of open segment files bounded: when one too many is opened, one that was not used lately is closed.</summary>
/// <remarks>Thread-safe. Second chance: whoever was used since the hand last passed stays (Corbató, "A paging experiment with the Multics system",
/// 1968).</remarks>
internal sealed class OpenSegments(int limit)
{
    private readonly Queue<SegmentFile> _open = new();

    /// <summary>Files open now.</summary>
    public int Count
    {
        get { lock (_open) return _open.Count; }
    }

    /// <summary>Takes note of a file that was opened.</summary>
    public void Opened(SegmentFile segment)
    {
        lock (_open)
        {
            // One that came to rest by itself may still stand in the queue.
            if (!_open.Contains(segment)) _open.Enqueue(segment);
            for (int spared = 0; _open.Count > limit;)
            {
                SegmentFile oldest = _open.Dequeue();
                if (spared < 2 * limit && oldest != segment && oldest.WasUsed())
                {
                    _open.Enqueue(oldest);
                    spared++;
                }
                else if (oldest == segment) _open.Enqueue(oldest);
                else oldest.Rest();
            }
        }
    }
}
