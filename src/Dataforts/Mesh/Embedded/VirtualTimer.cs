namespace Dataforts.Mesh.Embedded;

/// <summary>A timer of <see cref="VirtualTime"/>.</summary>
internal sealed class VirtualTimer(VirtualTime time, TimerCallback callback, object? state) : ITimer
{
    // Each change begins a new round: what was queued for an older one does nothing.
    private long _round;
    private TimeSpan _period;
    private bool _isDisposed;

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        ThrowIfNegative(dueTime);
        ThrowIfNegative(period);
        if (_isDisposed) return false;
        _round++;
        _period = period;
        if (dueTime >= TimeSpan.Zero) time.Enqueue(dueTime, new VirtualTime.Due(null, this, _round));
        return true;
    }

    private static void ThrowIfNegative(TimeSpan value)
    {
        if (value != Timeout.InfiniteTimeSpan) ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
    }

    public void Fire(long round)
    {
        if (_isDisposed || round != _round) return;
        if (_period > TimeSpan.Zero) time.Enqueue(_period, new VirtualTime.Due(null, this, round));
        callback(state);
    }

    public void Dispose() => _isDisposed = true;

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
