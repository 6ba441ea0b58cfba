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
            log.Append(block.Events);
        }
        catch (Exception error)
        {
            lock (_gate)
            {
                GiveBackLocked(block);
                FailGatheredLocked(error);
            }
            DatafortsMeter.EventsFailed.Add(events);
            block.Failed(error, isWritten: false);
            return;
        }
        Note(events, bytes);
        lock (_gate) GiveBackLocked(block);
        WakeTails();
        block.Written();
        if (isDurable) _ = FlushAsync(block);
    }

    private async Task FlushAsync(PendingBlock block)
    {
        try
        {
            await log.FlushAsync(block.Durables).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            // Told to everyone who waits for it.
            block.Failed(error, isWritten: true);
            return;
        }
        block.Flushed();
    }

    // What was told the numbers behind a failed write would have others: all of it fails, and is free to try again.
    private void FailGatheredLocked(Exception error)
    {
        while ((_full is { Count: > 0 } ? _full.Dequeue() : _block) is { } block)
        {
            if (block == _block) _block = null;
            GiveBackLocked(block);
            DatafortsMeter.EventsFailed.Add(block.Count);
            block.Failed(error, isWritten: false);
        }
        _assigned = log.Next;
    }

    private void GiveBackLocked(PendingBlock block)
    {
        _gathered -= (ulong)block.Count;
        _gatheredBytes -= block.Bytes;
        credit.Return(block.Bytes);
    }

    private void WhenIdleLocked()
    {
        _isWriting = false;
        if (_waiting is { Count: 0 }) _waiting = null;
        if (_isClosed) _drained?.TrySetResult();
    }

    private Task DrainedLocked()
    {
        if (!_isWriting && _block is null) return Task.CompletedTask;
        return (_drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
    }

    private bool HasCreditLocked(int bytes, int events) => _waiting is not { Count: > 0 } && TryTakeLocked(bytes, events);

    private bool TryTakeLocked(int bytes, int events)
    {
        bool isAlone = _gathered == 0;
        CreditOptions limits = credit.Options;
        if (!isAlone && (_gatheredBytes + bytes > limits.ChannelBytes || _gathered + (ulong)events > (ulong)limits.ChannelEvents)) return false;
        return credit.TryTake(bytes, isAlone);
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
        _block ??= credit.Rent();
        _gathered += (ulong)events;
        _gatheredBytes += bytes;
        if (_isWriting) return first;
        _isWriting = true;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return first;
    }

    private ValueTask<ulong> EndGatherLocked(ulong first, AppendOptions options) =>
        options.Durability == Durability.Volatile ? new(first) : _block!.EndAppendAsync(first, options.Durability == Durability.Durable);

    private DatafortsException? Queue(WaitingAppend waiting)
    {
        DatafortsMeter.AppendsHeldUp.Add(1);
        _waiting ??= new Queue<WaitingAppend>();
        int most = credit.Options.MaxWaiting;
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
