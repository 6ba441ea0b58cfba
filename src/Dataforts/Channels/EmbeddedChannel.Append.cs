namespace Dataforts.Channels;

// An append goes one of two ways. Nobody else being under way, and the caller having taken its last result, it is written at once on the caller's
// thread. Otherwise it is gathered, and whoever has the writer's part writes all that has gathered as one record.
internal sealed partial class EmbeddedChannel
{
    private InlineResult _inline = new();
    private ulong _inlineFirst;

    /// <inheritdoc/>
    public ValueTask<ulong> AppendAsync(EventData data, AppendOptions options = default, CancellationToken cancellationToken = default)
    {
        if (Reject(data.Payload.Length, 1, options, cancellationToken) is { } refusal) return ValueTask.FromException<ulong>(refusal);
        WaitingAppend waiting;
        ulong number = 0;
        long nowMs = _memory?.NowMs() ?? 0;
        lock (_gate)
        {
            if (RejectLocked(options) is { } error) return ValueTask.FromException<ulong>(error);
            if (!MayWriteInlineLocked(options))
            {
                if (HasCreditLocked(data.Payload.Length, 1)) return GatherLocked(data, options);
                if (Queue(waiting = new WaitingAppend(default, data, options)) is { } full) return ValueTask.FromException<ulong>(full);
                goto Wait;
            }
            if (_memory is not null) number = _memory.AppendLocked(data.Payload.Span, data.IsRef, nowMs);
            else BeginInlineLocked(1);
        }
        return _memory is not null ? AfterMemory(number, data.Payload.Length) : WriteInline(data, options);
    Wait:
        return WaitAsync(waiting, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ulong> AppendBatchAsync(ReadOnlyMemory<EventData> events, AppendOptions options = default, CancellationToken cancellationToken = default)
    {
        ReadOnlySpan<EventData> span = events.Span;
        long bytes = 0;
        foreach (ref readonly EventData one in span)
        {
            bytes += one.Payload.Length;
            if (one.Payload.Length > ChannelLimits.MaxEventBytes) return ValueTask.FromException<ulong>(TooLong(one.Payload.Length));
        }
        if (Reject(bytes, span.Length, options, cancellationToken) is { } refusal) return ValueTask.FromException<ulong>(refusal);
        WaitingAppend waiting;
        lock (_gate)
        {
            if (RejectLocked(options) is { } error) return ValueTask.FromException<ulong>(error);
            if (span.IsEmpty) return new(NextLocked);
            if (!MayWriteInlineLocked(options))
            {
                if (HasCreditLocked((int)bytes, span.Length)) return GatherLocked(span, (int)bytes, options);
                if (Queue(waiting = new WaitingAppend(events, default, options)) is { } full) return ValueTask.FromException<ulong>(full);
                goto Wait;
            }
            BeginInlineLocked(span.Length);
        }
        return WriteInline(span, (int)bytes, options);
    Wait:
        return WaitAsync(waiting, cancellationToken);
    }

    /// <inheritdoc/>
    public bool TryAppend(EventData data, AppendOptions options, out ValueTask<ulong> appended)
    {
        if (Reject(data.Payload.Length, 1, options, default) is { } refusal)
        {
            appended = ValueTask.FromException<ulong>(refusal);
            return true;
        }
        ulong number = 0;
        long nowMs = _memory?.NowMs() ?? 0;
        lock (_gate)
        {
            if (RejectLocked(options) is { } error)
            {
                appended = ValueTask.FromException<ulong>(error);
                return true;
            }
            if (!MayWriteInlineLocked(options))
            {
                bool isIn = HasCreditLocked(data.Payload.Length, 1);
                if (!isIn) DatafortsMeter.AppendsHeldUp.Add(1);
                appended = isIn ? GatherLocked(data, options) : default;
                return isIn;
            }
            if (_memory is not null) number = _memory.AppendLocked(data.Payload.Span, data.IsRef, nowMs);
            else BeginInlineLocked(1);
        }
        appended = _memory is not null ? AfterMemory(number, data.Payload.Length) : WriteInline(data, options);
        return true;
    }

    private Exception? Reject(long bytes, int events, AppendOptions options, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return new OperationCanceledException(cancellationToken);
        if (events == 1 && bytes > ChannelLimits.MaxEventBytes) return TooLong(bytes);
        if (bytes > ChannelLimits.MaxBatchBytes)
            return new DatafortsException(ErrorKind.LimitExceeded, $"a batch of {bytes} bytes is over the {ChannelLimits.MaxBatchBytes} of a batch");
        if (events > ChannelLimits.MaxBatchEvents)
            return new DatafortsException(ErrorKind.LimitExceeded, $"a batch of {events} events is over the {ChannelLimits.MaxBatchEvents} of a batch");
        return options.Durability switch
        {
            Durability.Volatile => _tellsAhead ? null : BeginTellingAhead(),
            Durability.Buffered or Durability.Durable when !log.IsDurable =>
                new DatafortsException(ErrorKind.Unsupported, $"the channel \"{name}\" is in memory: it cannot append as {options.Durability}"),
            Durability.Buffered or Durability.Durable => null,
            _ => new ArgumentOutOfRangeException(nameof(options), options.Durability, "there is no such durability"),
        };
    }

    private static DatafortsException TooLong(long bytes) => new(ErrorKind.LimitExceeded,
        $"an event of {bytes} bytes is over the {ChannelLimits.MaxEventBytes} of an event; what is longer is stored as a blob and its ref published");

    private Exception? RejectLocked(AppendOptions options)
    {
        if (_isClosed) return new ObjectDisposedException(nameof(IEventChannel));
        if (!_isWriter && !(_isWriter = log.TryBeginWriting(this)))
        {
            return new DatafortsException(ErrorKind.ChannelInUse,
                $"the channel \"{name}\" is appended to through another EventChannels of the same store: make one for a store, and share it");
        }
        // While others wait for credit nobody knows the next number; who expects one is asked again when it is its turn.
        return _waiting is { Count: > 0 } ? null : MismatchLocked(options);
    }

    private SequenceMismatchException? MismatchLocked(AppendOptions options) =>
        options.ExpectedNext is { } expected && expected != NextLocked ? new SequenceMismatchException(expected, NextLocked) : null;

    // A caller that leaves results lying does not wait for each: gathering serves it better than a write each.
    private bool MayWriteInlineLocked(AppendOptions options) =>
        !_isWriting && _block is null && _waiting is not { Count: > 0 } && _inline.IsTaken && options.Durability switch
        {
            Durability.Volatile => !log.IsDurable,
            Durability.Durable => !FlushIsUnderWay,
            _ => true,
        };

    private void BeginInlineLocked(int events)
    {
        _inlineFirst = log.Next;
        _assigned = _inlineFirst + (ulong)events;
        _isWriting = true;
    }

    private ValueTask<ulong> WriteInline(EventData data, AppendOptions options)
    {
        if (data.IsDirectory) return WriteInline([data], data.Payload.Length, options);
        ulong number;
        try
        {
            number = log.Append(data.Payload.Span, data.IsRef, _inlineFirst);
        }
        catch (Exception error)
        {
            EndInline(error);
            return ValueTask.FromException<ulong>(error);
        }
        return AfterInline(number, 1, data.Payload.Length, options);
    }

    private ValueTask<ulong> WriteInline(ReadOnlySpan<EventData> events, int bytes, AppendOptions options)
    {
        ulong number;
        PendingBlock block = credit.Rent();
        try
        {
            foreach (ref readonly EventData one in events) block.Add(one, bytes);
            number = log.Append(block.Events, _inlineFirst);
        }
        catch (Exception error)
        {
            EndInline(error);
            return ValueTask.FromException<ulong>(error);
        }
        finally
        {
            // Nobody waits for a result of it: so it is free again.
            block.Written();
        }
        return AfterInline(number, events.Length, bytes, options);
    }

    private ValueTask<ulong> AfterInline(ulong number, int events, int bytes, AppendOptions options)
    {
        Note(events, bytes);
        // Set while the writer's part is held, so that the next caller finds it untaken.
        ValueTask<ulong> appended = options.Durability == Durability.Buffered ? _inline.GiveAsync(number) : new(number);
        bool isDurable = options.Durability == Durability.Durable;
        EndInline(null, isDurable);
        WakeTails();
        return isDurable ? FlushInlineAsync(number) : appended;
    }

    private ValueTask<ulong> AfterMemory(ulong number, int bytes)
    {
        Note(1, bytes);
        WakeOwnTails();
        return new(number);
    }

    private void EndInline(Exception? error, bool isFlushed = false)
    {
        bool isMore;
        lock (_gate)
        {
            if (isFlushed) _flushes++;
            if (error is not null) FailGatheredLocked(error);
            // Those that wait for credit too: after a failed write nothing else may be there that would let them in.
            isMore = _block is not null || _waiting is { Count: > 0 };
            if (!isMore) WhenIdleLocked();
        }
        if (isMore) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private static void Note(int events, int bytes)
    {
        DatafortsMeter.EventsAppended.Add(events);
        DatafortsMeter.EventBytesAppended.Add(bytes);
    }
}
