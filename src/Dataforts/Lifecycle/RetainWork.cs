using Dataforts.Store;

namespace Dataforts.Lifecycle;

/// <summary>Drops events that have become too old. What is too many or too much is dropped as events arrive.</summary>
/// <param name="store">The store.</param>
public sealed class RetainWork(ChunkStore store) : IWork
{
    /// <inheritdoc/>
    public string Name => "retain";

    /// <inheritdoc/>
    public string Description => "Drops events of channels that have become too old.";

    /// <inheritdoc/>
    public WorkSchedule Schedule { get; } = new(TimeSpan.FromMinutes(1));

    /// <inheritdoc/>
    public bool IsUrgent => false;

    /// <inheritdoc/>
    public Task<string?> RunAsync(WorkRun run, CancellationToken cancellationToken) =>
        Task.Run(() => Retain(cancellationToken), cancellationToken);

    private string? Retain(CancellationToken cancellationToken)
    {
        store.Events.Sweep(cancellationToken);
        return null;
    }
}
