namespace Dataforts.Lifecycle;

/// <summary>What a worker is doing.</summary>
public enum WorkerState
{
    /// <summary>Nothing until its next run.</summary>
    Idle,

    /// <summary>Its work.</summary>
    Running,

    /// <summary>Nothing until it is resumed.</summary>
    Paused,

    /// <summary>It is due, and another worker has its turn.</summary>
    Waiting,

    /// <summary>Its last run ended with an error; it will try again.</summary>
    Failed,
}
