namespace Dataforts.Lifecycle;

/// <summary>Something a store has done in the background. It says what is to be done; when, how fast and what becomes of errors is the
/// <see cref="WorkerHost"/>'s business.</summary>
public interface IWork
{
    /// <summary>What it is called: a lower-case letter, then at most 31 of <c>a</c>-<c>z</c>, <c>0</c>-<c>9</c> and <c>-</c>.</summary>
    string Name { get; }

    /// <summary>What it does, in one sentence.</summary>
    string Description { get; }

    /// <summary>When it is due.</summary>
    WorkSchedule Schedule { get; }

    /// <summary>Whether it is due before its time, such as for want of room. Asked every second or so; must not throw.</summary>
    bool IsUrgent { get; }

    /// <summary>Does it, once. Not called again before it has ended.</summary>
    /// <param name="run">Where to begin, and whom to tell how far it is.</param>
    /// <param name="cancellationToken">Cancelled when it is paused or its host closes. It then ends soon, in a state from which another run goes on.</param>
    /// <returns>What an operator should know of, such as chunks that were found wrong; null when all is well.</returns>
    /// <exception cref="Exception">Any: it is kept as the worker's last error, and the work is tried again, ever later.</exception>
    Task<string?> RunAsync(WorkRun run, CancellationToken cancellationToken);
}
