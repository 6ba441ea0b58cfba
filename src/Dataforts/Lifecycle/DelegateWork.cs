namespace Dataforts.Lifecycle;

/// <summary>Work that is a function.</summary>
/// <param name="name">See <see cref="IWork.Name"/>.</param>
/// <param name="description">See <see cref="IWork.Description"/>.</param>
/// <param name="schedule">See <see cref="IWork.Schedule"/>.</param>
/// <param name="body">See <see cref="IWork.RunAsync"/>.</param>
/// <param name="isUrgent">See <see cref="IWork.IsUrgent"/>; null for never.</param>
public sealed class DelegateWork(
    string name, string description, WorkSchedule schedule, Func<WorkRun, CancellationToken, Task<string?>> body, Func<bool>? isUrgent = null) : IWork
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public string Description => description;

    /// <inheritdoc/>
    public WorkSchedule Schedule => schedule;

    /// <inheritdoc/>
    public bool IsUrgent => isUrgent is not null && isUrgent();

    /// <inheritdoc/>
    public Task<string?> RunAsync(WorkRun run, CancellationToken cancellationToken) => body(run, cancellationToken);
}
