using Dataforts.Simulation.Catalog;
using Dataforts.Testing;

namespace Dataforts.Simulation.Experiments;

public sealed class ExperimentTests
{
    private const int SweptSeeds = 3;

    public static TheoryData<string> Names => ["e3", "e5", "e6", "e7", "e8", "e9", "e10", "e11"];

    [Theory]
    [MemberData(nameof(Names))]
    public void It_reaches_what_is_asked_of_it(string name) => AssertAccepted(name, TestSeeds.For(name, 1));

    [Theory]
    [MemberData(nameof(Names))]
    [Slow]
    public void It_does_so_for_seeds_that_nobody_chose(string name) => AssertAccepted(name, TestSeeds.For($"sweep {name}", SweptSeeds));

    private static void AssertAccepted(string name, ulong[] seeds)
    {
        foreach (ulong seed in seeds)
        {
            ExperimentResult result = ExperimentCatalog.Find(name)!.Run(seed, CancellationToken.None);
            Assert.True(result.Accepted, $"{name}, seed {seed}: {string.Join(", ", result.Metrics.Where(metric => !metric.Passed))}");
        }
    }
}
