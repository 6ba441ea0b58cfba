using System.Runtime.CompilerServices;
using Dataforts.Capabilities.Peers;
using Dataforts.Gravity;
using Dataforts.Greedy.Admission;
using Dataforts.Greedy.Caching;
using Dataforts.Greedy.Running;
using Dataforts.Mesh;

namespace Dataforts.Placement;

/// <summary>The effects behind a <see cref="PlacementNode"/>: what it keeps of chains, whom it asks, whom it answers. Greedy caching and gravity
/// decide.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed partial class ChainHost : IChainClaims
{
    private readonly IMesh _mesh;
    private readonly PlacementNodeOptions _options;
    private readonly PeerIndex _index;
    private readonly ChainPeers _peers;
    private readonly ChannelKeys _keys = new();
    private readonly ConditionalWeakTable<IndexedPeer, Publisher> _publishers = [];
    private readonly GravityStanding _standing;
    private GreedyRuntime? _greedy;
    private int _isOwnTold;

    public ChainHost(IMesh mesh, PlacementNodeOptions options, PeerIndex index)
    {
        (_mesh, _options, _index, _peers) = (mesh, options, index, ChainPeers.Of(index));
        Origin = options.Origin ?? mesh.Self.Value;
        ArgumentOutOfRangeException.ThrowIfZero(Origin, nameof(options.Origin));
        Claims = new ChainClaims(mesh);
        Store = new ChainStore(Origin, options);
        _standing = new GravityStanding
        {
            HasStorage = options.CopyBytes > 0,
            Scope = options.GravityScope,
            Zone = options.Zone,
            Region = options.Region,
        };
    }

    public ulong Origin { get; }

    public ChainClaims Claims { get; }

    public ChainStore Store { get; }

    /// <summary>Set once, before anything runs: the cache and this need each other.</summary>
    public GreedyRuntime Greedy
    {
        get => _greedy ?? throw new InvalidOperationException("nothing runs yet");
        set => _greedy = value;
    }

    /// <summary>Who is said to hold a chain, nearest first, this node not among them.</summary>
    public List<Holder> HoldersOf(ulong chain)
    {
        List<Holder> holders = [];
        foreach (Holder holder in _index.HoldersOf(chain))
        {
            // An index that many nodes share cannot say how far it is from here.
            if (holder.Id != _mesh.Self && holder.Claim is not null) holders.Add(holder with { RoundTrip = RoundTripTo(holder.Id) });
        }
        holders.Sort();
        return holders;
    }

    /// <summary>Notes an event of its own that was published.</summary>
    public void Published(string channel, ulong sequence, ReadOnlySpan<byte> payload)
    {
        _keys.TryNote(channel, Origin, out _);
        Store.Add(channel, Origin, sequence, _mesh.Time.GetUtcNow().ToUnixTimeMilliseconds(), payload);
        if (Interlocked.Exchange(ref _isOwnTold, 1) != 0) return;
        try
        {
            Claims.ClaimOwn(Origin);
        }
        catch (ObjectDisposedException)
        {
            // The node ended meanwhile: nobody is to be sent here.
        }
        catch (DatafortsException)
        {
            // It is published all the same; the next one tries again.
            Volatile.Write(ref _isOwnTold, 0);
        }
    }

    /// <summary>Looks at an event that the application gets.</summary>
    public DispatchOutcome Observe(in MeshEvent item)
    {
        if (item.Origin == Origin) return DispatchOutcome.Stale;
        if (!_keys.TryNote(item.Channel, item.Origin, out ChannelKey key)) return DispatchOutcome.Refused;
        long timeMs = item.PublishedAt.ToUnixTimeMilliseconds();
        Store.Add(item.Channel, item.Origin, item.Sequence, timeMs, item.Payload.Span);
        return Greedy.Dispatch(new ObservedEvent
        {
            Key = key,
            Sequence = item.Sequence,
            TimeMs = timeMs,
            Publisher = PublisherOf(item.Publisher),
            Hints = item.Hints,
            IsRef = item.IsRef,
            Payload = item.Payload.Span,
        });
    }

    /// <inheritdoc/>
    public ValueTask AnnounceAsync(IReadOnlyList<ulong> held, IReadOnlyList<ulong> gone, CancellationToken cancellationToken)
    {
        try
        {
            Claims.Claim(held, gone, ClaimReason.Greedy);
        }
        catch (ObjectDisposedException)
        {
            // The mesh is gone: nobody is sent here any more, so what waits for that may go.
        }
        foreach (ulong chain in held) Note(PlacementDeed.Admitted, chain);
        foreach (ulong chain in gone) Note(PlacementDeed.Evicted, chain);
        return ValueTask.CompletedTask;
    }

    // The same object while the peer says the same: verdicts are found by it.
    private Publisher PublisherOf(NodeId id)
    {
        if (!_index.TryFind(id, out IndexedPeer? peer)) return Publisher.Unknown;
        return _publishers.TryGetValue(peer, out Publisher? known)
            ? known
            : _publishers.GetValue(peer, one => new Publisher(one.Capabilities.Facts, one.Hints, _mesh.Peers.RoundTripTo(one.Id)));
    }

    private TimeSpan RoundTripTo(NodeId id) => _mesh.Peers.RoundTripTo(id) ?? _options.AssumedRoundTrip;

    private void Note(PlacementDeed deed, ulong chain, int level = 0) => _options.Observer?.Invoke(new PlacementEvent(deed, chain, level));
}
