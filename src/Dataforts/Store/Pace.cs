namespace Dataforts.Store;

/// <summary>Holds work to so many bytes a second. The rate may be changed at any time, and holds for what waits already.</summary>
/// <remarks>Thread-safe; whoever shares one shares the rate. What a pause left unused is not made up for: a debt of bytes is worked off, and never
/// falls below none.</remarks>
public sealed class Pace : IPace
{
    // A change of the rate is seen by those who wait at least so often.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(250);

    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private long? _bytesPerSecond;
    private double _owedBytes;
    private long _paidAt;

    /// <summary>Makes one.</summary>
    /// <param name="bytesPerSecond">The rate, at least 1; null for none.</param>
    /// <param name="time">The clock.</param>
    public Pace(long? bytesPerSecond, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
        _paidAt = time.GetTimestamp();
        BytesPerSecond = bytesPerSecond;
    }

    /// <summary>The rate, at least 1; null for none.</summary>
    public long? BytesPerSecond
    {
        get { lock (_gate) return _bytesPerSecond; }
        set
        {
            if (value is { } rate) ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rate, nameof(value));
            lock (_gate)
            {
                Settle();
                _bytesPerSecond = value;
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask TakeAsync(long bytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TimeSpan wait = Owe(bytes);
        while (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait < LongestWait ? wait : LongestWait, _time, cancellationToken).ConfigureAwait(false);
            wait = Owe(0);
        }
    }

    private TimeSpan Owe(long bytes)
    {
        lock (_gate)
        {
            Settle();
            if (_bytesPerSecond is not { } rate) return TimeSpan.Zero;
            _owedBytes += bytes;
            return TimeSpan.FromSeconds(Math.Min(_owedBytes / rate, TimeSpan.MaxValue.TotalSeconds / 2));
        }
    }

    private void Settle()
    {
        long now = _time.GetTimestamp();
        double seconds = _time.GetElapsedTime(_paidAt, now).TotalSeconds;
        _paidAt = now;
        _owedBytes = _bytesPerSecond is { } rate ? Math.Max(0, _owedBytes - (seconds * rate)) : 0;
    }
}
