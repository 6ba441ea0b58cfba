using Dataforts.Mesh;
using Dataforts.Mesh.Embedded;

namespace Dataforts.Tests.Mesh;

public sealed class PeerTableTests : IDisposable
{
    private static readonly NodeId A = new(0xA);
    private readonly VirtualTime _time = new();
    private readonly PeerTable _table;

    public PeerTableTests() => _table = new PeerTable(_time, maxPeers: 2);

    public void Dispose() => _table.Dispose();

    [Fact]
    public void Only_a_newer_version_is_believed()
    {
        Assert.True(_table.Accept(Said(A, 5, "a"), null));
        Assert.False(_table.Accept(Said(A, 5, "b"), null));
        Assert.False(_table.Accept(Said(A, 4, "b"), null));
        Assert.Equal(2, _table.Stale);
        Assert.True(_table.TryFind(A, out Peer? peer));
        Assert.Equal(["a"], peer.Offer.Tags);
    }

    [Fact]
    public void What_is_believed_ends_by_the_readers_clock()
    {
        var changes = new List<PeerChange>();
        using IDisposable watch = _table.Watch(changes.Add);
        _table.Accept(Said(A, 1, "a") with { Lifetime = TimeSpan.FromSeconds(10) }, null);
        _time.Run(TimeSpan.FromSeconds(9.9));
        Assert.True(_table.TryFind(A, out _));
        _time.Run(TimeSpan.FromSeconds(0.1));
        Assert.False(_table.TryFind(A, out _));
        Assert.Empty(_table.Snapshot());
        Assert.Equal([true, false], changes.Select(change => change.After is not null));
    }

    [Fact]
    public void A_lifetime_is_at_most_the_limit()
    {
        _table.Accept(Said(A, 1, "a") with { Lifetime = TimeSpan.FromDays(365) }, null);
        Assert.True(_table.TryFind(A, out Peer? peer));
        Assert.Equal(_time.GetUtcNow() + MeshLimits.MaxLifetime, peer.Deadline);
    }

    [Fact]
    public void A_newer_announcement_outlives_the_deadline_of_the_older()
    {
        _table.Accept(Said(A, 1, "a") with { Lifetime = TimeSpan.FromSeconds(10) }, null);
        _time.Run(TimeSpan.FromSeconds(5));
        _table.Accept(Said(A, 2, "b") with { Lifetime = TimeSpan.FromSeconds(10) }, null);
        _time.Run(TimeSpan.FromSeconds(6));
        Assert.True(_table.TryFind(A, out _));
    }

    [Fact]
    public void What_a_node_said_before_it_was_forgotten_is_not_believed_again()
    {
        _table.Accept(Said(A, 5, "a") with { Lifetime = TimeSpan.FromSeconds(10) }, null);
        _time.Run(TimeSpan.FromSeconds(11));
        Assert.False(_table.Accept(Said(A, 5, "a"), null));
        Assert.False(_table.Accept(Said(A, 4, "old"), null));
        Assert.Equal(2, _table.Stale);
        Assert.True(_table.Accept(Said(A, 6, "b"), null));
        Assert.Equal(0, _table.Floors);
        _table.Forget(A, 6);
        Assert.False(_table.Accept(Said(A, 6, "b"), null));
        Assert.Equal(1, _table.Floors);
    }

    [Fact]
    public void No_more_forgotten_nodes_are_remembered_than_peers_are_known()
    {
        for (ulong id = 1; id <= 100; id++)
        {
            _table.Accept(Said(new NodeId(id), id, "a"), null);
            _table.Forget(new NodeId(id), id);
            Assert.InRange(_table.Floors, 0, 2);
        }
        Assert.False(_table.Accept(Said(new NodeId(100), 100, "a"), null));
    }

    [Fact]
    public async Task Observers_are_called_under_no_lock()
    {
        using var inside = new ManualResetEventSlim();
        using var over = new ManualResetEventSlim();
        using IDisposable watch = _table.Watch(_ =>
        {
            inside.Set();
            Assert.True(over.Wait(TimeSpan.FromSeconds(60)));
        });
        Task accepting = Task.Run(() => _table.Accept(Said(A, 1, "a"), null));
        Assert.True(inside.Wait(TimeSpan.FromSeconds(60)));
        // Others read, announce and watch while the observer is at it.
        await Task.Run(() =>
        {
            Assert.Single(_table.Snapshot());
            Assert.True(_table.Accept(Said(new NodeId(2), 1, "b"), null));
            _table.Watch(_ => { }).Dispose();
        }).WaitAsync(TimeSpan.FromSeconds(60));
        over.Set();
        await accepting;
    }

