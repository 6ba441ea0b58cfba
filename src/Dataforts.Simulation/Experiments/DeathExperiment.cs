using Dataforts.Mesh;
using Dataforts.Simulation.Plotting;

namespace Dataforts.Simulation.Experiments;

/// <summary>E9: the hottest holder dies, and comes back under the same identity.</summary>
public sealed class DeathExperiment : WorldExperiment
{
    private const int Readers = 8;
    private const ulong Chain = 1000;
    private static readonly TimeSpan SessionTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Death = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Return = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan End = TimeSpan.FromMinutes(12);

    /// <summary>Makes it.</summary>
    public DeathExperiment()
        : this(NodeFault.None)
    {
    }

    internal DeathExperiment(NodeFault fault)
        : base(fault)
    {
    }

    /// <inheritdoc/>
    public override string Name => "e9";

    /// <inheritdoc/>
    public override string Purpose => "readers leave a dead holder within three session timeouts, and see it a window after it is back";

    private protected override (IReadOnlyList<ExperimentMetric> Metrics, string Plot, string Trace) Find(ulong seed, CancellationToken cancellationToken)
    {
        TimeSpan detection = Fault == NodeFault.NeverForgets ? TimeSpan.FromHours(1) : 3 * SessionTimeout;
        using var world = new World(new WorldOptions { Seed = seed, Way = Way, SessionTimeout = SessionTimeout, DeathDetection = detection });
        SimulatedNode publisher = world.JoinPublishers(Chain, 1)[0];
        NodeOptions holding = new() { HasGravity = false };
        SimulatedNode hot = world.Join(1, holding), spare = world.Join(2, holding);
        foreach (SimulatedNode holder in (ReadOnlySpan<SimulatedNode>)[hot, spare]) holder.Subscribe(Chain);
        byte[] payload = world.Payload(256);
        world.Every(TimeSpan.FromSeconds(1), () => publisher.Publish(payload) < ulong.MaxValue);
        NodeOptions reading = new() { IsGreedy = false, HasGravity = false, Fault = Fault };
        SimulatedNode[] readers = [.. Enumerable.Range(10, Readers).Select(id => world.Join((ulong)id, reading))];
        TimeSpan lastSlow = Death;
        var bySecond = new SortedDictionary<int, (long Hot, long All)>();
        foreach (SimulatedNode reader in readers)
        {
            reader.ReadDone = (_, source, took) =>
            {
                int minute = (int)(world.Time.Elapsed.TotalSeconds / 10);
                (long fromHot, long all) = bySecond.GetValueOrDefault(minute);
                bySecond[minute] = (fromHot + (source?.Value == 1 ? 1 : 0), all + 1);
                // A slow one is counted by when it was asked: from then on readers should know better.
                TimeSpan asked = world.Time.Elapsed - took;
                if (asked >= Death && took >= SessionTimeout && asked > lastSlow) lastSlow = asked;
                world.Note(reader.Id, $"reads from {source?.Value ?? 0:x}");
            };
            world.Every(TimeSpan.FromMilliseconds(500), () =>
            {
                if (world.Time.Elapsed < TimeSpan.FromSeconds(30) || publisher.Newest is not > 5) return true;
                _ = reader.ReadAsync(Chain, publisher.Newest.Value - 2);
                return true;
            });
        }
        world.Run(Death, cancellationToken);
        long before = readers.Sum(reader => reader.Counters.Reads);
        world.Kill(hot);
        world.Run(Return - Death, cancellationToken);
        if (Fault == NodeFault.MuteAfterRestart) world.Network.Cut((from, _) => from.Value == 1);
        world.Join(1, holding).Subscribe(Chain, publisher.Newest ?? 0);
        world.Run(MeshLimits.DefaultAnnounceInterval, cancellationToken);
        int blind = readers.Count(reader => !reader.Peers.TryFind(new NodeId(1), out _));
        // What it holds is told at the end of its first window, and takes the way there.
        world.Run(TimeSpan.FromSeconds(1), cancellationToken);
        int unclaimed = readers.Count(reader => !reader.HoldersOf(Chain).Contains(new NodeId(1)));
        world.Run(End - Return, cancellationToken);
        ExperimentMetric[] metrics =
        [
            ExperimentMetric.AtMost("secondsToRouteAround", (lastSlow - Death).TotalSeconds, (3 * SessionTimeout).TotalSeconds + 1),
            ExperimentMetric.AtMost("failedReads", readers.Sum(reader => reader.Counters.FailedReads), 0),
            ExperimentMetric.AtMost("readersBlindAWindowAfterReturn", blind, 0),
            ExperimentMetric.AtMost("readersThatDoNotSeeItsCopyASecondLater", unclaimed, 0),
            ExperimentMetric.AtLeast("readsBeforeDeath", before, 1000),
            ExperimentMetric.AtLeast("shareOfTheReturnedAtTheEnd", Share(bySecond.Values.TakeLast(3)), 0.95),
        ];
        PlotSeries series = new("by the holder that dies", [.. bySecond.Select(pair => (pair.Key * 10.0, pair.Value.Hot / (double)pair.Value.All))]);
        return (metrics, SvgPlot.Lines("Reads served while the nearest holder dies at 300 s and is back at 600 s", "second", "share", [series]), world.Trace);
    }

    private static double Share(IEnumerable<(long Hot, long All)> parts)
    {
        (long Hot, long All)[] all = [.. parts];
        return all.Sum(part => part.Hot) / (double)all.Sum(part => part.All);
    }

    private static TimeSpan Way(NodeId from, NodeId to) =>
        TimeSpan.FromMilliseconds(Math.Max(from.Value, to.Value) >= Chain ? 40 : Math.Min(from.Value, to.Value) == 1 ? 2 : 10);
}
