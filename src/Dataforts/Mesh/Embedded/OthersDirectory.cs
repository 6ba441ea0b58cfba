using System.Diagnostics.CodeAnalysis;

namespace Dataforts.Mesh.Embedded;

/// <summary>A directory that all nodes share, without the one that looks.</summary>
internal sealed class OthersDirectory(PeerTable shared, NodeId self) : IPeerDirectory
{
    public int Count => shared.TryFind(self, out _) ? shared.Count - 1 : shared.Count;

    public bool TryFind(NodeId id, [NotNullWhen(true)] out Peer? peer)
    {
        peer = null;
        return id != self && shared.TryFind(id, out peer);
    }

    public IReadOnlyList<Peer> Snapshot() => [.. shared.Snapshot().Where(peer => peer.Id != self)];

    public IDisposable Watch(Action<PeerChange> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return shared.Watch(change =>
        {
            if (change.Id != self) observer(change);
        });
    }
}
