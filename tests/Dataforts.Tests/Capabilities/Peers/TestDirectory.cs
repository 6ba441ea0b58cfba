using System.Diagnostics.CodeAnalysis;
using Dataforts.Mesh;

namespace Dataforts.Tests.Capabilities.Peers;

/// <summary>A directory that says what a test tells it to, under a lock as a real one does.</summary>
internal sealed class TestDirectory(DateTimeOffset start) : IPeerDirectory
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<NodeId, Peer> _peers = [];
    private readonly List<Action<PeerChange>> _observers = [];

    public int Count => _peers.Count;

    public int Watchers => _observers.Count;

    /// <summary>Called between the start of a watch and its first snapshot.</summary>
    public Action? BeforeSnapshot { get; set; }

    public bool TryFind(NodeId id, [NotNullWhen(true)] out Peer? peer) => _peers.TryGetValue(id, out peer);

    public IReadOnlyList<Peer> Snapshot()
    {
        BeforeSnapshot?.Invoke();
        lock (_gate) return [.. _peers.Values];
    }

    public IDisposable Watch(Action<PeerChange> observer)
    {
        lock (_gate) _observers.Add(observer);
        return new Watcher(this, observer);
    }

    public Peer Announce(ulong id, ulong version, Offer offer, int? roundTripMs = null, int lifetimeSeconds = 300)
    {
        var announcement = new Announcement(new NodeId(id), version, TimeSpan.FromSeconds(lifetimeSeconds), offer);
        var peer = new Peer(announcement, start.AddSeconds(lifetimeSeconds), roundTripMs is { } ms ? TimeSpan.FromMilliseconds(ms) : null);
        lock (_gate)
        {
            Peer? before = _peers.GetValueOrDefault(peer.Id);
            _peers[peer.Id] = peer;
            Tell(new PeerChange(peer.Id, before, peer));
        }
        return peer;
    }

    public void Remove(ulong id)
    {
        lock (_gate)
        {
            if (_peers.Remove(new NodeId(id), out Peer? before)) Tell(new PeerChange(before.Id, before, null));
        }
    }

    private void Tell(PeerChange change)
    {
        foreach (Action<PeerChange> observer in _observers) observer(change);
    }

    private sealed class Watcher(TestDirectory directory, Action<PeerChange> observer) : IDisposable
    {
        public void Dispose()
        {
            lock (directory._gate) directory._observers.Remove(observer);
        }
    }
}
