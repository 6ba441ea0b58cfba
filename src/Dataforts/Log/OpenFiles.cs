namespace Dataforts.Log;

/// <summary>Keeps the number of open files bounded: when one too many is opened, one that was not used lately is closed.</summary>
/// <remarks>Thread-safe. Second chance: whoever was used since the hand last passed stays (Corbató, "A paging experiment with the Multics system",
/// 1968).</remarks>
internal sealed class OpenFiles(int limit)
{
    private readonly Queue<RestingFile> _open = new();

    /// <summary>Files open now.</summary>
    public int Count
    {
        get { lock (_open) return _open.Count; }
    }

    /// <summary>Takes note of a file that was opened.</summary>
    public void Opened(RestingFile file)
    {
        lock (_open)
        {
            // One that came to rest by itself may still stand in the queue.
            if (!_open.Contains(file)) _open.Enqueue(file);
            for (int spared = 0; _open.Count > limit;)
            {
                RestingFile oldest = _open.Dequeue();
                bool isSpared = oldest == file || (spared < 2 * limit && oldest.WasUsed());
                spared++;
                if (!isSpared) oldest.Rest();
                else if (_open.Count > 0) _open.Enqueue(oldest);
                else
                {
                    _open.Enqueue(oldest);
                    return;
                }
            }
        }
    }
}
