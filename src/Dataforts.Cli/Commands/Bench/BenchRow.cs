namespace Dataforts.Cli.Commands.Bench;

/// <summary>One figure, beside what the machine allows.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Value">The figure: the median of the turns.</param>
/// <param name="Unit">Of the value and the limit.</param>
/// <param name="Limit">The same for what it is held against, measured in the same turns.</param>
/// <param name="Ratio">Value over limit: the median of the turns' own ratios, which noise common to both leaves alone.</param>
/// <param name="LimitOf">What the limit is the figure of.</param>
/// <param name="Goal">What is to be reached; null where nothing is asked.</param>
internal sealed record BenchRow(string Name, double Value, string Unit, double Limit, double Ratio, string LimitOf, BenchGoal? Goal)
{
    /// <summary>A figure that has no turns, such as a peak.</summary>
    /// <remarks>Against a limit of none the figure is its own ratio.</remarks>
    public static BenchRow Single(string name, double value, string unit, double limit, string limitOf, BenchGoal? goal) =>
        new(name, value, unit, limit, limit == 0 ? value : value / limit, limitOf, goal);

    /// <summary>Whether the goal is reached; null where there is none.</summary>
    public bool? IsMet => Goal?.IsMet(Value, Ratio);
}
