using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Dataforts.Mesh;

/// <summary>What a node knows of others: the newest announcement of each, believed until the reader's own deadline.</summary>
/// <remarks>Thread-safe: readers take one atomic reference, writers take turns. Observers are called under no lock, one at a time and in the order of the
/// changes; one that throws is counted and keeps nobody else from being told.</remarks>
internal sealed partial class PeerTable : IPeerDirectory, IDisposable
{
    private const int SpareDeadlines = 64;

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly int _maxPeers;
    private readonly PriorityQueue<NodeId, (TimeSpan, NodeId)> _deadlines = new();
    // What a node said last before it was forgotten: what is no newer must not be believed again.
    private readonly Dictionary<NodeId, ulong> _floors = [];
    private readonly Queue<(NodeId Id, ulong Version)> _forgotten = [];
    private readonly long _start;
    private readonly ITimer _timer;
    private ImmutableSortedDictionary<NodeId, Peer> _peers = ImmutableSortedDictionary<NodeId, Peer>.Empty;
    private Peer[]? _snapshot;

    public PeerTable(TimeProvider time, int maxPeers)
    {
        (_time, _maxPeers, _start) = (time, maxPeers, time.GetTimestamp());
        _timer = time.CreateTimer(static state => ((PeerTable)state!).Expire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public int Count => Volatile.Read(ref _peers).Count;

    /// <summary>Announcements that came too late: another as new was here.</summary>
    public long Stale { get; private set; }

    /// <summary>Nodes that are forgotten but for the version that they had.</summary>
    internal int Floors => _floors.Count;

    /// <summary>Announcements that were over a limit, or of a peer too many.</summary>
    public long Refused { get; private set; }

    /// <inheritdoc/>
    public bool TryFind(NodeId id, [NotNullWhen(true)] out Peer? peer) =>
        Volatile.Read(ref _peers).TryGetValue(id, out peer) && peer.Expires > Now;

    /// <inheritdoc/>
    public IReadOnlyList<Peer> Snapshot()
    {
        if (Volatile.Read(ref _snapshot) is { } known) return known;
        lock (_gate)
        {
            Peer[] made = [.. _peers.Values];
            Volatile.Write(ref _snapshot, made);
            return made;
        }
    }

    /// <summary>Deadlines that are kept, among them those that no longer count.</summary>
    internal int Deadlines => _deadlines.Count;

    /// <summary>The version that is known of a node; 0 when nothing is.</summary>
    public ulong VersionOf(NodeId id) => Volatile.Read(ref _peers).TryGetValue(id, out Peer? peer) ? peer.Announcement.Version : 0;

    /// <summary>Takes an announcement that came from its author.</summary>
    /// <returns>Whether it was news.</returns>
    public bool Accept(Announcement announcement, TimeSpan? roundTrip)
    {
        bool isNews = Take(announcement, roundTrip);
        Deliver();
        return isNews;
    }

    private bool Take(Announcement announcement, TimeSpan? roundTrip)
    {
        lock (_gate)
        {
            bool isKnown = _peers.TryGetValue(announcement.Author, out Peer? before);
            ulong floor = isKnown ? before!.Announcement.Version : _floors.GetValueOrDefault(announcement.Author);
            if (floor >= announcement.Version)
            {
                Stale++;
                return false;
            }
            if ((!isKnown && _peers.Count >= _maxPeers) || announcement.Lifetime <= TimeSpan.Zero || announcement.Offer.Objection() is not null)
            {
                Refused++;
                return false;
            }
            TimeSpan lifetime = announcement.Lifetime < MeshLimits.MaxLifetime ? announcement.Lifetime : MeshLimits.MaxLifetime;
            var peer = new Peer(announcement, _time.GetUtcNow() + lifetime, roundTrip ?? before?.RoundTrip) { Expires = Now + lifetime };
            Replace(_peers.SetItem(peer.Id, peer));
            _floors.Remove(peer.Id);
            Await(peer);
            Tell(new PeerChange(peer.Id, before, peer));
            return true;
        }
    }

    /// <summary>Forgets a node that is known to be gone, unless it was heard again since.</summary>
    /// <param name="id">Which.</param>
    /// <param name="version">The last that it can have said before it went.</param>
    public void Forget(NodeId id, ulong version)
    {
        lock (_gate)
        {
            if (_peers.TryGetValue(id, out Peer? peer) && peer.Announcement.Version <= version) Remove(id);
        }
        Deliver();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        lock (_gate) _watchers = [];
    }

    private TimeSpan Now => _time.GetElapsedTime(_start);

    // Each announcement leaves a deadline behind that no longer counts. They go when they are most of the queue, so that a peer that announces
    // much costs no memory.
    private void Await(Peer peer)
    {
        if (_deadlines.Count >= SpareDeadlines + (2 * _peers.Count))
        {
            _deadlines.Clear();
            foreach (Peer known in _peers.Values) _deadlines.Enqueue(known.Id, (known.Expires, known.Id));
        }
        else _deadlines.Enqueue(peer.Id, (peer.Expires, peer.Id));
        if (_deadlines.Peek() == peer.Id) Arm();
    }

    private void Expire()
    {
        lock (_gate)
        {
            TimeSpan now = Now;
            while (_deadlines.TryPeek(out NodeId id, out (TimeSpan At, NodeId) due) && due.At <= now)
            {
                _deadlines.Dequeue();
                if (_peers.TryGetValue(id, out Peer? peer) && peer.Expires <= now) Remove(id);
            }
            Arm();
        }
        Deliver();
    }

    private void Remove(NodeId id)
    {
        if (!_peers.TryGetValue(id, out Peer? before)) return;
        Remember(id, before.Announcement.Version);
        Replace(_peers.Remove(id));
        Tell(new PeerChange(id, before, null));
    }

    private void Replace(ImmutableSortedDictionary<NodeId, Peer> peers)
    {
        Volatile.Write(ref _peers, peers);
        Volatile.Write(ref _snapshot, null);
    }

    private void Arm()
    {
        if (!_deadlines.TryPeek(out _, out (TimeSpan At, NodeId) due)) return;
        TimeSpan wait = due.At - Now;
        _timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    // Of too many those that were forgotten first.
    private void Remember(NodeId id, ulong version)
    {
        _floors[id] = version;
        _forgotten.Enqueue((id, version));
        while (_floors.Count > _maxPeers || _forgotten.Count > 2L * _maxPeers)
        {
            (NodeId oldest, ulong had) = _forgotten.Dequeue();
            if (_floors.TryGetValue(oldest, out ulong known) && known == had) _floors.Remove(oldest);
        }
    }
}
