using Dataforts.Store;

namespace Dataforts.Lifecycle;

/// <summary>Drops events that have become too old. What is too many or too much is dropped as events arrive.</summary>
/// <param name="store">The store.</param>
public sealed class RetainWork(ChunkStore store) : IWork
{
    private long _unreadable;

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
        long before = _unreadable;
        store.Events.Sweep(cancellationToken);
        _unreadable = store.Events.Unreadable;
        return _unreadable == before ? null
            : $"{_unreadable - before} events at the front of channels cannot be read; they go with those behind them, and verify says what is wrong";
    }
}
