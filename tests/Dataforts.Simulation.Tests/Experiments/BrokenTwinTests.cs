using Dataforts.Testing;

namespace Dataforts.Simulation.Experiments;

/// <summary>Each property has a twin that lacks it, which the experiment has to reject.</summary>
public sealed class BrokenTwinTests
{
    [Theory]
    [InlineData("e7", "AdmitsAll", "scopeCacheBytes", "copiedOfBudgetAtMost")]
    [InlineData("e9", "NeverForgets", "secondsToRouteAround")]
    [InlineData("e9", "AsksOnce", "failedReads")]
    [InlineData("e9", "MuteAfterRestart", "readersBlindAWindowAfterReturn")]
    [InlineData("e10", "WaitsForPrefetch", "latencyP99OfPlain")]
    [InlineData("e10", "BelievesForgedHeat", "forgedHeatsKept")]
    public void What_is_broken_shows(string name, string fault, params string[] metrics) => AssertRejected(name, fault, metrics);

    [Theory]
    [InlineData("e3", "NoHysteresis", "mostChangesOfAPulledChainAnHour", "mostChangesOfACachedChainAnHour")]
    [InlineData("e5", "TellsEach", "saturatedBytesOfBaseline")]
    [InlineData("e6", "KeepsClaims", "claimsSeenAWindowAfterEviction")]
    [InlineData("e6", "AsksOnce", "failedReads")]
    [Slow]
    public void What_is_broken_shows_in_what_takes_longer(string name, string fault, params string[] metrics) => AssertRejected(name, fault, metrics);

    [Theory]
    [InlineData("e8", "KeepsHeat", "bothTagsLeftAfterOff")]
    [InlineData("e8", "KeepsClaims", "greedyTagsLeftAfterOff")]
    [InlineData("e8", "LosesWhileToggling", "bothLostEvents")]
    [InlineData("e11", "ForeignChance", "sameSeedSameTrace")]
    [Slow]
    public void What_is_broken_shows_in_what_takes_longer_too(string name, string fault, params string[] metrics) => AssertRejected(name, fault, metrics);

    private static void AssertRejected(string name, string fault, string[] metrics)
    {
        ExperimentResult result = Broken(name, Enum.Parse<NodeFault>(fault)).Run(11, CancellationToken.None);
        Assert.False(result.Accepted);
        foreach (string metric in metrics) Assert.False(result.Metrics.Single(one => one.Name == metric).Passed, string.Join(", ", result.Metrics));
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
