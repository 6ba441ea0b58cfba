namespace Dataforts.Blobs;

/// <summary>Work started ahead and taken in order, bounded in count and bytes. After the first error nothing more starts,
/// and everything that was started is awaited before the error is passed on.</summary>
/// <remarks>For one consumer; the work itself runs wherever it likes.</remarks>
internal sealed class OrderedWindow<T> : IAsyncDisposable
{
    private readonly Queue<(Task<T> Work, long Bytes)> _queue = new();
    private readonly WindowOptions _options;
    private readonly CancellationTokenSource _stop;
    private long _bytes;

    public OrderedWindow(WindowOptions options, CancellationToken cancellationToken)
    {
        _options = options;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    }

    /// <summary>Ends the started work when one part of it fails or nobody wants it any more.</summary>
    public CancellationToken Token => _stop.Token;

    public int Count => _queue.Count;

    /// <summary>Whether the next result is there without waiting.</summary>
    public bool HeadIsReady => _queue.TryPeek(out (Task<T> Work, long) head) && head.Work.IsCompleted;

    public bool HasRoomFor(long bytes) =>
        _queue.Count == 0 || (_queue.Count < _options.MaxChunks && _bytes + bytes <= _options.MaxBytes);

    public void Add(Task<T> work, long bytes)
    {
        _queue.Enqueue((work, bytes));
        _bytes += bytes;
    }

    public ValueTask<T> TakeAsync()
    {
        (Task<T> work, long bytes) = _queue.Dequeue();
        _bytes -= bytes;
        return new ValueTask<T>(work);
    }

    public async ValueTask DisposeAsync()
    {
        if (_queue.Count > 0) await _stop.CancelAsync().ConfigureAwait(false);
        while (_queue.TryDequeue(out (Task<T> Work, long) started))
        {
            await ((Task)started.Work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            // The error that ended the work is on its way already; what came behind it is only released.
            if (started.Work.IsCompletedSuccessfully) (started.Work.Result as IDisposable)?.Dispose(); // blocking: it is completed
        }
        _stop.Dispose();
    }
}
