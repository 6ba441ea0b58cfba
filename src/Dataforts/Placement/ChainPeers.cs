using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Dataforts.Capabilities.Peers;

namespace Dataforts.Placement;

/// <summary>All peers of an index as gravity reads them. One list for all nodes that share the index, made anew only when the index has changed.</summary>
internal sealed class ChainPeers
{
    private static readonly ConditionalWeakTable<PeerIndex, ChainPeers> Known = [];

    private readonly PeerIndex _index;
    private Snapshot? _last;

    private ChainPeers(PeerIndex index) => _index = index;

    public static ChainPeers Of(PeerIndex index) => Known.GetValue(index, static one => new ChainPeers(one));

    public IReadOnlyList<ChainPeer> All()
    {
        ImmutableArray<IndexedPeer> now = _index.All();
        Snapshot? last = Volatile.Read(ref _last);
        if (last is null || last.Of != now) Volatile.Write(ref _last, last = new Snapshot(now, [.. now.Select(ChainPeer.Of)]));
        return last.Peers;
    }

    private sealed record Snapshot(ImmutableArray<IndexedPeer> Of, ChainPeer[] Peers);
}
