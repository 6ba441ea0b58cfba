using Dataforts.Testing;

namespace Dataforts.Simulation.Gravity;

public sealed class DriftTests
{
    private const ulong Seed = 20_000;

    [Fact]
    public void Data_drifts_to_its_readers()
    {
        ulong seed = TestSeeds.For(nameof(Data_drifts_to_its_readers), 1)[0];
        ExperimentResult result = new DriftExperiment().Run(seed, CancellationToken.None);
        Assert.True(result.Accepted, $"seed {seed}: {string.Join(", ", result.Metrics.Where(metric => !metric.Passed))}");
    }

    [Theory]
    [InlineData("Frozen", "localShare", "meanTimeOfFrozen")]
    [InlineData("HeatOnHitOnly", "localShare", "meanTimeOfFrozen")]
    public void What_is_broken_shows(string fault, params string[] metrics) => AssertRejected(new DriftOptions { Steps = 60 }, fault, metrics);

    [Theory]
    [InlineData("NoHysteresis", "pullsPerSlotToFill", "repullShare")]
    [InlineData("Forgetful", "pullsPerSlotToFill", "repullShare")]
    [InlineData("NoDecay", "recoverySteps")]
    [Slow]
    public void What_is_broken_shows_in_the_long_run(string fault, params string[] metrics) => AssertRejected(new DriftOptions(), fault, metrics);

    [Fact]
    public void The_same_seed_gives_the_same_bytes() => TestSeeds.AssertRepeats(new DriftExperiment(new DriftOptions { Steps = 30 }));

    [Fact]
    [Slow]
    public void A_first_quarter_of_a_hundred_seeds_reaches_what_is_asked_of_their_median_and_their_worst() => AssertReached(0);

    [Fact]
    [Slow]
    public void A_second_quarter_of_a_hundred_seeds_reaches_what_is_asked_of_their_median_and_their_worst() => AssertReached(1);

    [Fact]
    [Slow]
    public void A_third_quarter_of_a_hundred_seeds_reaches_what_is_asked_of_their_median_and_their_worst() => AssertReached(2);

    [Fact]
    [Slow]
    public void A_fourth_quarter_of_a_hundred_seeds_reaches_what_is_asked_of_their_median_and_their_worst() => AssertReached(3);

    [Fact]
    [Slow]
    public void The_sweep_rejects_what_is_broken()
    {
        var options = new DriftOptions { Fault = DriftFault.Forgetful, Steps = 60 };
        Assert.Contains(DriftSweep.Run(options, Seed, 2, CancellationToken.None), metric => !metric.Passed);
    }

    private static void AssertRejected(DriftOptions options, string fault, string[] metrics)
    {
        ExperimentResult result = new DriftExperiment(options with { Fault = Enum.Parse<DriftFault>(fault) }).Run(Seed, CancellationToken.None);
        Assert.False(result.Accepted);
        foreach (string metric in metrics) Assert.False(result.Metrics.Single(one => one.Name == metric).Passed, string.Join(", ", result.Metrics));
    }

    // In four tests, which come into different slices of the slow lane.
    private static void AssertReached(int quarter)
    {
        const int Seeds = DriftSweep.Seeds / 4;
        ulong first = unchecked(TestSeeds.For(nameof(AssertReached), 1)[0] + (ulong)(quarter * Seeds));
        IReadOnlyList<ExperimentMetric> metrics = DriftSweep.Run(new DriftOptions(), first, Seeds, CancellationToken.None);
        TestContext.Current.TestOutputHelper?.WriteLine($"seeds from {first}: {string.Join(", ", metrics)}");
        Assert.All(metrics, metric => Assert.True(metric.Passed, $"seeds from {first}: {metric}"));
    }
}
