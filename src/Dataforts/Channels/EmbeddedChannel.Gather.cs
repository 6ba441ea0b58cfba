namespace Dataforts.Channels;

internal sealed partial class EmbeddedChannel : IThreadPoolWorkItem
{
    // Whether somebody has the writer's part.
    private bool _isWriting;

    // The number that the next append gets, while something is under way.
    private ulong _assigned;

    // What has gathered: the block that is being filled, and full ones before it.
    private PendingBlock? _block;
    private Queue<PendingBlock>? _full;
    private ulong _gathered;
    private long _gatheredBytes;
    private Queue<WaitingAppend>? _waiting;
    private TaskCompletionSource? _drained;

    // Behind the last number that a caller was told before its event was written.
    private ulong _told;

    /// <summary>The number that the next append gets.</summary>
    private ulong NextLocked => _isWriting ? _assigned : log.Next;

    /// <summary>The writer's part: writes what has gathered until there is no more.</summary>
    public void Execute()
    {
        while (Take() is { } block) WriteBlock(block);
    }

    private PendingBlock? Take()
    {
        lock (_gate)
        {
            AdmitLocked();
            if (_full is not { Count: > 0 } && MayHoldLocked())
            {
                _isHeld = true;
                return null;
            }
            PendingBlock? block = _full is { Count: > 0 } ? _full.Dequeue() : _block;
            if (block is null)
            {
                // A caller that never takes its result shall not keep the others from the short way.
                if (!_inline.IsTaken) _inline = new InlineResult();
                WhenIdleLocked();
                return null;
            }
            if (block == _block) _block = null;
            return block;
        }
    }

    private void WriteBlock(PendingBlock block)
    {
        int bytes = block.Bytes, events = block.Count;
        bool isDurable = block.HasDurable;
        try
        {
            log.Append(block.Events, block.First);
        }
        catch (Exception error)
        {
            lock (_gate)
            {
                GiveBackLocked(events, bytes);
                FailGatheredLocked(error);
            }
            DatafortsMeter.EventsFailed.Add(events);
            block.Failed(error, isWritten: false);
            return;
        }
        Note(events, bytes);
        lock (_gate)
        {
            // What is flushed is under way until then: a device that falls behind holds appends up, instead of filling memory.
            if (isDurable) _flushes++;
            else GiveBackLocked(events, bytes);
        }
        WakeTails();
        block.Written();
        if (isDurable) _ = FlushAsync(block);
    }

    // What was told the numbers behind a failed write would have others: all of it fails, and is free to try again.
    private void FailGatheredLocked(Exception error)
    {
        while ((_full is { Count: > 0 } ? _full.Dequeue() : _block) is { } block)
        {
            if (block == _block) _block = null;
            GiveBackLocked(block.Count, block.Bytes);
            DatafortsMeter.EventsFailed.Add(block.Count);
            block.Failed(error, isWritten: false);
        }
        // A number that its caller has seen names no other event.
        if (_told > log.Next) log.SkipTo(_told);
        _assigned = log.Next;
    }

    private void GiveBackLocked(int events, int bytes)
    {
        _gathered -= (ulong)events;
        _gatheredBytes -= bytes;
        credit.Return(this, bytes, isLast: _gathered == 0);
    }

    private void WhenIdleLocked()
    {
        _isWriting = false;
        if (_waiting is { Count: 0 }) _waiting = null;
        WhenDrainedLocked();
    }

    // What is written may still wait for its flush, which whoever closes this may not take away.
    private void WhenDrainedLocked()
    {
        if (_isClosed && !_isWriting && _flushes == 0 && _block is null && _waiting is not { Count: > 0 }) _drained?.TrySetResult();
    }

