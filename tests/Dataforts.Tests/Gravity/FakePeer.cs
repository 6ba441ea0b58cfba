using Dataforts.Gravity;

namespace Dataforts.Tests.Gravity;

/// <summary>A peer as a test wants it.</summary>
internal sealed record FakePeer(ulong Id) : IGravityPeer<ulong>
{
    public bool IsGravityEnabled { get; init; } = true;

    public bool IsGreedyEnabled { get; init; } = true;

    public HeatScope GravityScope { get; init; } = HeatScope.Mesh;

    public HeatScope GreedyScope { get; init; } = HeatScope.Mesh;

    public string? Zone { get; init; }

    public string? Region { get; init; }

    public TimeSpan RoundTrip { get; init; } = TimeSpan.FromMilliseconds(40);

    public ReadOnlyMemory<HeatAdvert<ulong>> Heats { get; init; }
}
