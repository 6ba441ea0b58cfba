using Dataforts.Testing;

namespace Dataforts.Simulation.Experiments;

/// <summary>A seed decides everything, however many nodes there are.</summary>
public sealed class RepeatedRunTests
{
    [Fact]
    public void The_same_seed_gives_the_same_bytes() => TestSeeds.AssertRepeats(new DeathExperiment());

    [Fact]
    [Slow]
    public void The_same_seed_gives_the_same_bytes_where_much_is_evicted() => TestSeeds.AssertRepeats(new EvictionExperiment());

    [Fact]
    public void Two_thousand_nodes_run_in_one_process()
    {
        string trace = DeterminismExperiment.Live(3, 2000, sharesDirectory: true, TimeSpan.FromSeconds(40), NodeFault.None, CancellationToken.None);
        Assert.Contains(" pulls ", trace, StringComparison.Ordinal);
        Assert.Contains(" admits ", trace, StringComparison.Ordinal);
    }
}
