using Dataforts.Greedy.Eviction;
using Dataforts.Simulation.Caching.Traces;
using Dataforts.Testing;

namespace Dataforts.Simulation.Caching;

public sealed class CachingExperimentTests
{
    private static TraceGenerator[] Some => [.. new[] { "zipf-drift", "scan", "loop", "mixed-sizes", "recency" }.Select(name => TraceCatalog.Find(name)!)];

    [Fact]
    public void The_default_is_near_the_best_on_each_kind()
    {
        ExperimentResult result = new CachingExperiment(EvictionPolicies.Default, 30_000, Some).Run(17, TestContext.Current.CancellationToken);
        Assert.True(result.Accepted, Missed(result));
        Assert.Single(result.Plots);
    }

    [Theory]
    [InlineData("lru")]
    [InlineData("fifo")]
    [InlineData("heat")]
    [InlineData("wtinylfu")]
    public void Another_in_its_place_is_found_out(string twin) =>
        Assert.False(new CachingExperiment(twin, 30_000, Some).Run(17, TestContext.Current.CancellationToken).Accepted);

    [Fact]
    public void The_same_seed_gives_the_same_bytes()
    {
        var experiment = new CachingExperiment(EvictionPolicies.Default, 5000, Some);
        ExperimentResult first = experiment.Run(3, TestContext.Current.CancellationToken);
        ExperimentResult second = experiment.Run(3, TestContext.Current.CancellationToken);
        Assert.Equal(first.Trace, second.Trace);
        Assert.Equal(first.Plots, second.Plots);
        Assert.Equal(first.Metrics, second.Metrics);
        Assert.NotEqual(first.Trace, experiment.Run(4, TestContext.Current.CancellationToken).Trace);
    }

    [Fact]
    [Slow]
    public void The_default_is_near_the_best_for_many_seeds()
    {
        var experiment = new CachingExperiment();
        for (ulong seed = 1000; seed < 1010; seed++)
        {
            ExperimentResult result = experiment.Run(seed, TestContext.Current.CancellationToken);
            Assert.True(result.Accepted, $"seed {seed}: {Missed(result)}");
        }
    }

    private static string Missed(ExperimentResult result) =>
        string.Join(", ", result.Metrics.Where(metric => !metric.Passed).Select(metric => $"{metric.Name} {metric.Value:F2}"));
}