    [Fact]
    public void An_observer_that_throws_keeps_no_other_from_being_told_and_changes_come_in_order()
    {
        List<ulong> seen = [];
        using IDisposable bad = _table.Watch(_ => throw new InvalidOperationException("bad"));
        using IDisposable again = _table.Watch(change =>
        {
            // Heard while it is told of the first: the second comes after it.
            if (change.After?.Announcement.Version == 1) _table.Accept(Said(A, 2, "b"), null);
        });
        using IDisposable good = _table.Watch(change => seen.Add(change.After?.Announcement.Version ?? 0));
        Assert.True(_table.Accept(Said(A, 1, "a"), null));
        _table.Forget(A, 2);
        Assert.Equal([1UL, 2, 0], seen);
        Assert.Equal(3, _table.Failures);
        good.Dispose();
        _table.Accept(Said(A, 9, "c"), null);
        Assert.Equal(3, seen.Count);
    }

    [Fact]
    public void Too_many_peers_and_too_long_offers_are_refused()
    {
        Assert.True(_table.Accept(Said(new NodeId(1), 1, "a"), null));
        Assert.True(_table.Accept(Said(new NodeId(2), 1, "a"), null));
        Assert.False(_table.Accept(Said(new NodeId(3), 1, "a"), null));
        Assert.False(_table.Accept(Said(new NodeId(1), 2, new string('x', MeshLimits.MaxTagLength + 1)), null));
        Assert.False(_table.Accept(Said(new NodeId(1), 3, "") with { Lifetime = TimeSpan.FromSeconds(1) }, null));
        Assert.Equal(3, _table.Refused);
        Assert.True(_table.Accept(Said(new NodeId(1), 4, "b"), null));
    }

    [Fact]
    public async Task Snapshots_are_whole_while_others_write()
    {
        using var table = new PeerTable(TimeProvider.System, maxPeers: 64);
        using var done = new CancellationTokenSource();
        Task writer = Task.Run(
            () =>
            {
                for (ulong version = 1; version <= 20_000; version++)
                {
                    string tag = $"v{version}";
                    Offer offer = Offer.Empty.With([tag, tag + "x"]);
                    table.Accept(new Announcement(new NodeId(1 + (version % 8)), version, MeshLimits.DefaultLifetime, offer), null);
                }
                done.Cancel();
            },
            TestContext.Current.CancellationToken);
        while (!done.IsCancellationRequested)
        {
            foreach (Peer peer in table.Snapshot()) Assert.Equal([$"v{peer.Announcement.Version}", $"v{peer.Announcement.Version}x"], peer.Offer.Tags);
        }
        await writer;
        Assert.Equal(8, table.Snapshot().Count);
        Assert.Equal(0, table.Stale);
    }

    [Fact]
    public void A_peer_that_announces_much_costs_no_memory()
    {
        for (ulong version = 1; version <= 10_000; version++) _table.Accept(Said(A, version, "a"), null);
        Assert.InRange(_table.Deadlines, 1, 100);
        _time.Run(MeshLimits.DefaultLifetime);
        Assert.Equal(0, _table.Count);
        Assert.Equal(0, _table.Deadlines);
    }

    [Fact]
    public void A_shorter_lifetime_than_before_ends_sooner()
    {
        _table.Accept(Said(A, 1, "a"), null);
        _table.Accept(Said(A, 2, "a") with { Lifetime = TimeSpan.FromSeconds(1) }, null);
        _time.Run(TimeSpan.FromSeconds(1));
        Assert.Equal(0, _table.Count);
    }

    [Fact]
    public void A_node_that_went_is_forgotten_unless_it_was_heard_again()
    {
        _table.Accept(Said(A, 7, "a"), null);
        _table.Forget(A, 6);
        Assert.Equal(1, _table.Count);
        _table.Forget(A, 7);
        Assert.Equal(0, _table.Count);
    }

    private static Announcement Said(NodeId author, ulong version, string tag) =>
        new(author, version, MeshLimits.DefaultLifetime, Offer.Empty.With([tag]));
}
