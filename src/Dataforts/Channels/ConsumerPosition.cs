namespace Dataforts.Channels;

/// <summary>How far a consumer has taken a channel in, and who waits for that: a writer's token, awaited here, lets its holder read what it wrote.</summary>
/// <remarks>Thread-safe; but one consumer at a time moves it. An event that the consumer cannot take in is gone past and recorded as skipped, so
/// that later tokens are reached all the same.</remarks>
public sealed class ConsumerPosition
{
    private const int KeptSkips = 64;

    private readonly IEventChannel _channel;
    private readonly TimeProvider _time;
    private readonly int _maxWaits;
    private readonly Lock _gate = new();
    private readonly SortedSet<TokenWait> _waits = [];
    private readonly Queue<SkippedEvent> _skips = new();
    private long _ids;
    private ulong _next;
    private long _skipped;
    private bool _isStopped;

    /// <summary>Makes one.</summary>
    /// <param name="channel">The channel that is consumed.</param>
    /// <param name="next">The first event that has not been taken in.</param>
    /// <param name="maxWaits">Who may wait at once.</param>
    /// <param name="time">The clock of waits; null for the system's.</param>
    public ConsumerPosition(IEventChannel channel, ulong next = 0, int maxWaits = ChannelLimits.DefaultMaxTokenWaits, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(channel);
        ArgumentOutOfRangeException.ThrowIfNegative(maxWaits);
        (_channel, _next, _maxWaits, _time) = (channel, next, maxWaits, time ?? TimeProvider.System);
    }

    /// <summary>The first event that has not been taken in or skipped.</summary>
    public ulong Next
    {
        get { lock (_gate) return _next; }
    }

    /// <summary>How many events were skipped, those of gaps included.</summary>
    public long Skipped => Interlocked.Read(ref _skipped);

    /// <summary>How many wait now.</summary>
    public int Waiting
    {
        get { lock (_gate) return _waits.Count; }
    }

    /// <summary>The last skips, at most 64, oldest first.</summary>
    public IReadOnlyList<SkippedEvent> Skips
    {
        get { lock (_gate) return [.. _skips]; }
    }

    /// <summary>The consumer has taken an event in. One that it has gone past before changes nothing.</summary>
    public void Applied(ulong sequence) => MoveTo(sequence + 1);

    /// <summary>The consumer cannot take events in, and goes past them.</summary>
    /// <param name="from">The first.</param>
    /// <param name="end">The number behind the last.</param>
    /// <param name="reason">Why, for a person.</param>
    public void Skip(ulong from, ulong end, string reason)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(end, from);
        Interlocked.Add(ref _skipped, (long)(end - from));
        DatafortsMeter.EventsSkipped.Add((long)(end - from));
        lock (_gate)
        {
            if (_skips.Count == KeptSkips) _skips.Dequeue();
            _skips.Enqueue(new SkippedEvent(from, end, reason));
        }
        MoveTo(end);
    }

    /// <summary>The consumer will take nothing more in: whoever waits is told.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _isStopped = true;
            foreach (TokenWait wait in _waits) wait.Done.TrySetResult(WaitOutcome.Stopped);
            _waits.Clear();
        }
    }

    /// <summary>Waits until the consumer has gone past a writer's event.</summary>
    /// <param name="token">From the writer, or from anybody: nothing of it is trusted.</param>
    /// <param name="timeout">How long; zero only to look.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<WaitOutcome> WaitForAsync(WriteToken token, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
        long start = _time.GetTimestamp();
        WaitOutcome outcome = await OutcomeAsync(token, timeout, cancellationToken).ConfigureAwait(false);
        DatafortsMeter.TokenWaits.Add(1, new KeyValuePair<string, object?>("outcome", outcome.ToString()));
        DatafortsMeter.TokenWaitDuration.Record(_time.GetElapsedTime(start).TotalSeconds);
        return outcome;
    }

    private async ValueTask<WaitOutcome> OutcomeAsync(WriteToken token, TimeSpan timeout, CancellationToken cancellationToken)
    {
        WriteToken ours = _channel.TokenOf(token.Sequence);
        if (token.Channel != ours.Channel) return WaitOutcome.WrongChannel;
        if (token.Epoch != ours.Epoch && await IsLostAsync(token, cancellationToken).ConfigureAwait(false)) return WaitOutcome.Lost;
        TokenWait wait;
        lock (_gate)
        {
            if (token.Sequence < _next) return WaitOutcome.Reached;
            if (_isStopped) return WaitOutcome.Stopped;
            if (timeout == TimeSpan.Zero) return WaitOutcome.TimedOut;
            if (_waits.Count >= _maxWaits) return WaitOutcome.QueueFull;
            wait = new TokenWait(token.Sequence, ++_ids);
            _waits.Add(wait);
        }
        try
        {
            return await wait.Done.Task.WaitAsync(timeout, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // It may have come to pass in the same moment.
            return Leave(wait) ? WaitOutcome.TimedOut : await wait.Done.Task.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Leave(wait);
            throw;
        }
    }

    // Of another epoch: the event is the one that was written if it is there and says so; what is not retained any more has been there.
    private async ValueTask<bool> IsLostAsync(WriteToken token, CancellationToken cancellationToken)
    {
        if (await _channel.ReadAsync(token.Sequence, cancellationToken).ConfigureAwait(false) is { } written) return written.Epoch != token.Epoch;
        ChannelInfo info = await _channel.GetInfoAsync(cancellationToken).ConfigureAwait(false);
        return token.Sequence >= info.Next;
    }

    private bool Leave(TokenWait wait)
    {
        lock (_gate) return _waits.Remove(wait);
    }

    private void MoveTo(ulong next)
    {
        lock (_gate)
        {
            if (next <= _next) return;
            _next = next;
            while (_waits.Min is { } first && first.Sequence < next)
            {
                _waits.Remove(first);
                first.Done.TrySetResult(WaitOutcome.Reached);
            }
        }
    }

    private sealed class TokenWait(ulong sequence, long id) : IComparable<TokenWait>
    {
        public ulong Sequence => sequence;

        public TaskCompletionSource<WaitOutcome> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        private long Id => id;

        public int CompareTo(TokenWait? other) => other is null ? 1 : Sequence != other.Sequence ? Sequence.CompareTo(other.Sequence) : Id.CompareTo(other.Id);
    }
}
