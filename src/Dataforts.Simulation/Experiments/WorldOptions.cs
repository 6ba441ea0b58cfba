using Dataforts.Mesh;

namespace Dataforts.Simulation.Experiments;

/// <summary>How the nodes of a world stand to each other.</summary>
internal sealed record WorldOptions
{
    public ulong Seed { get; init; }

    /// <summary>The way from one node to another.</summary>
    public Func<NodeId, NodeId, TimeSpan> Way { get; init; } = static (_, _) => TimeSpan.FromMilliseconds(2);

    /// <summary>One directory for all, for thousands of nodes.</summary>
    public bool SharesDirectory { get; init; }

    /// <summary>When a request without an answer has failed: a session's timeout.</summary>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>When the dead are forgotten.</summary>
    public TimeSpan DeathDetection { get; init; } = TimeSpan.FromSeconds(90);

    public AnnouncerOptions Announcer { get; init; } = new();

    /// <summary>Events that a channel keeps for those who come later.</summary>
    public int ChannelEvents { get; init; } = 64;

    /// <summary>Whether to write down what happens.</summary>
    public bool Traces { get; init; } = true;
}
