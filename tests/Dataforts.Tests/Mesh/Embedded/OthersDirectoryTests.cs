using Dataforts.Mesh;
using Dataforts.Mesh.Embedded;

namespace Dataforts.Tests.Mesh.Embedded;

public sealed class OthersDirectoryTests : IAsyncDisposable
{
    private readonly VirtualTime _time = new();
    private readonly EmbeddedNetwork _network;

    public OthersDirectoryTests() => _network = new EmbeddedNetwork(new EmbeddedNetworkOptions
    {
        Time = _time,
        SharesDirectory = true,
        Latency = static (from, to) => TimeSpan.FromMilliseconds(from == to ? 1 : from.Value + to.Value),
    });

    public ValueTask DisposeAsync() => _network.DisposeAsync();

    [Fact]
    public void Each_sees_all_others_in_order_and_how_far_they_are_from_itself()
    {
        EmbeddedMesh[] nodes = Join(9);
        foreach (EmbeddedMesh node in nodes)
        {
            IReadOnlyList<Peer> peers = node.Peers.Snapshot();
            NodeId[] others = [.. nodes.Select(other => other.Self).Where(id => id != node.Self)];
            Assert.Equal(others, peers.Select(peer => peer.Id));
            Assert.Equal(others, Enumerable.Range(0, peers.Count).Select(i => peers[i].Id));
            Assert.Throws<ArgumentOutOfRangeException>(() => peers[peers.Count]);
            foreach (NodeId other in others) Assert.Equal(TimeSpan.FromMilliseconds(2 * (node.Self.Value + other.Value)), node.Peers.RoundTripTo(other));
            Assert.Null(node.Peers.RoundTripTo(node.Self));
            Assert.Null(node.Peers.RoundTripTo(new NodeId(999)));
        }
    }

    [Fact]
    public void One_that_left_is_missed_by_all_and_never_seen_by_itself()
    {
        EmbeddedMesh[] nodes = Join(3);
        ValueTask left = nodes[1].DisposeAsync();
        Assert.True(left.IsCompletedSuccessfully);
        _time.Run(TimeSpan.FromSeconds(1));
        Assert.Equal([3UL], nodes[0].Peers.Snapshot().Select(peer => peer.Id.Value));
        Assert.Equal(1, nodes[0].Peers.Count);
        Assert.Equal([1UL, 3], nodes[1].Peers.Snapshot().Select(peer => peer.Id.Value));
    }

    [Fact]
    public void Looking_copies_no_snapshot()
    {
        EmbeddedMesh[] nodes = Join(1000);
        foreach (EmbeddedMesh node in nodes) Assert.Equal(999, node.Peers.Snapshot().Count);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < nodes.Length; i++) _ = nodes[i].Peers.Snapshot();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private EmbeddedMesh[] Join(int count)
    {
        EmbeddedMesh[] nodes = [.. Enumerable.Range(1, count).Select(n => _network.Join(new NodeId((ulong)n)))];
        _time.Run(TimeSpan.FromSeconds(1));
        return nodes;
    }
}
