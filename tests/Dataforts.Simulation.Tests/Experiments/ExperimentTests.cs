namespace Dataforts.Simulation.Experiments;

public sealed class ExperimentTests
{
    public static TheoryData<string> Names => ["e3", "e5", "e6", "e7", "e8", "e9", "e10", "e11"];

    [Theory]
    [MemberData(nameof(Names))]
    public void It_reaches_what_is_asked_of_it(string name)
    {
        ulong seed = TestSeeds.For(name, 1)[0];
        ExperimentResult result = ExperimentCatalog.Find(name)!.Run(seed, CancellationToken.None);
        Assert.True(result.Accepted, $"{name}, seed {seed}: {string.Join(", ", result.Metrics.Where(metric => !metric.Passed))}");
    }
}
