namespace Dataforts.Greedy.Eviction;

/// <summary>The policies there are, by name. <see cref="Default"/> is what a node uses.</summary>
public static class EvictionPolicies
{
    /// <summary>The name of the policy that a node uses.</summary>
    public const string Default = "default";

    /// <summary>The largest capacity: 2^62 bytes.</summary>
    public const long MaxCapacityBytes = 1L << 62;

    /// <summary>All names, the default first.</summary>
    public static IReadOnlyList<string> Names { get; } = [Default, "lru", "fifo", "sieve", "s3fifo", "wtinylfu", "heat", "gdsf"];

    /// <summary>Makes one, empty.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="capacityBytes">From 1 to <see cref="MaxCapacityBytes"/>.</param>
    /// <param name="seed">Spreads the keys over the tables: a node whose keys are chosen by strangers draws it at random. Decisions of a policy with a
    /// frequency sketch depend on it where keys collide.</param>
    /// <exception cref="ArgumentException">There is no policy of that name.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is out of range.</exception>
    public static IEvictionPolicy Create(string name, long capacityBytes, ulong seed = 0) => name switch
    {
        Default => new AdaptivePolicy(capacityBytes, seed),
        "lru" => new RecencyPolicy(capacityBytes, promotes: true, seed),
        "fifo" => new RecencyPolicy(capacityBytes, promotes: false, seed),
        "s3fifo" => new S3FifoPolicy(capacityBytes, seed),
        "wtinylfu" => new WindowTinyLfuPolicy(capacityBytes, windowPermille: 10, seed),
        "heat" => new HeatPolicy(capacityBytes, perByte: false, seed),
        "gdsf" => new HeatPolicy(capacityBytes, perByte: true, seed),
        "sieve" => new SievePolicy(capacityBytes, seed),
        _ => throw new ArgumentException($"'{name}' is none of {string.Join(", ", Names)}.", nameof(name)),
    };
}
