namespace Dataforts.Lifecycle;

/// <summary>When a worker runs next, and what it is doing. No clock, no file: facts in, verdict out.</summary>
internal static class WorkerPlan
{
    /// <summary>When the work is due; null while it is paused.</summary>
    /// <param name="schedule">The work's.</param>
    /// <param name="record">What became of its runs.</param>
    /// <param name="control">What was decided about it.</param>
    /// <param name="isUrgent">Whether it is wanted before its time.</param>
    /// <param name="storeMadeAt">What a first run is counted from.</param>
    public static DateTimeOffset? NextRun(WorkSchedule schedule, WorkerRecord record, WorkerControl control, bool isUrgent, DateTimeOffset storeMadeAt)
    {
        if (control.IsPaused) return null;
        if (record.EndedAt is not { } ended) return record.BeganAt ?? (isUrgent ? storeMadeAt : storeMadeAt + schedule.Interval);
        if (record.Failures > 0) return ended + RetryAfter(schedule, record.Failures);
        // What was cut short goes on as soon as it may.
        if (record.IsInterrupted || record.IsRunning) return ended;
        return ended + (isUrgent && schedule.LeastInterval < schedule.Interval ? schedule.LeastInterval : schedule.Interval);
    }

    /// <summary>How long to wait after so many failures in a row.</summary>
    public static TimeSpan RetryAfter(WorkSchedule schedule, int failures)
    {
        double factor = Math.Pow(2, Math.Min(failures - 1, 62));
        double seconds = Math.Min(schedule.RetryAfter.TotalSeconds * factor, schedule.LongestRetry.TotalSeconds);
        return TimeSpan.FromSeconds(seconds);
    }

    /// <summary>What the worker is doing.</summary>
    public static WorkerState StateOf(WorkerRecord record, WorkerControl control, bool isRunning, bool isWaiting)
    {
        if (isRunning) return WorkerState.Running;
        if (control.IsPaused) return WorkerState.Paused;
        if (isWaiting) return WorkerState.Waiting;
        return record.Failures > 0 ? WorkerState.Failed : WorkerState.Idle;
    }
}
