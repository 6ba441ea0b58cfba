using System.Collections.Immutable;
using Dataforts.Capabilities.Hints;
using Dataforts.Capabilities.Intents;
using Dataforts.Gravity;
using Dataforts.Greedy.Admission;
using Dataforts.Greedy.Caching;
using Dataforts.Greedy.Running;
using Dataforts.Mesh;
using Dataforts.Mesh.Embedded;

namespace Dataforts.Simulation.Experiments;

/// <summary>A node: the real greedy runtime, heat registry and gravity worker, on the embedded mesh. Only where bytes lie and how a chain is asked for is
/// its own.</summary>
internal sealed partial class SimulatedNode : IDisposable
{
    private readonly World _world;
    private readonly CancellationTokenSource _life = new();
    private readonly ChainDirectory _directory;
    private readonly bool _sharesDirectory;
    private readonly Dictionary<NodeId, (Announcement Announcement, Publisher Publisher)> _publishers = [];
    private readonly Dictionary<ulong, ChannelKey> _keys = [];
    private readonly ChainCopy _own;
    private Task _ticking = Task.CompletedTask;

    public SimulatedNode(World world, NodeId id, NodeOptions options, ChainDirectory? shared)
    {
        (_world, Id, Options) = (world, id, options);
        _own = new ChainCopy(options.OwnEvents);
        ImmutableSortedSet<string> tags = options.Zone is { } zone ? Offer.Empty.Tags.Add(ChainTags.ZonePrefix + zone) : Offer.Empty.Tags;
        Mesh = world.Network.Join(id, offer: Offer.Empty with { Tags = tags });
        _sharesDirectory = shared is not null;
        _directory = shared ?? new ChainDirectory(Mesh.Peers, options.Fault == NodeFault.BelievesForgedHeat);
        Heat = new HeatRegistry<ulong>(options.Heat);
        var clock = new GravityClock(world.Time);
        Gravity = new GravityWorker<ulong>("gravity-chains", Heat, this, clock, options.Pull, options.TickInterval);
        Greedy = new GreedyRuntime(options.Greedy, new GreedyParts
        {
            Time = world.Time,
            Claims = this,
            Holders = this,
            Prefetch = options.Prefetch,
            HoldsOwn = HoldsCopy,
            Scheduler = new VirtualScheduler(world.Time, options.ClaimPace),
        })
        {
            Heat = new RegistryHeat(Heat, world.Time, world.Time.GetTimestamp()),
        };
        Mesh.Serve(ReadSubject, ServeRead);
        Mesh.Serve(PullSubject, ServePull);
        Switch(options.IsGreedy, options.HasGravity);
        world.Every(options.TickInterval, Tick);
    }

    public NodeId Id { get; }

    public NodeOptions Options { get; }

    public EmbeddedMesh Mesh { get; }

    public GreedyRuntime Greedy { get; }

    public GravityWorker<ulong> Gravity { get; }

    public HeatRegistry<ulong> Heat { get; }

    public ChainDirectory Directory => _directory;

    /// <summary>Called for each event that the application gets, with the way it took.</summary>
    public Action<MeshEvent, TimeSpan>? Delivered { get; set; }

    /// <summary>Called with each outcome of a dispatch.</summary>
    public Action<ulong, DispatchOutcome>? Dispatched { get; set; }

    /// <summary>The number of the last event that it published.</summary>
    public ulong? Newest { get; private set; }

    public bool IsAlive => !_life.IsCancellationRequested;

    /// <summary>Turns greedy caching and gravity on or off, as it runs.</summary>
    public void Switch(bool greedy, bool gravity)
    {
        _world.Note(Id, $"greedy {(greedy ? "on" : "off")}, gravity {(gravity ? "on" : "off")}");
        if (greedy) Greedy.Enable();
        else Finish(Greedy.DisableAsync());
        if (gravity) Gravity.Enable();
        else Finish(Gravity.DisableAsync());
        List<string> on = [], off = [];
        (greedy ? on : off).Add(ChainTags.Greedy);
        (gravity ? on : off).Add(ChainTags.Gravity);
        if (Options.Fault != NodeFault.KeepsClaims) Mesh.Edit(offer => offer.With(on, off));
    }

