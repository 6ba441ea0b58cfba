using System.Threading.Tasks.Sources;

namespace Dataforts.Channels;

/// <summary>Wakes one tail, any number of times, without allocating.</summary>
internal sealed class TailSignal : IValueTaskSource
{
    // The tail goes on on a thread of its own, not on that of whoever appends.
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private int _isArmed;

    /// <summary>Makes ready for the next wait; a wake from here on ends it.</summary>
    public ValueTask ArmAsync()
    {
        _core.Reset();
        Volatile.Write(ref _isArmed, 1);
        return new ValueTask(this, _core.Version);
    }

    /// <summary>Wakes the tail, unless somebody has.</summary>
    public void Wake()
    {
        if (Interlocked.Exchange(ref _isArmed, 0) == 1) _core.SetResult(true);
    }

    /// <inheritdoc/>
    // blocking: not here, as it is asked for when it is done
    public void GetResult(short token) => _core.GetResult(token);

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    /// <inheritdoc/>
    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
