using System.Globalization;
using System.Text;

namespace Dataforts.Simulation.Plotting;

/// <summary>A plot as an SVG document, with axes, ticks and a legend. The same input gives the same bytes on every machine.</summary>
public sealed class SvgPlot
{
    private const int Width = 820;
    private const int Height = 480;
    private const int Left = 72;
    private const int Right = 190;
    private const int Top = 44;
    private const int Bottom = 56;

    // Okabe and Ito's colours, told apart by the colour-blind too, and black.
    private static readonly string[] Colours =
        ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#8c564b", "#7f7f7f", "#bcbd22"];

    private readonly StringBuilder _svg = new();
    private readonly PlotAxis _x;
    private readonly PlotAxis _y;

    private SvgPlot(string title, PlotAxis x, PlotAxis y)
    {
        (_x, _y) = (x, y);
        _svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" ");
        _svg.Append("font-family=\"sans-serif\" font-size=\"12\">\n");
        _svg.Append(CultureInfo.InvariantCulture, $"<rect width=\"{Width}\" height=\"{Height}\" fill=\"#ffffff\"/>\n");
        Text(Left, 24, "start", title, " font-size=\"15\"");
    }

    /// <summary>Lines through points.</summary>
    /// <param name="title">Above it.</param>
    /// <param name="xLabel">Below the x axis, with the unit.</param>
    /// <param name="yLabel">Above the y axis, with the unit.</param>
    /// <param name="series">What to draw.</param>
    /// <param name="xIsLogarithmic">Whether the x axis counts in powers of ten; points at or below 0 are left out then.</param>
    public static string Lines(string title, string xLabel, string yLabel, IReadOnlyList<PlotSeries> series, bool xIsLogarithmic = false)
    {
        (double X, double Y)[] all = [.. series.SelectMany(s => s.Points).Where(p => Finite(p) && (!xIsLogarithmic || p.X > 0))];
        var plot = new SvgPlot(
            title, PlotAxis.Over(all.Select(p => p.X), xIsLogarithmic, withZero: false), PlotAxis.Over(all.Select(p => p.Y), false, withZero: true));
        plot.DrawAxes(xLabel, yLabel, plot._x.Ticks.Select(tick => (tick, Number(tick))));
        for (int i = 0; i < series.Count; i++)
        {
            plot.DrawLine(series[i].Points, Colours[i % Colours.Length], xIsLogarithmic);
            plot.DrawLegend(i, series[i].Name);
        }
        return plot.Finish();
    }

    /// <summary>Groups of bars side by side.</summary>
    /// <param name="title">Above it.</param>
    /// <param name="groups">The names of the groups, along the x axis.</param>
    /// <param name="yLabel">Above the y axis, with the unit.</param>
    /// <param name="series">A colour each.</param>
    public static string Bars(string title, IReadOnlyList<string> groups, string yLabel, IReadOnlyList<PlotSeries> series)
    {
        var plot = new SvgPlot(
            title,
            PlotAxis.Exactly(-0.5, Math.Max(1, groups.Count) - 0.5),
            PlotAxis.Over(series.SelectMany(s => s.Points).Where(Finite).Select(p => p.Y), false, withZero: true));
        plot.DrawAxes("", yLabel, groups.Select((name, i) => ((double)i, name)));
        double width = 0.8 / Math.Max(1, series.Count);
        for (int i = 0; i < series.Count; i++)
        {
            foreach ((double x, double y) in series[i].Points.Where(Finite))
            {
                double from = plot.X(x - 0.4 + (i * width));
                double to = plot.X(x - 0.4 + ((i + 1) * width));
                double top = Math.Min(plot.Y(y), plot.Y(0));
                string bar = $"<rect x=\"{C(from)}\" y=\"{C(top)}\" width=\"{C(to - from)}\" height=\"{C(Math.Abs(plot.Y(y) - plot.Y(0)))}\"";
                plot._svg.Append(bar).Append(CultureInfo.InvariantCulture, $" fill=\"{Colours[i % Colours.Length]}\"/>\n");
            }
            plot.DrawLegend(i, series[i].Name);
        }
        return plot.Finish();
    }

    private static bool Finite((double X, double Y) point) => double.IsFinite(point.X) && double.IsFinite(point.Y);

    private static string C(double coordinate) => Math.Round(coordinate, 1).ToString("0.0", CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString("G4", CultureInfo.InvariantCulture);

    private double X(double value) => Left + (_x.Share(value) * (Width - Left - Right));

    private double Y(double value) => Height - Bottom - (_y.Share(value) * (Height - Top - Bottom));

    private void DrawAxes(string xLabel, string yLabel, IEnumerable<(double At, string Label)> ticks)
    {
        foreach (double tick in _y.Ticks)
        {
            Line(Left, Y(tick), Width - Right, Y(tick), "#dddddd");
            Text(Left - 6, Y(tick) + 4, "end", Number(tick));
        }
        foreach ((double at, string label) in ticks)
        {
            Line(X(at), Height - Bottom, X(at), Height - Bottom + 5, "#000000");
            Text(X(at), Height - Bottom + 19, "middle", label, Tilt(at));
        }
        Line(Left, Height - Bottom, Width - Right, Height - Bottom, "#000000");
        Line(Left, Top, Left, Height - Bottom, "#000000");
        Text(Left + ((Width - Left - Right) / 2.0), Height - 12, "middle", xLabel);
        Text(Left, Top - 6, "start", yLabel);
    }

    // Names of many groups would lie over each other.
    private string Tilt(double at) => _x.Ticks.Count > 0 || _x.Share(1) - _x.Share(0) > 0.1
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $" font-size=\"9\" transform=\"rotate(-30 {C(X(at))} {Height - Bottom + 19})\"");

    private void DrawLine(IReadOnlyList<(double X, double Y)> points, string colour, bool isLogarithmic)
    {
        var path = new StringBuilder();
        bool isOpen = false;
        foreach ((double X, double Y) point in points)
        {
            if (!Finite(point) || (isLogarithmic && point.X <= 0))
            {
                isOpen = false;
                continue;
            }
            path.Append(CultureInfo.InvariantCulture, $"{(isOpen ? 'L' : 'M')}{C(X(point.X))} {C(Y(point.Y))}");
            isOpen = true;
        }
        _svg.Append(CultureInfo.InvariantCulture, $"<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.8\"/>\n");
    }

    private void DrawLegend(int index, string name)
    {
        int y = Top + 8 + (index * 18);
        string square = $"<rect x=\"{Width - Right + 14}\" y=\"{y - 9}\" width=\"10\" height=\"10\" fill=\"{Colours[index % Colours.Length]}\"/>\n";
        _svg.Append(square);
        Text(Width - Right + 30, y, "start", name);
    }

    private void Line(double x1, double y1, double x2, double y2, string colour) => _svg.Append(
        CultureInfo.InvariantCulture, $"<line x1=\"{C(x1)}\" y1=\"{C(y1)}\" x2=\"{C(x2)}\" y2=\"{C(y2)}\" stroke=\"{colour}\"/>\n");

    private void Text(double x, double y, string anchor, string text, string more = "")
    {
        string escaped = text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
        _svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{C(x)}\" y=\"{C(y)}\" text-anchor=\"{anchor}\"{more}>{escaped}</text>\n");
    }

    private string Finish() => _svg.Append("</svg>\n").ToString();
}
