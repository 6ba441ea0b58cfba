namespace Dataforts.Simulation.Gravity;

public sealed class EmissionTests
{
    [Fact]
    public void Heat_is_told_as_often_as_it_has_to_be()
    {
        foreach (ulong seed in TestSeeds.For(nameof(Heat_is_told_as_often_as_it_has_to_be), 10))
        {
            ExperimentResult result = new EmissionExperiment().Run(seed, CancellationToken.None);
            Assert.True(result.Accepted, $"seed {seed}: {string.Join(", ", result.Metrics.Where(metric => !metric.Passed))}");
        }
    }

    [Theory]
    [InlineData("NoHysteresis", "chainRampEmissionsAtMost")]
    [InlineData("NoHysteresis", "blobBelowRatioEmissions")]
    [InlineData("NoWireZero", "chainDecayEmissions")]
    [InlineData("NoWireZero", "blobWithdrawnAfterHalfLives")]
    [InlineData("CommitBeforeSink", "chainEmissionsAfterARefusal")]
    public void What_is_broken_shows(string fault, string metric)
    {
        ExperimentResult result = new EmissionExperiment(Enum.Parse<EmissionFault>(fault)).Run(1, CancellationToken.None);
        Assert.False(result.Accepted);
        Assert.False(result.Metrics.Single(one => one.Name == metric).Passed);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes() => TestSeeds.AssertRepeats(new EmissionExperiment());
}
