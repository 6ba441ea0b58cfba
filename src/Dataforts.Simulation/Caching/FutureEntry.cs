namespace Dataforts.Simulation.Caching;

/// <summary>An entry of the cache that knows the future.</summary>
internal sealed class FutureEntry
{
    public required ulong Key { get; init; }

    public required long SizeBytes { get; init; }

    /// <summary>The number of the request that asks for it again.</summary>
    public uint NextUse { get; set; }

    /// <summary>Where it is in its heap.</summary>
    public int Place { get; set; }
}
