using Dataforts.Capabilities;
using Dataforts.Greedy.Admission;
using Dataforts.Greedy.Caching;

namespace Dataforts.Greedy.Running;

/// <summary>How a node caches what flows past. Everything can be changed while it runs.</summary>
public sealed record GreedyOptions
{
    /// <summary>What is admitted.</summary>
    public AdmissionRules Rules { get; init; } = new();

    /// <summary>How much is held.</summary>
    public GreedyLimits Limits { get; init; } = new();

    /// <summary>How far the node says that it takes part.</summary>
    public ScopeWidth Width { get; init; } = ScopeWidth.Mesh;

    /// <summary>The weight of nearness that the node states; 0 means that no blobs are fetched ahead.</summary>
    public byte Proximity { get; init; } = 128;

    /// <summary>How many blobs are fetched ahead at a time; more are passed over, and counted. At least 1.</summary>
    public int Prefetches { get; init; } = 64;

    /// <exception cref="ArgumentOutOfRangeException">It names the property.</exception>
    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Prefetches, 1);
        Rules.Check();
        Limits.Check();
    }
}
