namespace Dataforts.Simulation.Plotting;

/// <summary>From values to shares of a plot's width or height, and where the ticks are.</summary>
internal sealed class PlotAxis
{
    private const int AboutTicks = 6;

    private readonly double _from;
    private readonly double _to;
    private readonly bool _isLogarithmic;

    private PlotAxis(double from, double to, bool isLogarithmic, IReadOnlyList<double> ticks) =>
        (_from, _to, _isLogarithmic, Ticks) = (from, to, isLogarithmic, ticks);

    /// <summary>The values that are marked.</summary>
    public IReadOnlyList<double> Ticks { get; }

    /// <summary>An axis that holds all values, ending on round ones.</summary>
    public static PlotAxis Over(IEnumerable<double> values, bool isLogarithmic, bool withZero)
    {
        double least = withZero ? 0 : double.PositiveInfinity;
        double most = withZero ? 0 : double.NegativeInfinity;
        foreach (double value in values) (least, most) = (Math.Min(least, value), Math.Max(most, value));
        if (least > most) (least, most) = isLogarithmic ? (1, 10) : (0, 1);
        return isLogarithmic ? Powers(least, most) : Linear(least, most);
    }

    /// <summary>An axis from here to there, without ticks.</summary>
    public static PlotAxis Exactly(double from, double to) => new(from, to, false, []);

    /// <summary>Where a value lies: 0 at the start, 1 at the end.</summary>
    public double Share(double value) => ((_isLogarithmic ? Math.Log10(value) : value) - _from) / (_to - _from);

    private static PlotAxis Linear(double least, double most)
    {
        if (least == most) most = least + 1;
        double rough = (most - least) / AboutTicks;
        double power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double step = power * (rough / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 };
        long first = (long)Math.Floor(least / step);
        long last = (long)Math.Ceiling(most / step);
        var ticks = new List<double>();
        for (long i = first; i <= last; i++) ticks.Add(i * step);
        return new PlotAxis(first * step, last * step, false, ticks);
    }

    private static PlotAxis Powers(double least, double most)
    {
        double first = Math.Floor(Math.Log10(least));
        double last = Math.Max(first + 1, Math.Ceiling(Math.Log10(most)));
        var ticks = new List<double>();
        for (double power = first; power <= last; power++) ticks.Add(Math.Pow(10, power));
        return new PlotAxis(first, last, true, ticks);
    }
}
