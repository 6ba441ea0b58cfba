namespace Dataforts.Mesh.Embedded;

/// <summary>A clock that stands still until it is run: what is due happens in the order of time, and at one time in the order in which it was
/// asked for.</summary>
/// <remarks>
/// <para>Everything happens on the thread that runs it. Code that waits by this clock, or for something that is completed by it, goes on right there: so the
/// same program does the same things in the same order each time. That holds as long as it starts no threads of its own and no
/// <see cref="SynchronizationContext"/> is set. Some things of the framework leave the thread without a word: what a token ends of
/// <see cref="Task.Delay(TimeSpan, TimeProvider, CancellationToken)"/> and <see cref="Task.WaitAsync(CancellationToken)"/>,
/// <see cref="CancellationTokenSource.CancelAsync"/>, and a semaphore that is waited for. <see cref="DelayAsync"/> and <see cref="WaitAsync"/> stay.</para>
/// <para>Not thread-safe.</para>
/// </remarks>
public sealed class VirtualTime : TimeProvider
{
    private readonly PriorityQueue<Due, (long Ticks, long Order)> _queue = new();
    private readonly long _start;
    private long _now;
    private long _order;
    private int _runner;

    /// <summary>Makes a clock.</summary>
    /// <param name="start">What it shows; the first moment of 2026 by default.</param>
    public VirtualTime(DateTimeOffset? start = null) => _start = _now = (start ?? new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)).UtcTicks;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>How long it has run.</summary>
    public TimeSpan Elapsed => new(_now - _start);

    /// <summary>Things that are still to happen.</summary>
    public int Pending => _queue.Count;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => new(_now, TimeSpan.Zero);

    /// <inheritdoc/>
    public override long GetTimestamp() => _now;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Has <paramref name="action"/> happen after a while.</summary>
    public void Schedule(TimeSpan after, Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        ArgumentOutOfRangeException.ThrowIfLessThan(after, TimeSpan.Zero);
        Enqueue(after, new Due(action, null, 0));
    }

    /// <summary>Completes after a while, to the tick; <see cref="Task.Delay(TimeSpan, TimeProvider)"/> rounds down to a millisecond, which is more than
    /// the way between near nodes takes.</summary>
    public Task DelayAsync(TimeSpan wait, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return Task.FromCanceled(cancellationToken);
        var done = new TaskCompletionSource();
        CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), done);
        Schedule(wait, () =>
        {
            registration.Dispose();
            done.TrySetResult();
        });
        return done.Task;
    }

    /// <summary>Waits for something, but only so long and only until a token ends it, and goes on on this thread whichever it is.</summary>
    /// <exception cref="TimeoutException">It was not done by then.</exception>
    public async Task<T> WaitAsync<T>(Task<T> work, TimeSpan limit, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        if (!work.IsCompleted)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var end = new TaskCompletionSource();
            using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
                static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), end);
            using ITimer timer = CreateTimer(
                static state => ((TaskCompletionSource)state!).TrySetException(new TimeoutException("not done in time")), end, limit, Timeout.InfiniteTimeSpan);
            _ = work.ContinueWith(
                static (_, state) => ((TaskCompletionSource)state!).TrySetResult(), end, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
            await end.Task.ConfigureAwait(false);
        }
        return await work.ConfigureAwait(false);
    }

    /// <summary>Runs all that is due up to a while from now, which is then the time.</summary>
    /// <exception cref="InvalidOperationException">The thread has a <see cref="SynchronizationContext"/>.</exception>
    public void Run(TimeSpan length, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, TimeSpan.Zero);
        ThrowIfElsewhere();
        long end = After(length);
        while (_queue.TryPeek(out _, out (long Ticks, long) next) && next.Ticks <= end)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Step();
        }
        _now = end;
    }

    /// <summary>Runs until something is done, and gives its result.</summary>
    /// <param name="work">What is waited for.</param>
    /// <param name="limit">The longest it may take.</param>
    /// <param name="cancellationToken">Ends the running, not the work.</param>
    /// <exception cref="TimeoutException">It was not done by then, or nothing was left to happen.</exception>
    /// <exception cref="InvalidOperationException">The thread has a <see cref="SynchronizationContext"/>.</exception>
    public T RunUntil<T>(ValueTask<T> work, TimeSpan limit, CancellationToken cancellationToken = default)
    {
        ThrowIfElsewhere();
        long end = After(limit);
        while (!work.IsCompleted)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!_queue.TryPeek(out _, out (long Ticks, long) next) || next.Ticks > end) throw new TimeoutException($"not done after {limit} of virtual time");
            Step();
        }
        // blocking: it is done.
        return work.GetAwaiter().GetResult();
    }

    /// <exception cref="InvalidOperationException">Another thread runs the clock.</exception>
    internal void Enqueue(TimeSpan after, Due due)
    {
        // Code that left the running thread is found here, before it makes the order of things a matter of luck.
        if (_runner != 0 && _runner != Environment.CurrentManagedThreadId)
            throw new InvalidOperationException("virtual time was used by a thread other than the one that runs it");
        _queue.Enqueue(due, (After(after), _order++));
    }

    private long After(TimeSpan wait) => _now + Math.Min(wait.Ticks, DateTimeOffset.MaxValue.UtcTicks - _now);

    private void Step()
    {
        _queue.TryDequeue(out Due due, out (long Ticks, long) at);
        _now = Math.Max(_now, at.Ticks);
        int before = _runner;
        _runner = Environment.CurrentManagedThreadId;
        try
        {
            if (due.Action is { } action) action();
            else due.Timer!.Fire(due.Round);
        }
        finally
        {
            _runner = before;
        }
    }

    // With a context, continuations are posted to it or to the thread pool instead of going on where they were completed.
    private static void ThrowIfElsewhere()
    {
        if (SynchronizationContext.Current is not null) throw new InvalidOperationException("virtual time does not run under a SynchronizationContext");
    }

    internal readonly record struct Due(Action? Action, VirtualTimer? Timer, long Round);
}
