namespace Dataforts.Log;

internal sealed partial class SegmentLog
{
    // Long enough for a burst of writes to pass, short enough that a crash leaves little to verify.
    private static readonly TimeSpan FlushSealedAfter = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _closing = new();
    private Task _sealing = Task.CompletedTask;

    // Room set aside is given back at once; the rest waits for a quieter moment.
    private void Seal(SegmentFile segment)
    {
        segment.Sealed = true;
        Trim(segment);
        Task before = _sealing;
        _sealing = Task.Run(() => SettleAsync(before, segment), CancellationToken.None);
    }

    private static void Trim(SegmentFile segment)
    {
        if (segment.PreallocatedEnd <= segment.Length) return;
        try
        {
            segment.SetLength(segment.Length);
            segment.PreallocatedEnd = 0;
        }
        catch (IOException)
        {
            // The room stays set aside, no byte is lost; whoever closes or opens the store next tries again.
        }
    }

    private async Task SettleAsync(Task before, SegmentFile segment)
    {
        await before.ConfigureAwait(false);
        if (!_closing.IsCancellationRequested)
            await Task.Delay(FlushSealedAfter, _options.Time, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_closing.IsCancellationRequested) await ((Task)FlushAsync(CancellationToken.None)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        WriteHint(segment, _options.MinHintedBytes);
        if (segment.HintedLength == segment.Length) Hinted?.Invoke(segment.Id);
    }

    /// <summary>Ends the work in the background; called once, before the last checkpoint.</summary>
    public async Task StopAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        Task sealing;
        lock (_appendGate) sealing = _sealing;
        await sealing.ConfigureAwait(false);
        while (RunningFlush() is { } flush) await flush.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private Task? RunningFlush()
    {
        lock (_flushGate) return _flush?.Task;
    }
}
