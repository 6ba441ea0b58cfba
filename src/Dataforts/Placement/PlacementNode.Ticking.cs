using Dataforts.Gravity;

namespace Dataforts.Placement;

public sealed partial class PlacementNode
{
    private volatile Task _ticking = Task.CompletedTask;
    private long _pulls, _failedPulls, _drops, _refused;

    /// <summary>Why a tick, or something within it, failed last; null when that has not happened.</summary>
    public Exception? LastError { get; private set; }

    // One at a time: a tick that takes longer than an interval has its next one at the interval after.
    private void Tick()
    {
        if (_life.IsCancellationRequested) return;
        try
        {
            Greedy.Tick();
        }
        catch (Exception error)
        {
            // A timer has nobody to tell.
            LastError = error;
        }
        if (_ticking.IsCompleted) _ticking = TickAsync();
    }

    private async Task TickAsync()
    {
        try
        {
            GravityReport report = await Gravity.TickAsync(_life.Token).ConfigureAwait(false);
            Interlocked.Add(ref _pulls, report.Pulled);
            Interlocked.Add(ref _failedPulls, report.Failed);
            Interlocked.Add(ref _drops, report.Dropped);
            if (report.IsRefused) Interlocked.Increment(ref _refused);
            LastError = Gravity.LastError;
        }
        catch (OperationCanceledException) when (_life.IsCancellationRequested)
        {
            // This is disposed.
        }
        catch (Exception error)
        {
            // The next tick tries again; nobody waits for this one.
            LastError = error;
        }
    }
}
