using Dataforts.Capabilities;
using Dataforts.Capabilities.Peers;
using Dataforts.Content;
using Dataforts.Gravity;
using Dataforts.Greedy.Running;

namespace Dataforts.Placement;

/// <summary>How a node takes part in placement. Immutable.</summary>
public sealed record PlacementNodeOptions
{
    /// <summary>The origin hash of what this node publishes; its id when null.</summary>
    public ulong? Origin { get; init; }

    /// <summary>Whether it caches what flows past, at first.</summary>
    public bool IsGreedy { get; init; } = true;

    /// <summary>Whether it tells heat and pulls copies, at first.</summary>
    public bool HasGravity { get; init; } = true;

    /// <summary>How it caches.</summary>
    public GreedyOptions Greedy { get; init; } = new();

    /// <summary>How heat is counted and told.</summary>
    public HeatPolicy Heat { get; init; } = new();

    /// <summary>What is worth a copy.</summary>
    public PullPolicy Pull { get; init; } = new();

    /// <summary>How far others may cache what it offers.</summary>
    public ScopeWidth GreedyScope { get; init; } = ScopeWidth.Mesh;

    /// <summary>From how far it pulls, and how far gravity may carry what it offers.</summary>
    public ScopeWidth GravityScope { get; init; } = ScopeWidth.Mesh;

    /// <summary>The zone it is in; null when it does not say.</summary>
    public string? Zone { get; init; }

    /// <summary>The region it is in; null when it does not say.</summary>
    public string? Region { get; init; }

    /// <summary>From one tick to the next.</summary>
    /// <value>5 s; more than zero.</value>
    public TimeSpan TickInterval { get; init => field = Positive(value, nameof(TickInterval)); } = TimeSpan.FromSeconds(5);

    /// <summary>From the start to the first tick, so that nodes that start together need not tick together; an interval when null.</summary>
    public TimeSpan? FirstTick { get; init; }

    /// <summary>Room for pulled copies. For the time of a pull that displaces others there is one copy more.</summary>
    /// <value>256 MiB; 0 for no copies.</value>
    public long CopyBytes { get; init => field = NotNegative(value, nameof(CopyBytes)); } = 256L << 20;

    /// <summary>What one copy may take, headers of events among it; that much room is set aside for each. Its newest events stay.</summary>
    /// <value>4 MiB; 1 or more.</value>
    public long ChainBytes { get; init => field = Positive(value, nameof(ChainBytes)); } = 4L << 20;

    /// <summary>What is kept of its own events for peers that read them, by channel; the newest stay.</summary>
    /// <value>16 MiB; 1 or more.</value>
    public long OwnBytes { get; init => field = Positive(value, nameof(OwnBytes)); } = 16L << 20;

    /// <summary>Events of its own that it keeps, by channel.</summary>
    /// <value>1,024; 1 or more.</value>
    public int OwnEvents { get; init => field = (int)Positive(value, nameof(OwnEvents)); } = 1024;

    /// <summary>Holders that a read asks at most.</summary>
    /// <value>8; 1 or more.</value>
    public int HoldersAsked { get; init => field = (int)Positive(value, nameof(HoldersAsked)); } = 8;

    /// <summary>How far away a holder is taken to be while nobody has measured it.</summary>
    /// <value>100 ms.</value>
    public TimeSpan AssumedRoundTrip { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Fetches a blob ahead of its readers; null for never. True when it is here now.</summary>
    public Func<BlobRef, CancellationToken, ValueTask<bool>>? Prefetch { get; init; }

    /// <summary>Where announcements and fetches of greedy caching run.</summary>
    public TaskScheduler Scheduler { get; init; } = TaskScheduler.Default;

    /// <summary>An index of peers to share with other nodes of this process, which whoever made it disposes; one of its own when null.</summary>
    public PeerIndex? Index { get; init; }

    /// <summary>Told of each deed, as it is done, from whatever thread does it: it must return at once and not throw.</summary>
    public Action<PlacementEvent>? Observer { get; init; }

    private static TimeSpan Positive(TimeSpan value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero, name);
        return value;
    }

    private static long Positive(long value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, name);
        return value;
    }

    private static long NotNegative(long value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value, name);
        return value;
    }
}
