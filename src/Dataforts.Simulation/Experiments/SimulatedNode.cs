using System.Buffers;
using System.Collections.Immutable;
using Dataforts.Capabilities.Peers;
using Dataforts.Gravity;
using Dataforts.Greedy.Running;
using Dataforts.Mesh;
using Dataforts.Mesh.Embedded;
using Dataforts.Placement;

namespace Dataforts.Simulation.Experiments;

/// <summary>A node of the library on the embedded mesh, in virtual time. What is its own: an application that reads, publishes and follows, what is written
/// down of it, and what is broken on purpose.</summary>
internal sealed class SimulatedNode : IDisposable
{
    private readonly World _world;
    private readonly CancellationTokenSource _life = new();
    private readonly PlacementNode _node;
    private bool _isDeaf;

    public SimulatedNode(World world, NodeId id, NodeOptions options, PeerIndex? shared)
    {
        (_world, Id, Options) = (world, id, options);
        Mesh = world.Network.Join(id);
        IMesh seam = options.Fault == NodeFault.None ? Mesh : new FaultyMesh(Mesh, options.Fault);
        world.Note(id, $"greedy {(options.IsGreedy ? "on" : "off")}, gravity {(options.HasGravity ? "on" : "off")}");
        _node = new PlacementNode(seam, new PlacementNodeOptions
        {
            IsGreedy = options.IsGreedy,
            HasGravity = options.HasGravity,
            Greedy = options.Greedy,
            Heat = options.Heat,
            Pull = options.Pull,
            Zone = options.Zone,
            TickInterval = options.TickInterval,
            FirstTick = world.Moment(options.TickInterval),
            CopyBytes = options.CopyBytes,
            ChainBytes = options.ChainBytes,
            OwnEvents = options.OwnEvents,
            HoldersAsked = options.Fault == NodeFault.AsksOnce ? 1 : int.MaxValue,
            Prefetch = options.Prefetch,
            Scheduler = new VirtualScheduler(world.Time, options.ClaimPace),
            Index = shared,
            Observer = Write,
        });
    }

    public NodeId Id { get; }

    public NodeOptions Options { get; }

    public EmbeddedMesh Mesh { get; }

    public GreedyRuntime Greedy => _node.Greedy;

    public HeatRegistry<ulong> Heat => _node.Heat;

    public PeerIndex Peers => _node.Peers;

    public PlacementCounters Counters => _node.Counters;

    /// <summary>Called for each event that the application gets, with the way it took.</summary>
    public Action<MeshEvent, TimeSpan>? Delivered { get; set; }

    /// <summary>Called with each outcome of a dispatch.</summary>
    public Action<ulong, DispatchOutcome>? Dispatched { get; set; }

    /// <summary>Chains that greedy caching began to hold, and let go.</summary>
    public Action<ulong, bool>? Changed { get; set; }

    /// <summary>Chains that were pulled, and dropped.</summary>
    public Action<ulong, bool>? Copied { get; set; }

    /// <summary>Called when a read is over: the chain, who gave it, null when nobody did, and how long it took.</summary>
    public Action<ulong, NodeId?, TimeSpan>? ReadDone { get; set; }

    /// <summary>The number of the last event that it published.</summary>
    public ulong? Newest { get; private set; }

    /// <summary>Turns greedy caching and gravity on or off, as it runs.</summary>
    public void Switch(bool greedy, bool gravity)
    {
        _world.Note(Id, $"greedy {(greedy ? "on" : "off")}, gravity {(gravity ? "on" : "off")}");
        Finish(_node.SwitchAsync(greedy, gravity));
    }

    /// <summary>Stops hearing events, as one would that is switched by a restart.</summary>
    public void Deafen(bool isDeaf) => _isDeaf = isDeaf;

    /// <summary>Says that it holds chains, whatever it holds.</summary>
    public void HoldFor(IEnumerable<ulong> chains) => Mesh.Edit(offer => offer.With(chains.Select(ChainTags.Claim)));

    public bool HoldsCopy(ulong chain) => _node.HoldsCopy(chain);

    /// <summary>Who is said to hold a chain.</summary>
    public IEnumerable<NodeId> HoldersOf(ulong chain) => _node.HoldersOf(chain).Select(holder => holder.Id);

    /// <summary>Publishes on its own chain.</summary>
    public ulong Publish(ReadOnlyMemory<byte> payload, bool isRef = false, ImmutableSortedDictionary<string, string>? hints = null)
    {
        ValueTask<ulong> published = _node.PublishAsync(ChainTags.Channel(Id.Value), payload, isRef, hints, _life.Token);
        // blocking: it is done.
        ulong sequence = published.IsCompletedSuccessfully ? published.Result : throw new InvalidOperationException("publishing waited");
        Newest = sequence;
        return sequence;
    }

    /// <summary>Follows a chain from now on, for the application.</summary>
    public void Subscribe(ulong chain, ulong from = 0) => _ = TailAsync(chain, from);

    /// <summary>Reads an event for the application.</summary>
    public async Task ReadAsync(ulong chain, ulong sequence)
    {
        TimeSpan start = _world.Time.Elapsed;
        try
        {
            ChainRead? read = await _node.ReadAsync(ChainTags.Channel(chain), chain, sequence, new ArrayBufferWriter<byte>()).ConfigureAwait(false);
            ReadDone?.Invoke(chain, read?.Source, _world.Time.Elapsed - start);
        }
        catch (OperationCanceledException)
        {
            // The node is gone.
        }
        catch (ObjectDisposedException)
        {
            // The same.
        }
    }

    public void Dispose()
    {
        if (_life.IsCancellationRequested) return;
        _life.Cancel();
        Finish(_node.DisposeAsync().AsTask());
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
                // The application comes first; the copy is made beside it.
                Delivered?.Invoke(item, _world.Time.GetUtcNow() - item.PublishedAt);
                DispatchOutcome outcome = _node.Observe(in item);
                Dispatched?.Invoke(item.Origin, outcome);
            }
        }
        catch (OperationCanceledException)
        {
            // The node is gone.
        }
    }

    private void Write(PlacementEvent done)
    {
        (string what, Action<ulong, bool>? told, bool isHere) = done.Deed switch
        {
            PlacementDeed.Admitted => ("admits", Changed, true),
            PlacementDeed.Evicted => ("evicts", Changed, false),
            PlacementDeed.Pulled => ("pulls", Copied, true),
            PlacementDeed.Dropped => ("drops", Copied, false),
            PlacementDeed.Told => ("tells", null, true),
            _ => ("unsays", null, false),
        };
        bool isHeat = done.Deed is PlacementDeed.Told or PlacementDeed.Unsaid;
        _world.Note(Id, what, done.Chain, isHeat ? $" {done.Level}" : "");
        told?.Invoke(done.Chain, isHere);
    }

    // What is told here is told at once, so nothing is waited for.
    private static void Finish(Task task)
    {
        if (!task.IsCompleted) throw new InvalidOperationException("it did not finish at once");
        // blocking: it is done.
        task.GetAwaiter().GetResult();
    }
}
