namespace Dataforts.Greedy.Running;

/// <summary>What became of an event that flowed past.</summary>
public enum DispatchOutcome
{
    /// <summary>It is in the cache.</summary>
    Cached,

    /// <summary>The cache has it, or a later one of its chain.</summary>
    Stale,

    /// <summary>It was not admitted; the reason is counted.</summary>
    Refused,

    /// <summary>Greedy caching is switched off.</summary>
    Off,
}
