using Dataforts.Capabilities;
using Dataforts.Gravity;

namespace Dataforts.Tests.Gravity;

/// <summary>A peer as a test wants it.</summary>
internal sealed record FakePeer(ulong Id) : IGravityPeer<ulong>
{
    public bool IsGravityEnabled { get; init; } = true;

    public bool IsGreedyEnabled { get; init; } = true;

    public ScopeWidth GravityScope { get; init; } = ScopeWidth.Mesh;

    public ScopeWidth GreedyScope { get; init; } = ScopeWidth.Mesh;

    public string? Zone { get; init; }

    public string? Region { get; init; }

    public TimeSpan RoundTrip { get; init; } = TimeSpan.FromMilliseconds(40);

    public ReadOnlyMemory<HeatAdvert<ulong>> Heats { get; init; }

    public bool IsPublisher { get; init; }

    public bool Keeps(ulong key) => IsPublisher;
}
