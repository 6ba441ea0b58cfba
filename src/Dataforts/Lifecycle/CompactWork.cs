using Dataforts.Store;

namespace Dataforts.Lifecycle;

/// <summary>Gives the room of garbage back to the device: from segments that are mostly garbage, and from more of them when the store is too full.</summary>
/// <param name="store">The store.</param>
public sealed class CompactWork(ChunkStore store) : IWork
{
    // For want of room one byte regained may cost four copied.
    private const double GarbageRatioWhenFull = 0.2;

    /// <inheritdoc/>
    public string Name => "compact";

    /// <inheritdoc/>
    public string Description => "Rewrites segments that are mostly garbage, and gives their room back.";

    /// <inheritdoc/>
    public WorkSchedule Schedule { get; } = new(TimeSpan.FromHours(1));

    /// <inheritdoc/>
    public bool IsUrgent => store.IsAboveHighWater && store.Condition.WorstGarbageRatio >= GarbageRatioWhenFull;

    /// <inheritdoc/>
    public async Task<string?> RunAsync(WorkRun run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        var options = new CompactionOptions { Pace = run.Pacing };
        if (store.IsAboveHighWater) options = options with { MinGarbageRatio = GarbageRatioWhenFull };
        CompactionProgress done = await store.CompactAsync(options, new Forwarded(run), cancellationToken).ConfigureAwait(false);
        return done.SkippedSegments == 0 ? null : $"{done.SkippedSegments} segments cannot be read and stay as they are; verify says what is wrong";
    }

    private sealed class Forwarded(WorkRun run) : IProgress<CompactionProgress>
    {
        public void Report(CompactionProgress value) => run.Report(value.CopiedBytes, null);
    }
}
