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

    /// <summary>Whether to write down what happens.</summary>
    public bool Traces { get; init; } = true;

    public int Nodes => Zones * NodesPerZone;

    /// <summary>How heat is counted, the fault heeded.</summary>
    public HeatPolicy HeatOfFault => Fault switch
    {
        DriftFault.NoDecay => Heat with { HalfLife = HeatLimits.MaxHalfLife },
        DriftFault.Forgetful => Heat with { HalfLife = StepTime / 2 },
        _ => Heat,
    };

    /// <summary>What is worth a copy, the fault heeded.</summary>
    public PullPolicy PullOfFault => Fault switch
    {
        DriftFault.NoHysteresis => Pull with { Factor = 1 },
        DriftFault.Forgetful => Pull with { Factor = 1, MinRate = 0.01 },
        _ => Pull,
    };
}
