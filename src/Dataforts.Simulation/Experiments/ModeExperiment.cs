using System.Globalization;
using Dataforts.Mesh;
using Dataforts.Simulation.Plotting;

namespace Dataforts.Simulation.Experiments;

/// <summary>E8: the four modes of greedy and gravity under one workload, switched as it runs.</summary>
public sealed class ModeExperiment : WorldExperiment
{
    private const int Readers = 6;
    private const int Chains = 24;
    private const int Minutes = 10;
    private static readonly TimeSpan Toggle = TimeSpan.FromSeconds(30);

    private static readonly (string Name, bool Greedy, bool Gravity)[] Modes =
        [("both", true, true), ("greedy", true, false), ("gravity", false, true), ("frozen", false, false)];

    /// <summary>Makes it.</summary>
    public ModeExperiment()
        : this(NodeFault.None)
    {
    }

    internal ModeExperiment(NodeFault fault)
        : base(fault)
    {
    }

    /// <inheritdoc/>
    public override string Name => "e8";

    /// <inheritdoc/>
    public override string Purpose => "four modes, switched live: nothing is lost, nothing stays said, and each settles again";

    private protected override (IReadOnlyList<ExperimentMetric> Metrics, string Plot, string Trace) Find(ulong seed, CancellationToken cancellationToken)
    {
        List<ExperimentMetric> metrics = [];
        List<(double X, double Y)> before = [], after = [];
        List<double> shares = [];
        string trace = "";
        foreach ((string name, bool greedy, bool gravity) in Modes)
        {
            ModeOutcome outcome = Live(seed, greedy, gravity, cancellationToken);
            metrics.Add(ExperimentMetric.AtMost($"{name}LostEvents", outcome.Lost, 0));
            metrics.Add(ExperimentMetric.AtMost($"{name}TagsLeftAfterOff", outcome.TagsLeft, 0));
            double again = outcome.Before == 0 ? 1 - outcome.After : outcome.After / outcome.Before;
            metrics.Add(ExperimentMetric.AtLeast($"{name}LocalShareAgainOfBefore", again, 0.9));
            metrics.Add(new ExperimentMetric($"{name}LocalShare", outcome.Before));
            before.Add((shares.Count, outcome.Before));
            after.Add((shares.Count, outcome.After));
            shares.Add(outcome.Before);
            trace += outcome.Trace;
        }
        metrics.Add(ExperimentMetric.AtLeast("bothOverFrozenLocalShare", shares[0] - shares[3], 0.3));
        metrics.Add(ExperimentMetric.AtLeast("greedyOverFrozenLocalShare", shares[1] - shares[3], 0.3));
        metrics.Add(ExperimentMetric.AtLeast("gravityOverFrozenLocalShare", shares[2] - shares[3], 0.3));
        metrics.Add(ExperimentMetric.AtMost("frozenLocalShareAtMost", shares[3], 0));
        string plot = SvgPlot.Bars("Reads served by the reader itself", ["both", "greedy", "gravity", "frozen"], "share",
            [new("before the toggles", before), new("after", after)]);
        return (metrics, plot, trace);
    }

    private ModeOutcome Live(ulong seed, bool greedy, bool gravity, CancellationToken cancellationToken)
    {
        using var world = new World(new WorldOptions { Seed = seed });
        SimulatedNode[] publishers = world.JoinPublishers(1000, Chains);
        var options = new NodeOptions { IsGreedy = greedy, HasGravity = gravity, CopyBytes = Chains / 2 * 1024, Fault = Fault };
        SimulatedNode[] readers = [.. Enumerable.Range(1, Readers).Select(id => world.Join((ulong)id, options))];
        long published = 0, delivered = 0;
        foreach (SimulatedNode reader in readers) reader.Delivered = (_, _) => delivered++;
        foreach (SimulatedNode publisher in publishers)
        {
            // Gravity is for those who do not hear the chain; greedy for those who do.
            foreach (SimulatedNode reader in readers) reader.Subscribe(publisher.Id.Value);
            byte[] payload = world.Payload(64);
            publisher.Publish(payload);
            published++;
            world.Every(TimeSpan.FromSeconds(2), () =>
            {
                if (world.Time.Elapsed > TimeSpan.FromMinutes((2 * Minutes) + 11)) return false;
                publisher.Publish(payload);
                published++;
                return true;
            });
        }
        foreach (SimulatedNode reader in readers)
        {
            world.Every(TimeSpan.FromMilliseconds(200), () =>
            {
                ulong chain = 1000 + (ulong)((world.Random.Below(Chains) * world.Random.Below(Chains) / Chains + (int)reader.Id.Value) % Chains);
                if (world[chain].Newest is { } newest) _ = reader.ReadAsync(chain, newest);
                return true;
            });
        }
        double before = Settle(world, readers, cancellationToken);
        for (int toggle = 0; toggle < 6; toggle++)
        {
            Switch(readers, toggle % 2 == 1 && greedy, toggle % 2 == 1 && gravity, cancellationToken);
            if (Fault == NodeFault.LosesWhileToggling) Deafen(world, readers);
            world.Run(Toggle, cancellationToken);
        }
        double after = Settle(world, readers, cancellationToken);
        Switch(readers, false, false, cancellationToken);
        world.Run(MeshLimits.DefaultLifetime + MeshLimits.DefaultAnnounceInterval, cancellationToken);
        int left = readers.Concat(publishers).Sum(node => node.Mesh.Peers.Snapshot().Sum(peer => peer.Offer.Tags.Count(Speaks)))
            + readers.Sum(reader => reader.Mesh.Offer.Tags.Count(Speaks));
        left += readers.Sum(reader => reader.Mesh.Offer.Tags.Count(tag => ChainTags.TryClaim(tag, out ulong chain) && !reader.HoldsCopy(chain)));
        world.Run(TimeSpan.FromMinutes(3), cancellationToken);
        world.Note(default, string.Create(CultureInfo.InvariantCulture, $"delivered {delivered} of {published * Readers}"));
        return new ModeOutcome((published * Readers) - delivered, left, before, after, world.Trace);
    }

    // The share of the last half, after the first half let it settle.
    private static double Settle(World world, SimulatedNode[] readers, CancellationToken cancellationToken)
    {
        world.Run(TimeSpan.FromMinutes(Minutes / 2), cancellationToken);
        long reads = readers.Sum(reader => reader.Counters.Reads), local = readers.Sum(reader => reader.Counters.LocalReads);
        world.Run(TimeSpan.FromMinutes(Minutes / 2), cancellationToken);
        return (readers.Sum(reader => reader.Counters.LocalReads) - local) / (double)(readers.Sum(reader => reader.Counters.Reads) - reads);
    }

    private static void Switch(SimulatedNode[] readers, bool greedy, bool gravity, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        foreach (SimulatedNode reader in readers) reader.Switch(greedy, gravity);
    }

    private static void Deafen(World world, SimulatedNode[] readers)
    {
        foreach (SimulatedNode reader in readers)
        {
            reader.Deafen(true);
            world.Time.Schedule(TimeSpan.FromSeconds(1), () => reader.Deafen(false));
        }
    }

    private static bool Speaks(string tag) => tag is ChainTags.Greedy or ChainTags.Gravity || tag.StartsWith(ChainTags.HeatPrefix, StringComparison.Ordinal);
}
