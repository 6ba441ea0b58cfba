namespace Dataforts.Simulation.Plotting;

/// <summary>One line of a plot, or one colour of its bars.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Points">X and y; for bars, x is the number of the group, from 0. A point that is not finite interrupts a line.</param>
public sealed record PlotSeries(string Name, IReadOnlyList<(double X, double Y)> Points);
