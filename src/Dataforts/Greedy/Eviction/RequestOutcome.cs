namespace Dataforts.Greedy.Eviction;

/// <summary>What became of a request.</summary>
public enum RequestOutcome
{
    /// <summary>It was held, in that size.</summary>
    Hit,

    /// <summary>It was not held and is now.</summary>
    Admitted,

    /// <summary>It was not held and still is not: larger than the cache, or worth less than what it would push out.</summary>
    Refused,
}