    /// <summary>Publishes on its own chain.</summary>
    public ulong Publish(ReadOnlyMemory<byte> payload, bool isRef = false, ImmutableSortedDictionary<string, string>? hints = null)
    {
        if (_own.Count == 0) Claim([Id.Value], [], ClaimSource.Own);
        ValueTask<ulong> published = Mesh.PublishAsync(ChainTags.Channel(Id.Value), payload, isRef, hints, _life.Token);
        // blocking: it is done.
        ulong sequence = published.IsCompletedSuccessfully ? published.Result : throw new InvalidOperationException("publishing waited");
        _own.Add(sequence, payload.Span);
        Newest = sequence;
        return sequence;
    }

    /// <summary>Follows a chain from now on, for the application.</summary>
    public void Subscribe(ulong chain, ulong from = 0) => _ = TailAsync(chain, from);

    public ChannelKey KeyOf(ulong chain)
    {
        if (_keys.TryGetValue(chain, out ChannelKey key)) return key;
        return _keys[chain] = new ChannelKey(chain * 0x9E3779B97F4A7C15, ChainTags.Channel(chain), chain);
    }

    public void Dispose()
    {
        if (_life.IsCancellationRequested) return;
        _life.Cancel();
        Finish(Greedy.DisposeAsync().AsTask());
        Gravity.Dispose();
        if (!_sharesDirectory) _directory.Dispose();
    }

    private async Task TailAsync(ulong chain, ulong from)
    {
        try
        {
            await foreach (MeshEvent item in Mesh.TailAsync(ChainTags.Channel(chain), from, _life.Token).ConfigureAwait(false))
            {
                if (_isDeaf) continue;
                if (Options.Fault == NodeFault.WaitsForPrefetch && item.IsRef)
                    await Task.Delay(TimeSpan.FromMilliseconds(5), _world.Time, _life.Token).ConfigureAwait(false);
                Arrived(in item);
            }
        }
        catch (OperationCanceledException)
        {
            // The node is gone.
        }
    }

    // The application comes first; the copy is made beside it.
    private void Arrived(in MeshEvent item)
    {
        Delivered?.Invoke(item, _world.Time.GetUtcNow() - item.PublishedAt);
        if (_copies.TryGetValue(item.Origin, out ChainCopy? copy)) copy.Add(item.Sequence, item.Payload.Span);
        DispatchOutcome outcome = Greedy.Dispatch(new ObservedEvent
        {
            Key = KeyOf(item.Origin),
            Sequence = item.Sequence,
            TimeMs = item.PublishedAt.ToUnixTimeMilliseconds(),
            Publisher = PublisherOf(item.Publisher),
            Hints = item.Hints,
            IsRef = item.IsRef,
            Payload = item.Payload.Span,
        });
        Dispatched?.Invoke(item.Origin, outcome);
    }

    private Publisher PublisherOf(NodeId id)
    {
        if (!Mesh.Peers.TryFind(id, out Peer? peer)) return Publisher.Unknown;
        bool isKnown = _publishers.TryGetValue(id, out (Announcement Announcement, Publisher Publisher) known);
        if (isKnown && known.Announcement == peer.Announcement) return known.Publisher;
        var publisher = new Publisher(new TagFacts(peer.Offer.Tags), PublisherHints.Parse(peer.Offer.Metadata), peer.RoundTrip ?? RoundTripTo(id));
        _publishers[id] = (peer.Announcement, publisher);
        return publisher;
    }

    private TimeSpan RoundTripTo(NodeId id) => _world.Options.Way(Id, id) + _world.Options.Way(id, Id);

    private bool Tick()
    {
        if (!IsAlive) return false;
        Greedy.Tick();
        // As the node's schedule would have it: one at a time, and the next after the last is done.
        if (_ticking.IsCompleted) _ticking = TickAsync();
        return true;
    }

    private async Task TickAsync()
    {
        try
        {
            GravityReport report = await Gravity.TickAsync(_life.Token).ConfigureAwait(false);
            Pulled += report.Pulled;
            FailedPulls += report.Failed;
        }
        catch (OperationCanceledException) when (!IsAlive)
        {
            // It died meanwhile.
        }
    }

    // What is told here is told at once, so nothing is waited for.
    private static void Finish(Task task)
    {
        if (!task.IsCompleted) throw new InvalidOperationException("it did not finish at once");
        // blocking: it is done.
        task.GetAwaiter().GetResult();
    }
}
