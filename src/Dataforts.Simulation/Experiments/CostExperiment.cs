using Dataforts.Gravity;
using Dataforts.Greedy.Caching;
using Dataforts.Greedy.Running;
using Dataforts.Mesh;
using Dataforts.Simulation.Plotting;

namespace Dataforts.Simulation.Experiments;

/// <summary>E5: what announcements cost by the number of chains held, that all of them arrive, and what they cost when everything changes all the
/// time.</summary>
public sealed class CostExperiment : WorldExperiment
{
    private const int Readers = 8;
    private const int Publishers = 100;
    private const int EventBytes = 60 * 1024;
    private static readonly int[] Sizes = [10, 100, 1000, 10_000];
    private static readonly TimeSpan Watched = TimeSpan.FromMinutes(10);

    /// <summary>Makes it.</summary>
    public CostExperiment()
        : this(NodeFault.None)
    {
    }

    internal CostExperiment(NodeFault fault)
        : base(fault)
    {
    }

    /// <inheritdoc/>
    public override string Name => "e5";

    /// <inheritdoc/>
    public override string Purpose => "announcements arrive whole at any number of chains, and cost at most twice the baseline when all changes";

    private protected override (IReadOnlyList<ExperimentMetric> Metrics, string Plot, string Trace) Find(ulong seed, CancellationToken cancellationToken)
    {
        List<ExperimentMetric> metrics = [];
        List<(double X, double Y)> quiet = [], hot = [];
        string trace = "";
        foreach (int size in Sizes)
        {
            (double bytes, int missing, string quietTrace) = Hold(seed, size, isHot: false, cancellationToken);
            (double hotBytes, int missingHot, string hotTrace) = Hold(seed, size, isHot: true, cancellationToken);
            metrics.Add(ExperimentMetric.AtMost($"chainsNotHeardOf{size}", missing + missingHot, 0));
            metrics.Add(new ExperimentMetric($"bytesPerSecondANode{size}", bytes));
            metrics.Add(new ExperimentMetric($"bytesPerSecondANodeHot{size}", hotBytes));
            metrics.Add(new ExperimentMetric($"bytesPerSecondMeshWideHot{size}", hotBytes * (Readers + 1)));
            quiet.Add((size, bytes));
            hot.Add((size, hotBytes));
            trace += quietTrace + hotTrace;
        }
        (double ratio, double withdrawals, string saturated) = Saturate(seed, cancellationToken);
        metrics.Add(ExperimentMetric.AtMost("saturatedBytesOfBaseline", ratio, 2));
        metrics.Add(ExperimentMetric.AtLeast("evictionsASecondSaturated", withdrawals, 0.5));
        string plot = SvgPlot.Lines("What a node's announcements cost", "chains held", "bytes/s sent",
            [new("nothing changes", quiet), new("256 hot chains", hot)], true);
        return (metrics, plot, trace + saturated);
    }

    // Bytes a second that one node sends to all readers, and chains that not every reader knows of.
    private (double BytesPerSecond, int Missing, string Trace) Hold(ulong seed, int size, bool isHot, CancellationToken cancellationToken)
    {
        using var world = new World(new WorldOptions { Seed = seed });
        SimulatedNode[] readers = world.JoinPublishers(100, Readers);
        SimulatedNode node = world.Join(1, new NodeOptions { IsGreedy = false, Fault = Fault });
        node.HoldFor(Enumerable.Range(1, size).Select(i => (ulong)(1_000_000 + i)));
        if (isHot)
        {
            world.Every(TimeSpan.FromMilliseconds(100), () =>
            {
                ulong chain = (ulong)(1_000_001 + world.Random.Below(size));
                node.Heat.Bump(chain, 1 + world.Random.Below(20), world.Time.Elapsed);
                return true;
            });
        }
        world.Run(TimeSpan.FromMinutes(5), cancellationToken);
        long before = node.Mesh.Traffic.AnnouncementBytes;
        world.Run(Watched, cancellationToken);
        double bytes = (node.Mesh.Traffic.AnnouncementBytes - before) / Watched.TotalSeconds;
        int missing = Enumerable.Range(1, size).Count(i => readers.Any(reader => !reader.HoldersOf((ulong)(1_000_000 + i)).Any()));
        return (bytes, missing, world.Trace);
    }

    // Every event admits a chain and evicts another, and the heat of all changes: beside the whole offer once an interval, which is
    // what a node without deltas would send at least.
    private (double Ratio, double EvictionsASecond, string Trace) Saturate(ulong seed, CancellationToken cancellationToken)
    {
        using var world = new World(new WorldOptions { Seed = seed, ChannelEvents = 2 });
        SimulatedNode[] publishers = world.JoinPublishers(1000, Publishers);
        bool tellsEach = Fault == NodeFault.TellsEach;
        SimulatedNode node = world.Join(1, new NodeOptions
        {
            CopyBytes = 0,
            ClaimPace = tellsEach ? TimeSpan.Zero : TimeSpan.FromSeconds(1),
            Heat = new HeatPolicy { HalfLife = TimeSpan.FromSeconds(30) },
            Fault = Fault,
            Greedy = new GreedyOptions { Limits = new GreedyLimits { ChannelCapBytes = 1 << 20, TotalCapBytes = 4 << 20, ReadmissionDelay = TimeSpan.Zero } },
        });
        foreach (SimulatedNode publisher in publishers)
        {
            byte[] payload = world.Payload(EventBytes);
            node.Subscribe(publisher.Id.Value);
            world.Every(TimeSpan.FromSeconds(4), () => publisher.Publish(payload) < ulong.MaxValue);
        }
        world.Every(TimeSpan.FromMilliseconds(50), () =>
        {
            node.Heat.Bump(1000 + (ulong)world.Random.Below(Publishers), 1 + world.Random.Below(20), world.Time.Elapsed);
            return true;
        });
        world.Run(TimeSpan.FromMinutes(2), cancellationToken);
        long bytes = node.Mesh.Traffic.AnnouncementBytes, evictions = node.Greedy.Counters.Evictions;
        double whole = 0;
        int intervals = (int)(Watched / MeshLimits.DefaultAnnounceInterval);
        for (int i = 0; i < intervals; i++)
        {
            world.Run(MeshLimits.DefaultAnnounceInterval, cancellationToken);
            whole += new Announcement(node.Id, 1, MeshLimits.DefaultLifetime, node.Mesh.Offer).WireBytes;
        }
        double sent = (node.Mesh.Traffic.AnnouncementBytes - bytes) / (double)Publishers;
        return (sent / whole, (node.Greedy.Counters.Evictions - evictions) / Watched.TotalSeconds, world.Trace);
    }
}
