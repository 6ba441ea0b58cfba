namespace Dataforts.Mesh;

/// <summary>How a node announces itself.</summary>
public sealed record AnnouncerOptions
{
    /// <summary>The least time between two announcements, but for urgent ones.</summary>
    /// <value>10 s by default; above zero.</value>
    public TimeSpan Interval { get; init => field = Positive(value, nameof(Interval)); } = MeshLimits.DefaultAnnounceInterval;

    /// <summary>How long others may believe one. A node repeats itself at a third of it.</summary>
    /// <value>5 min by default; above zero, at most <see cref="MeshLimits.MaxLifetime"/>.</value>
    public TimeSpan Lifetime
    {
        get;
        init
        {
            if (value > MeshLimits.MaxLifetime)
                throw new ArgumentOutOfRangeException(nameof(Lifetime), value, $"a lifetime is at most {MeshLimits.MaxLifetime}");
            field = Positive(value, nameof(Lifetime));
        }
    } = MeshLimits.DefaultLifetime;

    /// <summary>How many urgent announcements go out at once within an interval; more of them wait for their share of it, together.</summary>
    /// <value>8 by default; above zero.</value>
    public int UrgentBurst
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(UrgentBurst));
            field = value;
        }
    } = MeshLimits.DefaultUrgentBurst;

    private static TimeSpan Positive(TimeSpan value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero, name);
        return value;
    }
}
