using System.Diagnostics.CodeAnalysis;

namespace Dataforts.Mesh.Embedded;

/// <summary>A directory that all nodes share, without the one that looks.</summary>
internal sealed class OthersDirectory(PeerTable shared, Func<NodeId, NodeId, TimeSpan> latency, NodeId self) : IPeerDirectory
{
    private PeersButOne? _view;

    public int Count => shared.VersionOf(self) != 0 ? shared.Count - 1 : shared.Count;

    public bool TryFind(NodeId id, [NotNullWhen(true)] out Peer? peer)
    {
        peer = null;
        return id != self && shared.TryFind(id, out peer);
    }

    // The snapshots are everybody's, so they cannot say how far it is from here.
    public TimeSpan? RoundTripTo(NodeId id) => TryFind(id, out _) ? latency(self, id) + latency(id, self) : null;

    public IReadOnlyList<Peer> Snapshot()
    {
        IReadOnlyList<Peer> all = shared.Snapshot();
        PeersButOne? view = Volatile.Read(ref _view);
        if (view is null || !ReferenceEquals(view.All, all)) Volatile.Write(ref _view, view = new PeersButOne(all, self));
        return view;
    }

    public IDisposable Watch(Action<PeerChange> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return shared.Watch(change =>
        {
            if (change.Id != self) observer(change);
        });
    }
}
