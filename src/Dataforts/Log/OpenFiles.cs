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
            Shrink(file);
        }
    }

    /// <summary>Closes what need not stay open any more.</summary>
    public void Shrink()
    {
        lock (_open) Shrink(null);
    }

    // Everyone is looked at a few times at most: those that have to stay open may be more than the limit.
    private void Shrink(RestingFile? newest)
    {
        for (int looks = 3 * _open.Count; _open.Count > limit && looks > 0; looks--)
        {
            RestingFile oldest = _open.Dequeue();
            bool isSpared = oldest == newest || oldest.IsHeld || (looks > _open.Count && oldest.WasUsed());
            if (isSpared) _open.Enqueue(oldest);
            else oldest.Rest();
        }
    }
}
