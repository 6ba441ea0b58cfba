namespace Dataforts.Log;

internal sealed partial class SegmentLog
{
    private const int TurnsPerWaiter = 1;

    private readonly Lock _flushGate = new();
    private TaskCompletionSource? _flush;
    // The flush after that, for those who came too late for it; how far the one under way reaches, once that is settled.
    private TaskCompletionSource? _next;
    private ulong? _reach;
    private int _gathered;
    private int _expected;
    private ulong _flushedSequence;
    private bool _folderIsSynced = true;

    /// <summary>Called, off the callers' threads, when a flush has come through.</summary>
    public Action? Flushed { get; set; }

    /// <summary>Returns when all that was appended before the call is on stable storage. Callers that come while a flush runs share the next one.</summary>
    /// <exception cref="DatafortsException">Io, NoSpace or ReadOnly, naming the bytes: the device refused them, so they are not on stable
    /// storage. What the system still holds of such bytes is unknown, so the flush is not tried again: the segment is sealed, and its unflushed
    /// records are written anew to another one. WriterFailed: that failed as well, and the log takes nothing more.</exception>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="waiters">For how many the caller asks: as many as were let go are waited for a moment.</param>
    public Task FlushAsync(CancellationToken cancellationToken, int waiters = 1)
    {
        // Whoever appended before this call sees the number of that, or a higher one.
        ulong wanted = Volatile.Read(ref _sequence);
        Task running;
        lock (_flushGate)
        {
            if (_flush is null && _flushedSequence >= wanted && IsSynced()) return Task.CompletedTask;
            _gathered += waiters;
            bool isLate = _reach is { } reach && reach < wanted;
            running = isLate ? (_next ??= NewFlush()).Task : (_flush ??= BeginFlush()).Task;
        }
        return cancellationToken.CanBeCanceled ? running.WaitAsync(cancellationToken) : running;
    }

    private bool IsSynced()
    {
        lock (_appendGate) return _folderIsSynced && _order.TrueForAll(IsSynced);
    }

    private static bool IsSynced(SegmentFile segment) => segment.Abandoned || (segment.SyncedLength >= segment.Length && !segment.WasCutBack);

    private TaskCompletionSource BeginFlush()
    {
        TaskCompletionSource flush = NewFlush();
        _ = FlushGatheredAsync(flush, late: 0);
        return flush;
    }

    // Whoever waits goes on in parallel, not one behind the other on the thread that flushed.
    private static TaskCompletionSource NewFlush() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Those whom the last flush let go are likely to be back in a moment, and a flush for all of them costs what one for the first would. So it
    // lets work that is queued go before it, as often as it takes for that many to come, but no more than a few times each.
    // Those who came too late for the last one wait already and are not taken for them: else two halves would take turns for ever.
    private async Task FlushGatheredAsync(TaskCompletionSource flush, int late)
    {
        await default(FairYield);
        int expected = Volatile.Read(ref _expected);
        for (int turns = TurnsPerWaiter * expected; turns > 0 && Volatile.Read(ref _gathered) < expected + late; turns--) await default(FairYield);
        lock (_flushGate)
        {
            _expected = _gathered;
            _gathered = 0;
            // What is appended from here on may be covered, but nobody can rely on it.
            _reach = Volatile.Read(ref _sequence);
        }
        Exception? failure = null;
        try
        {
            FlushDirty();
            DatafortsMeter.Flushes.Add(1);
            Flushed?.Invoke();
        }
        catch (Exception error)
        {
            // Told to all who wait.
            failure = error;
            if (error is DatafortsException refusal) NoteRefusal(refusal);
        }
        TaskCompletionSource? next;
        int left;
        lock (_flushGate)
        {
            left = _gathered;
            (_flush, next) = (_next, _next);
            (_next, _reach) = (null, null);
        }
        if (next is not null) _ = FlushGatheredAsync(next, left);
        if (failure is null) flush.SetResult();
        else flush.SetException(failure);
    }

    private void FlushDirty()
    {
        List<(SegmentFile Segment, long Length)> dirty = [];
        ulong reached;
        bool folder;
        lock (_appendGate)
        {
            ThrowIfFailed();
            reached = _sequence;
            folder = !_folderIsSynced;
            foreach (SegmentFile segment in _order)
            {
                if (IsSynced(segment)) continue;
                dirty.Add((segment, segment.Length));
                segment.WasCutBack = false;
            }
        }
        long start = _options.Time.GetTimestamp();
        foreach ((SegmentFile segment, _) in dirty) FlushOne(segment);
        if (folder) FlushFolder();
        lock (_appendGate)
        {
            foreach ((SegmentFile segment, long length) in dirty)
            {
                segment.SyncedLength = Math.Max(segment.SyncedLength, length);
                if (IsSynced(segment)) segment.LetGo();
            }
            if (dirty.Count > 0)
            {
                if (folder && dirty[^1].Segment == _order[^1]) _folderIsSynced = true;
                _mark = new FlushMark(dirty[^1].Segment.Id, dirty[^1].Length);
            }
        }
        lock (_flushGate) _flushedSequence = reached;
        DatafortsMeter.FlushDuration.Record(_options.Time.GetElapsedTime(start).TotalSeconds);
    }

    private void FlushOne(SegmentFile segment)
    {
        try
        {
            segment.FlushData();
        }
        catch (IOException error)
        {
            throw GiveUpTail(segment, error);
        }
    }

    private void FlushFolder()
    {
        try
        {
            _options.Device.FlushFolder(_options.Folder);
        }
        catch (IOException error)
        {
            lock (_appendGate) Fail($"the folder {_options.Folder} cannot be flushed", error);
            ThrowIfFailed();
        }
    }
}
