using Dataforts.Content;
using Dataforts.Gravity;
using Dataforts.Greedy.Running;

namespace Dataforts.Simulation.Experiments;

/// <summary>What a simulated node is made of.</summary>
internal sealed record NodeOptions
{
    /// <summary>Whether it caches what flows past, at first.</summary>
    public bool IsGreedy { get; init; } = true;

    /// <summary>Whether it tells heat and pulls, at first.</summary>
    public bool HasGravity { get; init; } = true;

    public GreedyOptions Greedy { get; init; } = new();

    public HeatPolicy Heat { get; init; } = new();

    public PullPolicy Pull { get; init; } = new();

    public TimeSpan TickInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Between two announcements of what is held, so that evictions go together.</summary>
    public TimeSpan ClaimPace { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Room for pulled copies.</summary>
    public long CopyBytes { get; init; } = 50 * 1024;

    /// <summary>What a chain takes, about.</summary>
    public long ChainBytes { get; init; } = 1024;

    /// <summary>Events of its own chain that it keeps.</summary>
    public int OwnEvents { get; init; } = 64;

    public string? Zone { get; init; }

    /// <summary>Fetches a blob ahead.</summary>
    public Func<BlobRef, CancellationToken, ValueTask<bool>>? Prefetch { get; init; }

    public NodeFault Fault { get; init; }
}
