namespace Dataforts.Mesh.Embedded;

/// <summary>How the nodes of an <see cref="EmbeddedNetwork"/> stand to each other.</summary>
public sealed record EmbeddedNetworkOptions
{
    /// <summary>The clock: <see cref="VirtualTime"/> for simulation, the system's otherwise.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The way from one node to another, in one direction. Asked for each message, so it may change.</summary>
    /// <value>None by default.</value>
    public Func<NodeId, NodeId, TimeSpan> Latency { get; init; } = static (_, _) => TimeSpan.Zero;

    /// <summary>The share of messages that get lost, drawn from <see cref="Seed"/>.</summary>
    /// <value>0 by default, below 1.</value>
    public double Loss
    {
        get;
        init => field = value is >= 0 and < 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "loss is from 0 to below 1");
    }

    /// <summary>Where chance comes from.</summary>
    public ulong Seed { get; init; }

    /// <summary>When a request without an answer counts as failed.</summary>
    /// <value>30 s by default.</value>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long after its death nodes forget one.</summary>
    /// <value>90 s by default: three times a session's timeout.</value>
    public TimeSpan DeathDetection { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>How nodes announce themselves.</summary>
    public AnnouncerOptions Announcer { get; init; } = new();

    /// <summary>Where nodes keep the versions of their announcements, asked once for each; in memory, as long as the network lives, when null. A
    /// <see cref="VersionFile"/> keeps them over restarts of the process.</summary>
    public Func<NodeId, IVersionRecord>? Versions { get; init; }

    /// <summary>Events that a channel keeps for those who come later.</summary>
    /// <value>65,536 by default.</value>
    public int ChannelEvents { get; init; } = 64 * 1024;

    /// <summary>Payload bytes that a channel keeps for those who come later; the newest event is kept whatever its length.</summary>
    /// <value>64 MiB by default.</value>
    public long ChannelBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>The most peers that a node knows.</summary>
    /// <value>65,536 by default.</value>
    public int MaxPeers { get; init; } = 64 * 1024;

    /// <summary>One directory for all nodes, which each announcement reaches once, after the way from its author to itself. Makes thousands of nodes
    /// cheap; loss and partitions do not touch announcements then.</summary>
    public bool SharesDirectory { get; init; }
}
