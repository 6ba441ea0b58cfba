using Dataforts.Gravity;
using Dataforts.Greedy.Caching;
using Dataforts.Greedy.Running;
using Dataforts.Simulation.Chance;
using Dataforts.Simulation.Plotting;

namespace Dataforts.Simulation.Experiments;

/// <summary>E11: the same seed gives the same admissions, evictions, emissions and pulls in the same order; another seed gives others.</summary>
public sealed class DeterminismExperiment : WorldExperiment
{
    private const int Nodes = 30;
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(2);
    private const int Followed = 30;
    // Room for an event of the largest there are.
    private const long CopiedBytes = 48 * 1024;

    private const int FollowedInACrowd = 4;
    private const int Kinds = 4;
    private static readonly string[] Words = [" admits ", " evicts ", " tells ", " pulls "];

    /// <summary>Makes it.</summary>
    public DeterminismExperiment()
        : this(NodeFault.None)
    {
    }

    internal DeterminismExperiment(NodeFault fault)
        : base(fault)
    {
    }

    /// <inheritdoc/>
    public override string Name => "e11";

    /// <inheritdoc/>
    public override string Purpose => "the same seed gives the same decisions in the same order";

    private protected override (IReadOnlyList<ExperimentMetric> Metrics, string Plot, string Trace) Find(ulong seed, CancellationToken cancellationToken)
    {
        string first = Live(seed, Nodes, false, Length, Fault, cancellationToken), again = Live(seed, Nodes, false, Length, Fault, cancellationToken);
        string other = Live(unchecked(seed + 1), Nodes, false, Length, Fault, cancellationToken);
        int[] counts = [.. Words.Select(word => first.Split(word).Length - 1)];
        ExperimentMetric[] metrics =
        [
            ExperimentMetric.AtLeast("sameSeedSameTrace", first == again ? 1 : 0, 1),
            ExperimentMetric.AtLeast("otherSeedOtherTrace", first == other ? 0 : 1, 1),
            ExperimentMetric.AtLeast("admits", counts[0], 100),
            ExperimentMetric.AtLeast("evicts", counts[1], 100),
            ExperimentMetric.AtLeast("emissions", counts[2], 100),
            ExperimentMetric.AtLeast("pulls", counts[3], 20),
        ];
        string plot = SvgPlot.Bars("Decisions of one seed", ["admits", "evicts", "emissions", "pulls"], "count",
            [new("count", [.. Enumerable.Range(0, Kinds).Select(i => ((double)i, (double)counts[i]))])]);
        return (metrics, plot, first);
    }

    /// <summary>A world in which everything happens, and its trace.</summary>
    internal static string Live(ulong seed, int nodes, bool sharesDirectory, TimeSpan length, NodeFault fault, CancellationToken cancellationToken)
    {
        using var world = new World(new WorldOptions
        {
            Seed = seed,
            SharesDirectory = sharesDirectory,
            ChannelEvents = 8,
            Way = static (from, to) => TimeSpan.FromMilliseconds(1 + ((from.Value ^ to.Value) % 16)),
        });
        var options = new NodeOptions
        {
            CopyBytes = 4 * CopiedBytes,
            ChainBytes = CopiedBytes,
            Heat = new HeatPolicy { HalfLife = TimeSpan.FromMinutes(2) },
            Greedy = new GreedyOptions { Limits = new GreedyLimits { ChannelCapBytes = 1 << 20, TotalCapBytes = 1 << 20, ReadmissionDelay = TimeSpan.Zero } },
        };
        SimulatedNode[] all = [.. Enumerable.Range(1, nodes).Select(id => world.Join((ulong)id, options with { Zone = $"z{id % 4}" }))];
        SeededRandom chance = fault == NodeFault.ForeignChance ? new SeededRandom((ulong)Random.Shared.NextInt64()) : world.Random;
        var zipf = new Zipf(nodes, 1);
        // A crowd follows chains as small as its share of the machine.
        byte[] payload = world.Payload(nodes > 100 ? 256 : 32 * 1024);
        int followed = nodes > 100 ? FollowedInACrowd : Math.Min(Followed, nodes - 1);
        foreach (SimulatedNode node in all)
        {
            for (int i = 1; i <= followed; i++) node.Subscribe(1 + ((node.Id.Value + (ulong)i) % (ulong)nodes));
            world.Every(TimeSpan.FromSeconds(10), () => node.Publish(payload) < ulong.MaxValue);
            world.Every(TimeSpan.FromSeconds(1), () =>
            {
                ulong chain = 1 + (((ulong)zipf.Draw(chance) + (node.Id.Value % 4 * 7)) % (ulong)nodes);
                if (chain != node.Id.Value && world[chain].Newest is { } newest) _ = node.ReadAsync(chain, newest);
                return true;
            });
        }
        world.Run(length, cancellationToken);
        return world.Trace;
    }
}
