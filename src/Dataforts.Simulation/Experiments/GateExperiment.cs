using System.Collections.Immutable;
using Dataforts.Capabilities.Intents;
using Dataforts.Greedy.Admission;
using Dataforts.Greedy.Caching;
using Dataforts.Greedy.Running;
using Dataforts.Simulation.Plotting;

namespace Dataforts.Simulation.Experiments;

/// <summary>E7: an event that a gate refuses is counted once, for its reason, and takes no memory; and what is copied under a flood is what the
/// budget gives.</summary>
public sealed class GateExperiment : WorldExperiment
{
    private const int Events = 50;
    private const int EventBytes = 1024;
    private const double Fraction = 0.25;
    private const long PeakBytesPerSecond = 400_000;
    private static readonly TimeSpan Flood = TimeSpan.FromSeconds(100);

    /// <summary>Makes it.</summary>
    public GateExperiment()
        : this(NodeFault.None)
    {
    }

    internal GateExperiment(NodeFault fault)
        : base(fault)
    {
    }

    /// <inheritdoc/>
    public override string Name => "e7";

    /// <inheritdoc/>
    public override string Purpose => "each gate refuses with its own counter and no memory, and the byte budget is kept within 5 %";

    private bool AdmitsAll => Fault == NodeFault.AdmitsAll;

    private protected override (IReadOnlyList<ExperimentMetric> Metrics, string Plot, string Trace) Find(ulong seed, CancellationToken cancellationToken)
    {
        List<ExperimentMetric> metrics = [];
        List<(double X, double Y)> refused = [];
        string trace = "";
        AdmissionRefusal[] gates =
        [
            AdmissionRefusal.Scope, AdmissionRefusal.Intent, AdmissionRefusal.Colocation, AdmissionRefusal.Proximity, AdmissionRefusal.Access,
            AdmissionRefusal.Capacity,
        ];
        foreach (AdmissionRefusal gate in gates)
        {
            (long counted, long others, long bytes, string gateTrace) = Shut(seed, gate, cancellationToken);
            string name = gate.ToString().ToLowerInvariant();
            metrics.Add(ExperimentMetric.AtMost($"{name}UncountedEvents", Math.Abs(Events - counted), 0));
            metrics.Add(ExperimentMetric.AtMost($"{name}OtherRefusals", others, 0));
            metrics.Add(ExperimentMetric.AtMost($"{name}CacheBytes", bytes, 0));
            refused.Add((refused.Count, counted));
            trace += gateTrace;
        }
        (double ratio, double uncounted, string flood) = Saturate(seed, cancellationToken);
        metrics.Add(ExperimentMetric.AtLeast("copiedOfBudget", ratio, 0.95));
        metrics.Add(ExperimentMetric.AtMost("copiedOfBudgetAtMost", ratio, 1.05));
        metrics.Add(ExperimentMetric.AtMost("floodUncountedEvents", uncounted, 0));
        string plot = SvgPlot.Bars("Events refused, by gate", [.. gates.Select(gate => gate.ToString())], "events", [new("refused", refused)]);
        return (metrics, plot, trace + flood);
    }

    private (long Counted, long Others, long Bytes, string Trace) Shut(ulong seed, AdmissionRefusal gate, CancellationToken cancellationToken)
    {
        using var world = new World(new WorldOptions
        {
            Seed = seed,
            Way = (_, _) => TimeSpan.FromMilliseconds(gate == AdmissionRefusal.Proximity ? 150 : 2),
        });
        SimulatedNode publisher = world.JoinPublishers(100, 1)[0];
        AdmissionRules rules = AdmitsAll
            ? new AdmissionRules { Intents = IntentMatching.Disabled, Colocation = ColocationPolicy.Ignore, MaxRoundTrip = TimeSpan.FromHours(1) }
            : new AdmissionRules
            {
                Scopes = gate == AdmissionRefusal.Scope ? ["zone:elsewhere"] : [],
                Access = gate == AdmissionRefusal.Access ? new NoAccess() : null,
            };
        SimulatedNode node = world.Join(1, new NodeOptions { HasGravity = false, Greedy = new GreedyOptions { Rules = rules } });
        node.Greedy.SetCapabilities(new TagFacts(["hardware.cpu_cores=2"]));
        if (gate == AdmissionRefusal.Capacity && !AdmitsAll) node.Greedy.Fullness = 0.99;
        node.Subscribe(publisher.Id.Value);
        ImmutableSortedDictionary<string, string>? hints = gate switch
        {
            AdmissionRefusal.Intent => Hint("intent", "cpu-bound"),
            AdmissionRefusal.Colocation => Hint("colocate-with-strict", "00000000000000ff"),
            _ => null,
        };
        world.Run(TimeSpan.FromSeconds(1), cancellationToken);
        for (int i = 0; i < Events; i++)
        {
            publisher.Publish(world.Payload(EventBytes), hints: hints);
            world.Run(TimeSpan.FromMilliseconds(100), cancellationToken);
        }
        world.Run(TimeSpan.FromSeconds(10), cancellationToken);
        long all = Enum.GetValues<AdmissionRefusal>().Sum(node.Greedy.Refusals), counted = node.Greedy.Refusals(gate);
        world.Note(node.Id, $"{gate} {counted}");
        return (counted, all - counted, node.Greedy.Counters.UsedBytes, world.Trace);
    }

    // Four times the budget flows past.
    private (double Ratio, double Uncounted, string Trace) Saturate(ulong seed, CancellationToken cancellationToken)
    {
        using var world = new World(new WorldOptions { Seed = seed, ChannelEvents = 4 });
        SimulatedNode[] publishers = world.JoinPublishers(100, 4);
        SimulatedNode node = world.Join(1, new NodeOptions
        {
            HasGravity = false,
            Greedy = new GreedyOptions
            {
                Limits = new GreedyLimits
                {
                    BandwidthFraction = AdmitsAll ? 1 : Fraction,
                    NicPeakBytesPerSecond = PeakBytesPerSecond,
                    TotalCapBytes = 256 << 20,
                },
            },
        });
        long copied = 0, seen = 0, cached = 0;
        node.Delivered = (_, _) => seen++;
        node.Dispatched = (_, outcome) =>
        {
            if (outcome != DispatchOutcome.Cached) return;
            cached++;
            copied += EventBytes;
        };
        foreach (SimulatedNode publisher in publishers)
        {
            node.Subscribe(publisher.Id.Value);
            byte[] payload = world.Payload(EventBytes);
            world.Every(TimeSpan.FromSeconds(EventBytes * 4.0 / PeakBytesPerSecond), () => publisher.Publish(payload) < ulong.MaxValue);
        }
        world.Run(Flood, cancellationToken);
        world.Note(node.Id, $"copied {copied}");
        double allowed = Fraction * PeakBytesPerSecond * Flood.TotalSeconds;
        return (copied / allowed, Math.Abs(seen - cached - node.Greedy.Refusals(AdmissionRefusal.Budget)), world.Trace);
    }

    private static ImmutableSortedDictionary<string, string> Hint(string key, string value) =>
        ImmutableSortedDictionary<string, string>.Empty.Add(key, value);

    private sealed class NoAccess : IChannelAccess
    {
        public bool MayCache(string channel, ulong origin) => false;
    }
}
