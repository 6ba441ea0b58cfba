using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Dataforts.Mesh;

/// <summary>What a node knows of others: the newest announcement of each, believed until the reader's own deadline.</summary>
/// <remarks>Thread-safe: readers take one atomic reference, writers take turns.</remarks>
internal sealed class PeerTable : IPeerDirectory, IDisposable
{
    private const int SpareDeadlines = 64;

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly int _maxPeers;
    private readonly PriorityQueue<NodeId, (TimeSpan, NodeId)> _deadlines = new();
    private readonly long _start;
    private readonly ITimer _timer;
    private ImmutableSortedDictionary<NodeId, Peer> _peers = ImmutableSortedDictionary<NodeId, Peer>.Empty;
    private Peer[]? _snapshot;
    private ImmutableArray<Watcher> _watchers = [];

    public PeerTable(TimeProvider time, int maxPeers)
    {
        (_time, _maxPeers, _start) = (time, maxPeers, time.GetTimestamp());
        _timer = time.CreateTimer(static state => ((PeerTable)state!).Expire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public int Count => Volatile.Read(ref _peers).Count;

    /// <summary>Announcements that came too late: another as new was here.</summary>
    public long Stale { get; private set; }

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

    /// <inheritdoc/>
    public IDisposable Watch(Action<PeerChange> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var watcher = new Watcher(this, observer);
        lock (_gate) _watchers = _watchers.Add(watcher);
        return watcher;
    }

    /// <summary>Deadlines that are kept, among them those that no longer count.</summary>
    internal int Deadlines => _deadlines.Count;

    /// <summary>The version that is known of a node; 0 when nothing is.</summary>
    public ulong VersionOf(NodeId id) => Volatile.Read(ref _peers).TryGetValue(id, out Peer? peer) ? peer.Announcement.Version : 0;

    /// <summary>Takes an announcement that came from its author.</summary>
    /// <returns>Whether it was news.</returns>
    public bool Accept(Announcement announcement, TimeSpan? roundTrip)
    {
        lock (_gate)
        {
            bool isKnown = _peers.TryGetValue(announcement.Author, out Peer? before);
            if (isKnown && before!.Announcement.Version >= announcement.Version)
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
    }

    private void Remove(NodeId id)
    {
        if (!_peers.TryGetValue(id, out Peer? before)) return;
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

    private void Tell(PeerChange change)
    {
        foreach (Watcher watcher in _watchers) watcher.Observer(change);
    }

    private sealed class Watcher(PeerTable table, Action<PeerChange> observer) : IDisposable
    {
        public Action<PeerChange> Observer { get; } = observer;

        public void Dispose()
        {
            lock (table._gate) table._watchers = table._watchers.Remove(this);
        }
    }
}
