namespace Dataforts.Store;

/// <summary>Holds work to so many bytes a second.</summary>
/// <remarks>Not thread-safe: one worker has one.</remarks>
internal sealed class Pace(long? bytesPerSecond, TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private long _taken;

    /// <summary>Returns when so many bytes more may have been done.</summary>
    public async ValueTask TakeAsync(long bytes, CancellationToken cancellationToken)
    {
        if (bytesPerSecond is not { } rate) return;
        _taken += bytes;
        TimeSpan ahead = TimeSpan.FromSeconds(_taken / (double)rate) - time.GetElapsedTime(_start);
        if (ahead > TimeSpan.Zero) await Task.Delay(ahead, time, cancellationToken).ConfigureAwait(false);
    }
}
