using Dataforts.Gravity;
using Dataforts.Mesh;

namespace Dataforts.Simulation.Experiments;

/// <summary>Who holds which chain, as the peers announced it. Each announcement is read once and costs what changed in it.</summary>
internal sealed class ChainDirectory : IDisposable
{
    private readonly SortedDictionary<NodeId, ChainPeer> _peers = [];
    private readonly Dictionary<ulong, SortedSet<NodeId>> _holders = [];
    private readonly IDisposable _watch;
    private readonly bool _believesAll;
    private IReadOnlyList<IGravityPeer<ulong>>? _snapshot;

    public ChainDirectory(IPeerDirectory peers, bool believesAll = false)
    {
        _believesAll = believesAll;
        _watch = peers.Watch(Changed);
        foreach (Peer peer in peers.Snapshot()) Changed(new PeerChange(peer.Id, null, peer));
    }

    /// <summary>All peers, in the order of their ids.</summary>
    public IReadOnlyList<IGravityPeer<ulong>> Peers => _snapshot ??= [.. _peers.Values];

    public ChainPeer? Find(NodeId id) => _peers.GetValueOrDefault(id);

    /// <summary>The nodes that say that they hold a chain, in the order of their ids.</summary>
    public IEnumerable<ChainPeer> HoldersOf(ulong chain) =>
        _holders.TryGetValue(chain, out SortedSet<NodeId>? ids) ? ids.Select(id => _peers[id]) : [];

    public void Dispose() => _watch.Dispose();

    private void Changed(PeerChange change)
    {
        _snapshot = null;
        _peers.Remove(change.Id, out ChainPeer? before);
        ChainPeer? after = change.After is { } peer ? ChainPeer.Read(peer, _believesAll) : null;
        if (after is not null) _peers[change.Id] = after;
        IReadOnlyList<ulong> old = before?.Claims ?? [], now = after?.Claims ?? [];
        int i = 0, j = 0;
        while (i < old.Count || j < now.Count)
        {
            int order = i == old.Count ? 1 : j == now.Count ? -1 : old[i].CompareTo(now[j]);
            if (order < 0) Remove(old[i], change.Id);
            else if (order > 0) Add(now[j], change.Id);
            if (order <= 0) i++;
            if (order >= 0) j++;
        }
    }

    private void Add(ulong chain, NodeId id)
    {
        if (!_holders.TryGetValue(chain, out SortedSet<NodeId>? ids)) _holders[chain] = ids = [];
        ids.Add(id);
    }

    private void Remove(ulong chain, NodeId id)
    {
        if (_holders.TryGetValue(chain, out SortedSet<NodeId>? ids) && ids.Remove(id) && ids.Count == 0) _holders.Remove(chain);
    }
}
