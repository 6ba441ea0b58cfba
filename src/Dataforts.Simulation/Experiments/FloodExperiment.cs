using Dataforts.Capabilities.Intents;
using Dataforts.Capabilities.Peers;
using Dataforts.Content;
using Dataforts.Greedy.Caching;
using Dataforts.Greedy.Running;
using Dataforts.Simulation.Plotting;

namespace Dataforts.Simulation.Experiments;

/// <summary>E10: ten times the events that may be in flight, and heat that nobody felt.</summary>
public sealed class FloodExperiment : WorldExperiment
{
    private const int InFlight = 64;
    private const int Bursts = 20;
    private const int Forged = 512;
    private const long CapBytes = 4 << 20;

    /// <summary>Makes it.</summary>
    public FloodExperiment()
        : this(NodeFault.None)
    {
    }

    internal FloodExperiment(NodeFault fault)
        : base(fault)
    {
    }

    /// <inheritdoc/>
    public override string Name => "e10";

    /// <inheritdoc/>
    public override string Purpose => "a flood is dropped by count, memory stays bounded, the application waits no longer, forged heat moves nothing";

    private protected override (IReadOnlyList<ExperimentMetric> Metrics, string Plot, string Trace) Find(ulong seed, CancellationToken cancellationToken)
    {
        FloodOutcome plain = Flood(seed, isGreedy: false, cancellationToken), greedy = Flood(seed, isGreedy: true, cancellationToken);
        (long pulled, int levels, string forged) = Forge(seed, cancellationToken);
        ExperimentMetric[] metrics =
        [
            ExperimentMetric.AtMost("droppedNotAsExpected", Math.Abs(greedy.Dropped - (Bursts * 9L * InFlight)), 0),
            ExperimentMetric.AtMost("fetchedNotAsExpected", Math.Abs(greedy.Fetched - (Bursts * (long)InFlight)), 0),
            ExperimentMetric.AtMost("lostEvents", plain.Lost + greedy.Lost, 0),
            ExperimentMetric.AtMost("mostRealBytesOfCap", greedy.MostBytes / (double)CapBytes, 1),
            ExperimentMetric.AtMost("latencyP99OfPlain", greedy.P99.TotalMilliseconds / plain.P99.TotalMilliseconds, 1.05),
            ExperimentMetric.AtMost("pullsForForgedHeat", pulled, 0),
            ExperimentMetric.AtMost("forgedHeatsKept", levels, 0),
            new("latencyP99Ms", greedy.P99.TotalMilliseconds),
        ];
        string plot = SvgPlot.Bars("The application's wait for an event under a flood, 99th percentile", ["greedy off", "greedy on"], "ms",
            [new("p99", [(0, plain.P99.TotalMilliseconds), (1, greedy.P99.TotalMilliseconds)])]);
        return (metrics, plot, plain.Trace + greedy.Trace + forged);
    }

    private FloodOutcome Flood(ulong seed, bool isGreedy, CancellationToken cancellationToken)
    {
        using var world = new World(new WorldOptions { Seed = seed, Way = (_, _) => TimeSpan.FromMilliseconds(2), ChannelEvents = 2 * 10 * InFlight });
        SimulatedNode publisher = world.JoinPublishers(100, 1)[0];
        SimulatedNode node = world.Join(1, new NodeOptions
        {
            IsGreedy = isGreedy,
            HasGravity = false,
            ClaimPace = TimeSpan.Zero,
            Fault = isGreedy ? Fault : NodeFault.None,
            Prefetch = async (_, cancelled) =>
            {
                await Task.Delay(TimeSpan.FromMilliseconds(300), world.Time, cancelled).ConfigureAwait(false);
                return true;
            },
            Greedy = new GreedyOptions { Prefetches = InFlight, Limits = new GreedyLimits { ChannelCapBytes = 1 << 20, TotalCapBytes = CapBytes } },
        });
        node.Greedy.SetCapabilities(new TagFacts(["dataforts.blob.storage", "dataforts.greedy.enabled", "dataforts.greedy.proximity=1"]));
        List<TimeSpan> waits = [];
        long most = 0;
        node.Delivered = (_, wait) => waits.Add(wait);
        node.Dispatched = (_, _) => most = Math.Max(most, node.Greedy.Counters.UsedBytes);
        node.Subscribe(publisher.Id.Value);
        world.Run(TimeSpan.FromSeconds(1), cancellationToken);
        byte[] encoded = SmallRef.Create(BlobHash.Compute(world.Payload(64)), 64).Encode();
        for (int burst = 0; burst < Bursts; burst++)
        {
            for (int i = 0; i < 10 * InFlight; i++) publisher.Publish(encoded, isRef: true);
            world.Run(TimeSpan.FromSeconds(1) + TimeSpan.FromMilliseconds(world.Random.Below(100)), cancellationToken);
        }
        world.Run(TimeSpan.FromSeconds(60), cancellationToken);
        waits.Sort();
        GreedyCounters counters = node.Greedy.Counters;
        world.Note(node.Id, $"dropped {counters.DroppedPrefetches}, fetched {counters.Prefetches}");
        return new FloodOutcome(
            counters.DroppedPrefetches, counters.Prefetches, (Bursts * 10L * InFlight) - waits.Count, most,
                waits.Count == 0 ? TimeSpan.Zero : waits[waits.Count * 99 / 100], world.Trace);
    }

    // A peer that tells heat of chains that it neither holds nor anybody reads here.
    private (long Pulled, int Kept, string Trace) Forge(ulong seed, CancellationToken cancellationToken)
    {
        using var world = new World(new WorldOptions { Seed = seed });
        SimulatedNode node = world.Join(1, new NodeOptions { IsGreedy = false, Fault = Fault });
        SimulatedNode liar = world.JoinPublishers(100, 1)[0];
        ulong[] chains = [.. Enumerable.Range(0, Forged).Select(_ => world.Random.Next())];
        liar.Mesh.Edit(offer => offer.With(chains.Select(chain => ChainTags.Heat(chain, 100))));
        world.Run(TimeSpan.FromMinutes(2), cancellationToken);
        int kept = node.Peers.TryFind(liar.Id, out IndexedPeer? known) ? known.Capabilities.Offer.Tags.Count(tag => ChainTags.TryHeat(tag, out _)) : 0;
        world.Note(node.Id, $"kept {kept} of {Forged} forged heats");
        return (node.Counters.Pulls + node.Counters.FailedPulls, kept, world.Trace);
    }
}
