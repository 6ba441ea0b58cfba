namespace Dataforts.Simulation.Gravity;

public sealed class ConvergenceTests
{
    [Fact]
    public void The_chain_comes_to_its_main_reader_within_two_windows()
    {
        foreach (ulong seed in TestSeeds.For(nameof(The_chain_comes_to_its_main_reader_within_two_windows), 5))
        {
            ExperimentResult result = new ConvergenceExperiment().Run(seed, CancellationToken.None);
            Assert.True(result.Accepted, $"seed {seed}: {string.Join(", ", result.Metrics)}");
        }
    }

    [Fact]
    public void It_does_not_when_gravity_is_off()
    {
        ExperimentResult result = new ConvergenceExperiment(new ConvergenceOptions { Fault = DriftFault.Frozen }).Run(1, CancellationToken.None);
        Assert.All(result.Metrics.Where(metric => metric.Limit is not null), metric => Assert.False(metric.Passed));
    }

    [Fact]
    public void It_does_not_when_heat_is_counted_only_where_a_copy_is()
    {
        ExperimentResult result = new ConvergenceExperiment(new ConvergenceOptions { Fault = DriftFault.HeatOnHitOnly }).Run(1, CancellationToken.None);
        Assert.All(result.Metrics.Where(metric => metric.Limit is not null), metric => Assert.False(metric.Passed));
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes() => TestSeeds.AssertRepeats(new ConvergenceExperiment());
}
