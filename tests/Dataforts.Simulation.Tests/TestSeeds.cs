using System.Globalization;

namespace Dataforts.Simulation;

/// <summary>Seeds that nobody chose: from DATAFORTS_TEST_SEED when it is set, so that a run can be repeated.</summary>
internal static class TestSeeds
{
    private static readonly ulong First =
        ulong.TryParse(Environment.GetEnvironmentVariable("DATAFORTS_TEST_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed)
            ? seed : (ulong)Random.Shared.NextInt64();

    /// <summary>Seeds for one test.</summary>
    public static ulong[] For(string test, int count)
    {
        ulong hash = test.Aggregate(17UL, (sum, c) => unchecked((sum * 31) + c));
        return [.. Enumerable.Range(0, count).Select(i => unchecked((First ^ hash) + (ulong)i))];
    }

    /// <summary>Checks that a seed gives the same bytes twice, and another seed another trace.</summary>
    public static void AssertRepeats(IExperiment experiment)
    {
        ExperimentResult first = experiment.Run(5, CancellationToken.None), again = experiment.Run(5, CancellationToken.None);
        Assert.Equal(first.Metrics, again.Metrics);
        Assert.Equal(first.Plots, again.Plots);
        Assert.Equal(first.Trace, again.Trace);
        Assert.NotEmpty(first.Trace);
        Assert.NotEqual(first.Trace, experiment.Run(6, CancellationToken.None).Trace);
        Assert.All(first.Plots, plot => Assert.StartsWith("<svg", plot.Svg, StringComparison.Ordinal));
    }
}
