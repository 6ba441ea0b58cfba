using Dataforts.Gravity;
using Dataforts.Greedy.Caching;
using Dataforts.Greedy.Running;
using Dataforts.Simulation.Plotting;

namespace Dataforts.Simulation.Experiments;

/// <summary>E3: uniform reads over twice as many chains as there is room for change nothing, neither what was pulled nor what was cached as it
/// flowed past.</summary>
public sealed class ThrashExperiment : WorldExperiment
{
    private const int Chains = 100;
    private const long CapBytes = (Chains / 2L) << 20;
    private const int Hours = 4;
    private const int EventBytes = 60 * 1024;
    private const int SmallBytes = 16;
    private const int CopyOfOne = 256;
    private const int EventsToFill = 18;
    private const int EventsAnHour = 10;
    private const ulong FirstLarge = 1000;
    private const ulong FirstSmall = 3000;
    private const int ReadsASecond = 5;

    // Room is filled, and first impressions corrected, within the first hour.
    private static readonly TimeSpan WarmUp = TimeSpan.FromHours(1);

    /// <summary>Makes it.</summary>
    public ThrashExperiment()
        : this(NodeFault.None)
    {
    }

    internal ThrashExperiment(NodeFault fault)
        : base(fault)
    {
    }

    /// <inheritdoc/>
    public override string Name => "e3";

    /// <inheritdoc/>
    public override string Purpose => "uniform reads over 100 chains with room for 50 do not make copies come and go";

    private bool IsBroken => Fault == NodeFault.NoHysteresis;

    private protected override (IReadOnlyList<ExperimentMetric> Metrics, string Plot, string Trace) Find(ulong seed, CancellationToken cancellationToken)
    {
        using var world = new World(new WorldOptions { Seed = seed, ChannelEvents = 2, SharesDirectory = true });
        SimulatedNode[] publishers = world.JoinPublishers(FirstLarge, Chains), small = world.JoinPublishers(FirstSmall, Chains);
        SimulatedNode puller = world.Join(1, new NodeOptions
        {
            IsGreedy = false,
            CopyBytes = Chains / 2 * CopyOfOne,
            ChainBytes = CopyOfOne,
            OwnEvents = 1,
            Pull = new PullPolicy { Factor = IsBroken ? 1 : 2 },
        });
        SimulatedNode cacher = world.Join(2, new NodeOptions { HasGravity = false, Greedy = Cached() });
        ChangeLog pulled = new(), cached = new();
        puller.Copied = (chain, _) => pulled.Add(chain, world.Time.Elapsed);
        cacher.Changed = (chain, _) => cached.Add(chain, world.Time.Elapsed);
        foreach (SimulatedNode publisher in small) publisher.Publish(world.Payload(SmallBytes));
        foreach (SimulatedNode publisher in publishers) Flow(world, publisher, cacher);
        foreach ((SimulatedNode reader, ulong first) in (ReadOnlySpan<(SimulatedNode, ulong)>)[(puller, FirstSmall), (cacher, FirstLarge)])
        {
            world.Every(TimeSpan.FromSeconds(1.0 / ReadsASecond), () =>
            {
                _ = reader.ReadAsync(first + (ulong)world.Random.Below(Chains), 0);
                return true;
            });
        }
        world.Run(TimeSpan.FromHours(Hours), cancellationToken);
        TimeSpan hour = TimeSpan.FromHours(1);
        ExperimentMetric[] metrics =
        [
            ExperimentMetric.AtMost("mostChangesOfAPulledChainAnHour", pulled.MostWithin(hour, WarmUp), 1),
            ExperimentMetric.AtMost("mostChangesOfACachedChainAnHour", cached.MostWithin(hour, WarmUp), 1),
            ExperimentMetric.AtLeast("pulledChains", puller.Counters.Copies, Chains / 2),
            ExperimentMetric.AtLeast("cachedChains", cacher.Greedy.Counters.Channels, Chains / 3),
// There is room for fifty whole chains; one that came back may keep to a block, so bytes say whether it is full, and evictions whether it was fought for.
            ExperimentMetric.AtMost("cachedRealBytesOfCap", cacher.Greedy.Counters.UsedBytes / (double)CapBytes, 1),
            ExperimentMetric.AtLeast("cachedRealBytesOfCapAtLeast", cacher.Greedy.Counters.UsedBytes / (double)CapBytes, 0.85),
            ExperimentMetric.AtLeast("evictedChains", cacher.Greedy.Counters.Evictions, Chains / 4),
            new("changesOfPulledChains", pulled.Total),
            new("changesOfCachedChains", cached.Total),
            new("reads", puller.Counters.Reads + cacher.Counters.Reads),
        ];
        string plot = SvgPlot.Lines("Chains that come and go under uniform reads", "hour", "changes", [new("pulled", pulled.ByHour(Hours)),
            new("cached as they flow past", cached.ByHour(Hours))]);
        return (metrics, plot, world.Trace);
    }

    // What is read is small; what fills the cache follows it, fast until the chain's share is full.
    private static void Flow(World world, SimulatedNode publisher, SimulatedNode cacher)
    {
        byte[] payload = world.Payload(EventBytes);
        publisher.Publish(payload.AsMemory(0, SmallBytes));
        cacher.Subscribe(publisher.Id.Value);
        world.Every(TimeSpan.FromMinutes(1), () => publisher.Publish(payload) < EventsToFill);
        world.Time.Schedule(WarmUp / 2, () => world.Every(TimeSpan.FromHours(1.0 / EventsAnHour), () => publisher.Publish(payload) < ulong.MaxValue));
    }

    // A chain's share holds seventeen events.
    private GreedyOptions Cached() => new()
    {
        Limits = new GreedyLimits
        {
            ChannelCapBytes = 1 << 20,
            TotalCapBytes = CapBytes,
            ReadmissionDelay = IsBroken ? TimeSpan.Zero : TimeSpan.FromHours(1),
        },
    };
}
