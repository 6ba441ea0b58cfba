namespace Dataforts.Gravity;

/// <summary>How heat is counted and when it is told to others. Immutable.</summary>
public sealed record HeatPolicy
{
    /// <summary>Whether heat is told at all; it is counted either way.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>How many times hotter or colder a key must get before it is told again.</summary>
    /// <value>2; 1.01 to 10.</value>
    /// <exception cref="ArgumentOutOfRangeException">It is outside that.</exception>
    public double EmitRatio
    {
        get;
        init => field = value is >= 1.01 and <= 10
            ? value : throw new ArgumentOutOfRangeException(nameof(EmitRatio), value, "the ratio is 1.01 to 10");
    } = 2;

    /// <summary>The rate that is shown as 1.00, in reads a half-life.</summary>
    /// <value>1,000; finite, at least 1.5.</value>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    public double ReferenceRate
    {
        get;
        init => field = value >= 1.5 && double.IsFinite(value)
            ? value : throw new ArgumentOutOfRangeException(nameof(ReferenceRate), value, "the reference rate is finite and at least 1.5");
    } = 1000;

    /// <summary>In how long heat halves.</summary>
    /// <value>30 minutes; 1 ms to 3,650 days.</value>
    /// <exception cref="ArgumentOutOfRangeException">It is outside that.</exception>
    public TimeSpan HalfLife
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, HeatLimits.MinHalfLife, nameof(HalfLife));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, HeatLimits.MaxHalfLife, nameof(HalfLife));
            field = value;
        }
    } = TimeSpan.FromMinutes(30);

    /// <summary>Keys that are advertised at most.</summary>
    /// <value>256; 1 to <see cref="HeatLimits.MaxCapacity"/>.</value>
    /// <exception cref="ArgumentOutOfRangeException">It is outside that.</exception>
    public int MaxAdvertised
    {
        get;
        init => field = value is >= 1 and <= HeatLimits.MaxCapacity
            ? value : throw new ArgumentOutOfRangeException(nameof(MaxAdvertised), value, $"1 to {HeatLimits.MaxCapacity} keys");
    } = HeatLimits.DefaultAdvertised;

    /// <summary>Changes that one tick hands out at most; withdrawals go first.</summary>
    /// <value>64; 1 or more.</value>
    /// <exception cref="ArgumentOutOfRangeException">It is less.</exception>
    public int MaxChangesPerTick
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(MaxChangesPerTick), value, "at least 1 change");
    } = HeatLimits.DefaultChangesPerTick;
}
