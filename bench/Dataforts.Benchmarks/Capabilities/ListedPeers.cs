using System.Diagnostics.CodeAnalysis;
using Dataforts.Mesh;

namespace Dataforts.Benchmarks.Capabilities;

/// <summary>A directory of a given list that never changes.</summary>
internal sealed class ListedPeers(Peer[] peers) : IPeerDirectory
{
    public int Count => peers.Length;

    public bool TryFind(NodeId id, [NotNullWhen(true)] out Peer? peer) => (peer = peers.FirstOrDefault(each => each.Id == id)) is not null;

    public IReadOnlyList<Peer> Snapshot() => peers;

    public IDisposable Watch(Action<PeerChange> observer) => new MemoryStream(0);
}
