using System.Threading.Tasks.Sources;

namespace Dataforts.Channels;

/// <summary>The result of an append that was written on its caller's thread. It shows whether the caller has taken it: one that has not yet does not
/// wait for each append, and is better served by gathering.</summary>
internal sealed class InlineResult : IValueTaskSource<ulong>
{
    private ulong _number;
    private short _version;
    private volatile bool _isTaken = true;

    public bool IsTaken => _isTaken;

    public ValueTask<ulong> GiveAsync(ulong number)
    {
        _number = number;
        _isTaken = false;
        return new ValueTask<ulong>(this, ++_version);
    }

    /// <inheritdoc/>
    public ulong GetResult(short token)
    {
        ThrowIfTaken(token);
        ulong number = _number;
        _isTaken = true;
        return number;
    }

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token)
    {
        ThrowIfTaken(token);
        return ValueTaskSourceStatus.Succeeded;
    }

    /// <inheritdoc/>
    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        ThrowIfTaken(token);
        // Whoever asks has not looked at the status first; it is done, but not to be answered within the call.
        ThreadPool.QueueUserWorkItem(continuation, state, preferLocal: true);
    }

    private void ThrowIfTaken(short token)
    {
        if (token != _version || _isTaken) throw new InvalidOperationException("the result of an append is taken once");
    }
}
