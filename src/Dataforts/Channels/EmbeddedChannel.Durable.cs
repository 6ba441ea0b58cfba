namespace Dataforts.Channels;

// Durable appends that come while the channel waits for a flush gather in one block, which the next flush covers: a flush costs what it costs, for
// one event or for hundreds.
internal sealed partial class EmbeddedChannel
{
    // Flushes under way for this channel; how many appends the last of them let go, while those are likely to be back in a moment.
    private int _flushes;
    private int _letGo;
    private int _expected;

    // Whether the writer's part is nobody's, and taken up again when there is a reason to write what has gathered.
    private bool _isHeld;

    private bool FlushIsUnderWay => _flushes > 0 || _expected > 0;

    private bool MayHoldLocked() => FlushIsUnderWay && !_isClosed && _block is { HasDurable: true, IsUrgent: false };

    private void ReleaseLocked()
    {
        if (!_isHeld) return;
        _isHeld = false;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private async ValueTask<ulong> FlushInlineAsync(ulong number)
    {
        try
        {
            await log.FlushAsync(waiters: 1).ConfigureAwait(false);
        }
        finally
        {
            if (EndFlush(0, 0, appends: 1) is > 0 and int expected) _ = GatherBackAsync(expected);
        }
        return number;
    }

    private async Task FlushAsync(PendingBlock block)
    {
        int events = block.Count, bytes = block.Bytes, appends = block.Durables;
        Exception? failure = null;
        try
        {
            await log.FlushAsync(appends).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            // Told to everyone who waits for it.
            failure = error;
        }
        // Before anyone goes on, so that who is alone finds nothing under way.
        int expected = EndFlush(events, bytes, appends);
        if (failure is null) block.Flushed();
        else block.Failed(failure, isWritten: true);
        if (expected > 0) await GatherBackAsync(expected).ConfigureAwait(false);
    }

    private int EndFlush(int events, int bytes, int appends)
    {
        lock (_gate)
        {
            if (events > 0) GiveBackLocked(events, bytes);
            TakeUpWaitingLocked();
            _letGo += appends;
            if (--_flushes > 0) return 0;
            WhenDrainedLocked();
            _expected = _letGo > 1 ? _letGo : 0;
            _letGo = 0;
            if (_expected == 0 || _block is { } block && block.Durables >= _expected)
            {
                _expected = 0;
                ReleaseLocked();
            }
            return _expected;
        }
    }

    // As the log does before a flush: work that is queued goes first, as often as it takes for all that were let go to come back, but not more than
    // once for each of them. Whoever makes them complete ends it sooner.
    private async Task GatherBackAsync(int expected)
    {
        for (int turns = expected; turns > 0 && Volatile.Read(ref _expected) > 0; turns--) await default(FairYield);
        lock (_gate)
        {
            _expected = 0;
            if (!MayHoldLocked()) ReleaseLocked();
        }
    }

    /// <summary>There is credit again: whoever waits for it is let in.</summary>
    public void TakeUpWaiting()
    {
        lock (_gate) TakeUpWaitingLocked();
    }

    private void TakeUpWaitingLocked()
    {
        if (_waiting is not { Count: > 0 }) return;
        // Whoever has the writer's part lets them in before it gives it up.
        if (_isWriting)
        {
            ReleaseLocked();
            return;
        }
        _assigned = log.Next;
        _isWriting = _isHeld = true;
        ReleaseLocked();
    }
}
