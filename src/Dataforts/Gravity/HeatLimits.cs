namespace Dataforts.Gravity;

/// <summary>The limits of heat, emission and pulls.</summary>
public static class HeatLimits
{
    /// <summary>Keys that a registry counts by default; the one touched least recently makes room.</summary>
    public const int DefaultCapacity = 8192;

    /// <summary>The most keys that a registry can be made to count: 16,777,216.</summary>
    public const int MaxCapacity = 1 << 24;

    /// <summary>The shortest half-life: 1 ms.</summary>
    public static readonly TimeSpan MinHalfLife = TimeSpan.FromMilliseconds(1);

    /// <summary>The longest half-life: 3,650 days.</summary>
    public static readonly TimeSpan MaxHalfLife = TimeSpan.FromDays(3650);

    /// <summary>Below this a decayed rate is 0: 2^-52, the machine's epsilon.</summary>
    public const double RateFloor = 2.220446049250313e-16;

    /// <summary>Keys of one kind that a node advertises heat for by default; the hottest are chosen. Peers keep no more blob heats than this.</summary>
    public const int DefaultAdvertised = 256;

    /// <summary>Changes that one tick puts into an announcement by default; the rest wait for the next.</summary>
    public const int DefaultChangesPerTick = 64;
}
