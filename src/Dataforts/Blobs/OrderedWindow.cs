using System.Runtime.ExceptionServices;

namespace Dataforts.Blobs;

/// <summary>Work started ahead and taken in order, bounded in count and bytes. It keeps the first error there was, so that whoever
/// starts work can stop, and it awaits everything that was started before it is gone.</summary>
/// <remarks>For one consumer; the work itself runs wherever it likes and reports its failures with <see cref="Fail"/>.</remarks>
internal sealed class OrderedWindow<T> : IDisposable
{
    private readonly Queue<(Task<T> Work, long Bytes)> _queue = new();
    private readonly WindowOptions _options;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _stop;
    private ExceptionDispatchInfo? _first;
    private long _bytes;

    public OrderedWindow(WindowOptions options, CancellationToken cancellationToken)
    {
        _options = options;
        _caller = cancellationToken;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    }

    /// <summary>Ends the started work when nobody wants it any more.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>Whether any work has failed, taken or not.</summary>
    public bool HasFailed => Volatile.Read(ref _first) is not null;

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

    /// <summary>The next result, or the error of the work that was to give it.</summary>
    public ValueTask<T> TakeAsync()
    {
        (Task<T> work, long bytes) = _queue.Dequeue();
        _bytes -= bytes;
        return new ValueTask<T>(work);
    }

    /// <summary>Waits for the next result, if any is on its way, or for <paramref name="other"/>, whichever is first; neither is taken.</summary>
    public Task HeadOrAsync(Task other) => _queue.TryPeek(out (Task<T> Work, long) head) ? Task.WhenAny(head.Work, other) : Task.WhenAny(other);

    /// <summary>Keeps an error if it is the first; called by the work itself, before it ends.</summary>
    public void Fail(Exception error) => Interlocked.CompareExchange(ref _first, ExceptionDispatchInfo.Capture(error), null);

    /// <summary>As <see cref="Fail"/>, and calls off everything else that was started.</summary>
    public void FailAll(Exception error)
    {
        Fail(error);
        _stop.Cancel();
    }

    /// <summary>Throws the first error, if there was any: work that was only called off after it has none of its own to tell.</summary>
    public void ThrowIfFailed()
    {
        if (Volatile.Read(ref _first) is not { } first) return;
        if (first.SourceException is OperationCanceledException) _caller.ThrowIfCancellationRequested();
        first.Throw();
    }

    /// <summary>Calls off what was started, awaits it and releases what came of it.</summary>
    public async ValueTask StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        while (_queue.TryDequeue(out (Task<T> Work, long) started))
        {
            await ((Task)started.Work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            // The error that ended the work is on its way already; what came behind it is only released.
            if (started.Work.IsCompletedSuccessfully) (await started.Work.ConfigureAwait(false) as IDisposable)?.Dispose();
        }
    }

    /// <summary>Gives back what the window itself holds, once nothing runs any more.</summary>
    public void Dispose() => _stop.Dispose();
}
