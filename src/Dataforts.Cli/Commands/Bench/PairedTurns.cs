namespace Dataforts.Cli.Commands.Bench;

/// <summary>What we do and what the machine can do, measured in turns: on a machine that others use too, only what was measured side by side
/// can be compared.</summary>
internal sealed class PairedTurns
{
    private readonly List<double> _ours = [];
    private readonly List<double> _limits = [];

    /// <summary>The figures of one turn, in the same unit.</summary>
    public void Add(double ours, double limit)
    {
        _ours.Add(ours);
        _limits.Add(limit);
    }

    public BenchRow Row(string name, string unit, string limitOf, BenchGoal? goal) => new(
        name, Median(_ours), unit, Median(_limits), Median(_ours.Zip(_limits, (ours, limit) => ours / limit)), limitOf, goal);

    /// <summary>The middle one: one turn that was disturbed does not count.</summary>
    public static double Median(IEnumerable<double> figures)
    {
        double[] sorted = [.. figures.Order()];
        return sorted[sorted.Length / 2];
    }
}
