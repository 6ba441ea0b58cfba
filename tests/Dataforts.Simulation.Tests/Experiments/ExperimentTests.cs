using Dataforts.Simulation.Catalog;
using Dataforts.Testing;

namespace Dataforts.Simulation.Experiments;

public sealed class ExperimentTests
{
    private const int SweptSeeds = 5;

    public static TheoryData<string> Names => ["e3", "e5", "e6", "e7", "e8", "e9", "e10", "e11"];

    [Theory]
    [MemberData(nameof(Names))]
    public void It_reaches_what_is_asked_of_it(string name) => AssertAccepted(name, TestSeeds.For(name, 1));

    [Theory]
    [MemberData(nameof(Names))]
    [Slow]
    public void It_does_so_for_seeds_that_nobody_chose(string name) => AssertAccepted(name, TestSeeds.For($"sweep {name}", SweptSeeds));

    [Theory]
    [InlineData("e3", "NoHysteresis", "mostChangesOfAPulledChainAnHour")]
    [InlineData("e3", "NoHysteresis", "mostChangesOfACachedChainAnHour")]
    [InlineData("e5", "TellsEach", "saturatedBytesOfBaseline")]
    [InlineData("e6", "KeepsClaims", "claimsSeenAWindowAfterEviction")]
    [InlineData("e6", "AsksOnce", "failedReads")]
    [InlineData("e7", "AdmitsAll", "scopeCacheBytes")]
    [InlineData("e7", "AdmitsAll", "copiedOfBudgetAtMost")]
    [InlineData("e8", "KeepsHeat", "bothTagsLeftAfterOff")]
    [InlineData("e8", "KeepsClaims", "greedyTagsLeftAfterOff")]
    [InlineData("e8", "LosesWhileToggling", "bothLostEvents")]
    [InlineData("e9", "NeverForgets", "secondsToRouteAround")]
    [InlineData("e9", "AsksOnce", "failedReads")]
    [InlineData("e9", "MuteAfterRestart", "readersBlindAWindowAfterReturn")]
    [InlineData("e10", "WaitsForPrefetch", "latencyP99OfPlain")]
    [InlineData("e10", "BelievesForgedHeat", "forgedHeatsKept")]
    [InlineData("e11", "ForeignChance", "sameSeedSameTrace")]
    public void What_is_broken_shows(string name, string fault, string metric)
    {
        ExperimentResult result = Broken(name, Enum.Parse<NodeFault>(fault)).Run(11, CancellationToken.None);
        Assert.False(result.Accepted);
        Assert.False(result.Metrics.Single(one => one.Name == metric).Passed, string.Join(", ", result.Metrics));
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes() => TestSeeds.AssertRepeats(new EvictionExperiment());

    [Fact]
    public void Two_thousand_nodes_run_in_one_process()
    {
        string trace = DeterminismExperiment.Live(3, 2000, sharesDirectory: true, TimeSpan.FromSeconds(40), NodeFault.None, CancellationToken.None);
        Assert.Contains(" pulls ", trace, StringComparison.Ordinal);
        Assert.Contains(" admits ", trace, StringComparison.Ordinal);
    }

    private static void AssertAccepted(string name, ulong[] seeds)
    {
        foreach (ulong seed in seeds)
        {
            ExperimentResult result = ExperimentCatalog.Find(name)!.Run(seed, CancellationToken.None);
            Assert.True(result.Accepted, $"{name}, seed {seed}: {string.Join(", ", result.Metrics.Where(metric => !metric.Passed))}");
        }
    }

    private static WorldExperiment Broken(string name, NodeFault fault) => name switch
    {
        "e3" => new ThrashExperiment(fault),
        "e5" => new CostExperiment(fault),
        "e6" => new EvictionExperiment(fault),
        "e7" => new GateExperiment(fault),
        "e8" => new ModeExperiment(fault),
        "e9" => new DeathExperiment(fault),
        "e10" => new FloodExperiment(fault),
        _ => new DeterminismExperiment(fault),
    };
}
