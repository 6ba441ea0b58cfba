using Dataforts.Greedy.Caching;
using Dataforts.Greedy.Running;
using Dataforts.Mesh;
using Dataforts.Simulation.Plotting;

namespace Dataforts.Simulation.Experiments;

/// <summary>E6: a cache that is filled beyond its cap withdraws what goes before it goes, stays below the cap, and readers on their way find the
/// next holder.</summary>
public sealed class EvictionExperiment : WorldExperiment
{
    private const int Chains = 55;
    private const int EventBytes = 60 * 1024;
    private const long CapBytes = 50L << 16;
    private static readonly TimeSpan Window = MeshLimits.DefaultAnnounceInterval;

    /// <summary>Makes it.</summary>
    public EvictionExperiment()
        : this(NodeFault.None)
    {
    }

    internal EvictionExperiment(NodeFault fault)
        : base(fault)
    {
    }

    /// <inheritdoc/>
    public override string Name => "e6";

    /// <inheritdoc/>
    public override string Purpose => "what leaves a full cache is withdrawn before it goes, and readers find the next holder";

    private protected override (IReadOnlyList<ExperimentMetric> Metrics, string Plot, string Trace) Find(ulong seed, CancellationToken cancellationToken)
    {
        using var world = new World(new WorldOptions { Seed = seed, Way = Way, ChannelEvents = 4 });
        SimulatedNode[] publishers = world.JoinPublishers(1000, Chains);
        SimulatedNode cacher = world.Join(1, new NodeOptions
        {
            HasGravity = false,
            Fault = Fault == NodeFault.KeepsClaims ? Fault : NodeFault.None,
            Greedy = new GreedyOptions
            {
                Limits = new GreedyLimits { ChannelCapBytes = 1 << 20, TotalCapBytes = CapBytes, ReadmissionDelay = TimeSpan.Zero },
            },
        });
        SimulatedNode[] readers = [.. Enumerable.Range(2, 4).Select(id =>
            world.Join((ulong)id, new NodeOptions { IsGreedy = false, HasGravity = false, Fault = Fault }))];
        Dictionary<ulong, int> changes = [];
        int stale = 0;
        long most = 0;
        cacher.Changed = (chain, isHeld) =>
        {
            int change = changes[chain] = changes.GetValueOrDefault(chain) + 1;
            // One that was back meanwhile and went again has its window from then on.
            if (!isHeld) world.Time.Schedule(Window, () => stale += changes[chain] == change && readers.Any(reader => Knows(reader, chain)) ? 1 : 0);
        };
        List<(double X, double Y)> used = [];
        cacher.Dispatched = (_, _) => most = Math.Max(most, cacher.Greedy.Counters.UsedBytes);
        foreach (SimulatedNode publisher in publishers) Flow(world, publisher, cacher);
        foreach (SimulatedNode reader in readers)
        {
            world.Every(TimeSpan.FromMilliseconds(5), () =>
            {
                Read(world, reader);
                return true;
            });
        }
        for (int second = 0; second < 120; second++)
        {
            world.Run(TimeSpan.FromSeconds(1), cancellationToken);
            used.Add((second, cacher.Greedy.Counters.UsedBytes / 1024.0));
        }
        GreedyCounters counters = cacher.Greedy.Counters;
        cacher.Greedy.Reconfigure(new GreedyOptions { Limits = new GreedyLimits { ChannelCapBytes = 1 << 20, TotalCapBytes = CapBytes / 2 } });
        world.Run(Window, cancellationToken);
        ExperimentMetric[] metrics =
        [
            ExperimentMetric.AtLeast("evictions", counters.Evictions, 50),
            ExperimentMetric.AtMost("claimsSeenAWindowAfterEviction", stale, 0),
            ExperimentMetric.AtMost("mostRealBytesOfCap", most / (double)CapBytes, 1),
            ExperimentMetric.AtMost("realBytesOfHalvedCap", cacher.Greedy.Counters.UsedBytes / (CapBytes / 2.0), 1),
            ExperimentMetric.AtMost("failedReads", readers.Sum(reader => reader.Counters.FailedReads), 0),
            ExperimentMetric.AtLeast("retriedReads", readers.Sum(reader => reader.Counters.Retries), 1),
            new("reads", readers.Sum(reader => reader.Counters.Reads)),
        ];
        const double CapKiB = CapBytes / 1024.0;
        PlotSeries[] series = [new("real bytes", used), new("cap", [(0, CapKiB), (120, CapKiB)])];
        return (metrics, SvgPlot.Lines("Memory of a cache under 110 % of its cap", "second", "KiB", series), world.Trace);
    }

    private static void Flow(World world, SimulatedNode publisher, SimulatedNode cacher)
    {
        byte[] payload = world.Payload(EventBytes);
        cacher.Subscribe(publisher.Id.Value);
        world.Every(TimeSpan.FromSeconds(10), () => publisher.Publish(payload) < ulong.MaxValue);
    }

    // The last event of some chain: the cache is nearest, its publisher the last resort.
    private static void Read(World world, SimulatedNode reader)
    {
        ulong chain = 1000 + (ulong)world.Random.Below(Chains);
        // By then the publishers are known to hold what they publish.
        if (world.Time.Elapsed < TimeSpan.FromSeconds(15)) return;
        if (world[chain].Newest is { } newest) _ = reader.ReadAsync(chain, newest);
    }

    private static bool Knows(SimulatedNode reader, ulong chain) => reader.HoldersOf(chain).Contains(new NodeId(1));

    private static TimeSpan Way(NodeId from, NodeId to) => TimeSpan.FromMilliseconds(from.Value >= 1000 || to.Value >= 1000 ? 20 : 5);
}
