using Dataforts.Testing;

namespace Dataforts.Simulation.Gravity;

public sealed class DriftTests
{
    private const ulong Seed = 20_000;

    [Fact]
    public void Data_drifts_to_its_readers()
    {
        foreach (ulong seed in TestSeeds.For(nameof(Data_drifts_to_its_readers), 2))
        {
            ExperimentResult result = new DriftExperiment().Run(seed, CancellationToken.None);
            Assert.True(result.Accepted, $"seed {seed}: {string.Join(", ", result.Metrics.Where(metric => !metric.Passed))}");
        }
    }

    [Theory]
    [InlineData("Frozen", "localShare")]
    [InlineData("Frozen", "meanTimeOfFrozen")]
    [InlineData("HeatOnHitOnly", "localShare")]
    [InlineData("NoHysteresis", "pullsPerSlotToFill")]
    [InlineData("NoHysteresis", "repullShare")]
    [InlineData("Unordered", "localShare")]
    [InlineData("Unordered", "repullShare")]
    [InlineData("NoDecay", "recoverySteps")]
    public void What_is_broken_shows(string fault, string metric)
    {
        var options = new DriftOptions { Fault = Enum.Parse<DriftFault>(fault) };
        ExperimentResult result = new DriftExperiment(options).Run(Seed, CancellationToken.None);
        Assert.False(result.Accepted);
        Assert.False(result.Metrics.Single(one => one.Name == metric).Passed, string.Join(", ", result.Metrics));
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes() => TestSeeds.AssertRepeats(new DriftExperiment(new DriftOptions { Steps = 60 }));

    [Fact]
    [Slow]
    public void A_hundred_seeds_reach_what_is_asked_of_their_median_and_their_worst()
    {
        ulong first = TestSeeds.For(nameof(A_hundred_seeds_reach_what_is_asked_of_their_median_and_their_worst), 1)[0];
        IReadOnlyList<ExperimentMetric> metrics = DriftSweep.Run(new DriftOptions(), first, DriftSweep.Seeds, CancellationToken.None);
        Assert.All(metrics, metric => Assert.True(metric.Passed, $"seeds from {first}: {metric}"));
    }

    [Fact]
    [Slow]
    public void The_sweep_rejects_what_is_broken()
    {
        foreach (DriftFault fault in Enum.GetValues<DriftFault>().Where(fault => fault != DriftFault.None))
            Assert.Contains(DriftSweep.Run(new DriftOptions { Fault = fault }, Seed, 5, CancellationToken.None), metric => !metric.Passed);
    }
}
