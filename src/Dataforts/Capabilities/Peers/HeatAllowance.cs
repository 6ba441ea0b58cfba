namespace Dataforts.Capabilities.Peers;

/// <summary>How many heats a peer may still change: a bucket that time refills. An immutable value, so a decision can be replayed.</summary>
/// <param name="Credit">Changes that it may make now.</param>
/// <param name="At">When that was so.</param>
public readonly record struct HeatAllowance(double Credit, DateTimeOffset At)
{
    /// <summary>What a peer starts with.</summary>
    public static HeatAllowance Full(DateTimeOffset now) => new(PeerLimits.HeatBurst, now);

    /// <summary>What it is at a later time. A clock that went back gives nothing and takes nothing.</summary>
    public HeatAllowance AsOf(DateTimeOffset now)
    {
        if (now <= At) return this;
        return new(Math.Min(PeerLimits.HeatBurst, Credit + ((now - At).TotalSeconds * PeerLimits.HeatChangesPerSecond)), now);
    }

    /// <summary>What is left after changes.</summary>
    public HeatAllowance Spend(int changes) => this with { Credit = Credit - changes };
}
