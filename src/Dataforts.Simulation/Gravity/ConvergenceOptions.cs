using Dataforts.Gravity;

namespace Dataforts.Simulation.Gravity;

/// <summary>The world of E1.</summary>
internal sealed record ConvergenceOptions
{
    /// <summary>Round trips from each reader to the publisher.</summary>
    public IReadOnlyList<TimeSpan> ToPublisher { get; init; } =
        [TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(40)];

    /// <summary>The round trip between two readers.</summary>
    public TimeSpan BetweenReaders { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>How often announcements go out, and plans are made.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(10);

    public int Windows { get; init; } = 20;

    /// <summary>Reads of the chain in a window, by all readers.</summary>
    public int ReadsPerWindow { get; init; } = 100;

    /// <summary>Reads of its other chains that each reader makes in a window, from favourite to least.</summary>
    public int OtherReadsPerWindow { get; init; } = 60;

    public int SlotsPerNode { get; init; } = 6;

    /// <summary>Other chains that each reader reads: more than its slots, so that a copy has to earn its place.</summary>
    public int OtherChains { get; init; } = 12;

    /// <summary>The share of the chain's reads that the last reader makes.</summary>
    public double MainShare { get; init; } = 0.8;

    public HeatPolicy Heat { get; init; } = new() { HalfLife = TimeSpan.FromMinutes(1) };

    public PullPolicy Pull { get; init; } = new();

    /// <summary>Frozen and HeatOnHitOnly mean something here.</summary>
    public DriftFault Fault { get; init; }
}
