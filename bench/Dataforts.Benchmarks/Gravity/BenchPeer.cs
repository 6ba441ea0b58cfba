using Dataforts.Capabilities;
using Dataforts.Gravity;

namespace Dataforts.Benchmarks.Gravity;

/// <summary>A peer that tells heat, with a set of tags that a copying version would copy.</summary>
internal sealed record BenchPeer(ulong Id, string[] Tags, ReadOnlyMemory<HeatAdvert<ulong>> Heats) : IGravityPeer<ulong>
{
    public bool IsGravityEnabled => true;

    public bool IsGreedyEnabled => true;

    public ScopeWidth GravityScope => ScopeWidth.Mesh;

    public ScopeWidth GreedyScope => ScopeWidth.Zone;

    public string? Zone => "zone";

    public string? Region => "region";
}
