namespace Dataforts.Lifecycle;

/// <summary>When work is due.</summary>
/// <param name="Interval">From the end of one run to the beginning of the next; a new store's first run is due so long after it was made.</param>
public sealed record WorkSchedule(TimeSpan Interval)
{
    /// <summary>How long to wait after a first failure; twice as long after each further one.</summary>
    /// <value>One minute.</value>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The longest wait after failures.</summary>
    /// <value>One hour.</value>
    public TimeSpan LongestRetry { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long after a run the next one begins at the earliest, however urgent it is.</summary>
    /// <value>One minute.</value>
    public TimeSpan LeastInterval { get; init; } = TimeSpan.FromMinutes(1);
}