    private Task DrainedLocked()
    {
        if (!_isWriting && _flushes == 0 && _block is null && _waiting is not { Count: > 0 }) return Task.CompletedTask;
        ReleaseLocked();
        return (_drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
    }

    private bool HasCreditLocked(int bytes, int events) => _waiting is not { Count: > 0 } && TryTakeLocked(bytes, events);

    private bool TryTakeLocked(int bytes, int events)
    {
        bool isAlone = _gathered == 0;
        CreditOptions limits = credit.Options;
        if (!isAlone && (_gatheredBytes + bytes > limits.ChannelBytes || _gathered + (ulong)events > (ulong)limits.ChannelEvents)) return false;
        return credit.TryTake(this, bytes, isAlone);
    }

    private ValueTask<ulong> GatherLocked(EventData data, AppendOptions options)
    {
        ulong first = BeginGatherLocked(1, data.Payload.Length);
        _block!.Add(data, data.Payload.Length);
        return EndGatherLocked(first, options);
    }

    private ValueTask<ulong> GatherLocked(ReadOnlySpan<EventData> events, int bytes, AppendOptions options)
    {
        ulong first = BeginGatherLocked(events.Length, bytes);
        foreach (ref readonly EventData one in events) _block!.Add(one, bytes);
        return EndGatherLocked(first, options);
    }

    private ulong BeginGatherLocked(int events, int bytes)
    {
        ulong first = NextLocked;
        _assigned = first + (ulong)events;
        if (_block is { } block && !block.HasRoom(events, bytes))
        {
            (_full ??= new Queue<PendingBlock>()).Enqueue(block);
            _block = null;
        }
        if (_block is null)
        {
            _block = credit.Rent();
            _block.First = first;
        }
        _gathered += (ulong)events;
        _gatheredBytes += bytes;
        if (_isWriting) return first;
        _isWriting = _isHeld = true;
        return first;
    }

    private ValueTask<ulong> EndGatherLocked(ulong first, AppendOptions options)
    {
        PendingBlock block = _block!;
        ValueTask<ulong> appended;
        if (options.Durability == Durability.Volatile)
        {
            block.IsUrgent = true;
            _told = _assigned;
            appended = new(first);
        }
        else
        {
            block.IsUrgent |= options.Durability == Durability.Buffered;
            appended = block.EndAppendAsync(first, options.Durability == Durability.Durable);
            if (_expected > 0 && block.Durables >= _expected) _expected = 0;
        }
        if (_isHeld && (_full is { Count: > 0 } || !MayHoldLocked())) ReleaseLocked();
        return appended;
    }

    private DatafortsException? Queue(WaitingAppend waiting)
    {
        DatafortsMeter.AppendsHeldUp.Add(1);
        _waiting ??= new Queue<WaitingAppend>();
        int most = credit.Options.MaxWaiting;
        while (_waiting.TryPeek(out WaitingAppend? first) && first.IsOver) _waiting.Dequeue();
        if (_waiting.Count >= most)
            return new DatafortsException(ErrorKind.LimitExceeded, $"{most} appends to the channel \"{name}\" wait for credit already (MaxWaiting)");
        _waiting.Enqueue(waiting);
        return null;
    }

    private async ValueTask<ulong> WaitAsync(WaitingAppend waiting, CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(static (state, token) =>
        {
            (EmbeddedChannel channel, WaitingAppend append) = ((EmbeddedChannel, WaitingAppend))state!;
            lock (channel._gate) append.TryCancel(token);
        }, (this, waiting));
        ValueTask<ulong> appended = await waiting.Admitted.ConfigureAwait(false);
        return await appended.ConfigureAwait(false);
    }

    // In the order they came; what was called off is passed over.
    private void AdmitLocked()
    {
        while (_waiting is { Count: > 0 } waiting && waiting.Peek() is { } first)
        {
            if (first.IsOver)
            {
                waiting.Dequeue();
                continue;
            }
            bool isBatch = !first.Events.IsEmpty;
            int bytes = isBatch ? BytesOf(first.Events.Span) : first.One.Payload.Length;
            if (MismatchLocked(first.Options) is { } mismatch)
            {
                first.Refuse(mismatch);
                waiting.Dequeue();
                continue;
            }
            if (!TryTakeLocked(bytes, isBatch ? first.Events.Length : 1)) return;
            waiting.Dequeue();
            first.Admit(isBatch ? GatherLocked(first.Events.Span, bytes, first.Options) : GatherLocked(first.One, first.Options));
        }
    }

    private static int BytesOf(ReadOnlySpan<EventData> events)
    {
        int bytes = 0;
        foreach (ref readonly EventData one in events) bytes += one.Payload.Length;
        return bytes;
    }
}
