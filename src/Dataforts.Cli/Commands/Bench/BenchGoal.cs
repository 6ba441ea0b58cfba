using System.Globalization;

namespace Dataforts.Cli.Commands.Bench;

/// <summary>What a figure is to reach.</summary>
/// <param name="OfRatio">Whether the ratio is meant, or the value itself.</param>
/// <param name="AtLeast">Whether more is better.</param>
/// <param name="Figure">The least, or the most.</param>
internal readonly record struct BenchGoal(bool OfRatio, bool AtLeast, double Figure)
{
    public static BenchGoal RatioAtLeast(double figure) => new(true, true, figure);

    public static BenchGoal RatioAtMost(double figure) => new(true, false, figure);

    public static BenchGoal ValueAtLeast(double figure) => new(false, true, figure);

    public static BenchGoal ValueAtMost(double figure) => new(false, false, figure);

    public bool IsMet(double value, double ratio)
    {
        double figure = OfRatio ? ratio : value;
        return AtLeast ? figure >= Figure : figure <= Figure;
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(OfRatio ? "ratio" : "value")} {(AtLeast ? ">=" : "<=")} {Figure}");
}
