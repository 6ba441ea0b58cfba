using Dataforts.Gravity;

namespace Dataforts.Simulation.Gravity;

/// <summary>The world of E2.</summary>
internal sealed record DriftOptions
{
    public int Zones { get; init; } = 3;

    public int NodesPerZone { get; init; } = 4;

    public int Chains { get; init; } = 600;

    public int SlotsPerNode { get; init; } = 40;

    public double ZipfExponent { get; init; } = 1.1;

    public TimeSpan LocalTime { get; init; } = TimeSpan.FromMilliseconds(0.05);

    public TimeSpan ZoneTime { get; init; } = TimeSpan.FromMilliseconds(1);

    public TimeSpan RemoteTime { get; init; } = TimeSpan.FromMilliseconds(40);

    /// <summary>Steps, each a tick; popularity is reshuffled in each zone when half are over.</summary>
    public int Steps { get; init; } = 400;

    public int ReadsPerStep { get; init; } = 100;

    public TimeSpan StepTime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A pull of what the same node let go this many steps ago, or fewer, is a re-pull.</summary>
    public int RepullSteps { get; init; } = 12;

    public HeatPolicy Heat { get; init; } = new() { HalfLife = TimeSpan.FromSeconds(12) };

    public PullPolicy Pull { get; init; } = new();

    public DriftFault Fault { get; init; }

    public int Nodes => Zones * NodesPerZone;
}
