using System.Xml.Linq;

namespace Dataforts.Simulation.Plotting;

public sealed class SvgPlotTests
{
    [Fact]
    public void A_plot_is_well_formed_and_stays_on_its_canvas()
    {
        PlotSeries[] series = [new("a < b & c", [(1, 0.2), (10, 0.5), (100, double.NaN), (1000, 0.9)]), new("none", [])];
        foreach (bool logarithmic in (bool[])[false, true])
        {
            XDocument document = XDocument.Parse(SvgPlot.Lines("Title", "x", "y", series, logarithmic));
            Assert.Contains("a < b & c", document.Descendants().Select(element => element.Value));
            string path = document.Descendants().Where(element => element.Name.LocalName == "path").First().Attribute("d")!.Value;
            Assert.Equal(2, path.Count(c => c == 'M'));
            double[] numbers = [.. path.Split('M', 'L', ' ').Where(word => word.Length > 0)
                .Select(word => double.Parse(word, System.Globalization.CultureInfo.InvariantCulture))];
            Assert.All(numbers, number => Assert.InRange(number, 0, 820));
        }
    }

    [Fact]
    public void Bars_stand_on_the_axis_and_nothing_is_plotted_of_nothing()
    {
        string svg = SvgPlot.Bars("Title", ["one", "two"], "y", [new("a", [(0, 1), (1, -1)]), new("b", [(0, 2)])]);
        Assert.Equal(3, XDocument.Parse(svg).Descendants().Count(
            element => element.Name.LocalName == "rect" && element.Attribute("fill")!.Value is "#0072b2" or "#d55e00") - 2);
        XDocument.Parse(SvgPlot.Bars("Title", [], "y", []));
        XDocument.Parse(SvgPlot.Lines("Title", "x", "y", []));
    }
}
