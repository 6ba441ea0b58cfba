using System.Buffers;
using System.Text;
using Dataforts.Mesh;
using Dataforts.Mesh.Embedded;
using Dataforts.Placement;

namespace Dataforts.Tests.Placement;

public sealed class PlacementNodeTests : IAsyncDisposable
{
    private const ulong Chain = 1;

    private readonly PlacementWorld _world = new();
    private readonly CancellationTokenSource _end = new();

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _world.DisposeAsync();
        _end.Dispose();
    }

    [Fact]
    public async Task What_flows_past_is_cached_read_here_and_read_by_others_when_its_publisher_is_dead()
    {
        PlacementNode publisher = _world.Join(Chain);
        PlacementNode cacher = _world.Join(2, PlacementWorld.Options with { HasGravity = false });
        PlacementNode reader = _world.Join(3, PlacementWorld.Options with { IsGreedy = false, HasGravity = false });
        Task followed = FollowAsync(cacher, 3);
        for (int i = 0; i < 3; i++) await PlacementWorld.PublishAsync(publisher, $"event {i}");
        await followed;
        Assert.Equal(("event 2", 2UL), await PlacementWorld.ReadAsync(cacher, Chain, 2));
        await PlacementWorld.UntilAsync(() => reader.HoldersOf(Chain).Count == 2);
        Assert.Equal(("event 1", 2UL), await PlacementWorld.ReadAsync(reader, Chain, 1));
        _world.Network.Kill(publisher.Id);
        Assert.Equal(("event 0", 2UL), await PlacementWorld.ReadAsync(reader, Chain, 0));
        await PlacementWorld.UntilAsync(() => reader.HoldersOf(Chain).Count == 1);
        Assert.Null(await PlacementWorld.ReadAsync(reader, Chain, 99));
        Assert.Equal((3, 0, 1), (reader.Counters.Reads, reader.Counters.LocalReads, reader.Counters.FailedReads));
        Assert.Equal((1, 1), (cacher.Counters.Reads, cacher.Counters.LocalReads));
    }

    [Fact]
    public async Task A_reader_whose_nearest_holder_is_dead_reads_from_the_next()
    {
        PlacementNode publisher = _world.Join(Chain);
        PlacementNode cacher = _world.Join(2, PlacementWorld.Options with { HasGravity = false });
        PlacementNode reader = _world.Join(3, PlacementWorld.Options with { IsGreedy = false, HasGravity = false });
        Task followed = FollowAsync(cacher, 1);
        await PlacementWorld.PublishAsync(publisher, "only");
        await followed;
        await PlacementWorld.UntilAsync(() => reader.HoldersOf(Chain).Count == 2);
        _world.Network.Kill(cacher.Id);
        Assert.Equal(("only", Chain), await PlacementWorld.ReadAsync(reader, Chain, 0));
        Assert.Equal(1, reader.Counters.Retries);
    }

    [Fact]
    public async Task What_readers_want_comes_to_them_and_is_served_to_others_from_there()
    {
        PlacementNode publisher = _world.Join(Chain);
        PlacementNode reader = _world.Join(2, PlacementWorld.Options with { IsGreedy = false });
        PlacementNode other = _world.Join(3, PlacementWorld.Options with { IsGreedy = false, HasGravity = false });
        for (int i = 0; i < 20; i++) await PlacementWorld.PublishAsync(publisher, $"event {i}");
        await PlacementWorld.UntilAsync(() => reader.HoldersOf(Chain).Count == 1);
        for (int i = 0; i < 10; i++) Assert.Equal($"event {i}", (await PlacementWorld.ReadAsync(reader, Chain, (ulong)i))?.Text);
        await PlacementWorld.UntilAsync(() => reader.HoldsCopy(Chain));
        Assert.Equal(("event 19", 2UL), await PlacementWorld.ReadAsync(reader, Chain, 19));
        await PlacementWorld.UntilAsync(() => other.HoldersOf(Chain).Count == 2);
        Assert.Equal(("event 5", 2UL), await PlacementWorld.ReadAsync(other, Chain, 5));
        Assert.Equal((1, 1), (reader.Counters.Pulls, reader.Counters.Copies));
        // What came after the copy was made joins it when it is read.
        ulong late = await PlacementWorld.PublishAsync(publisher, "late");
        Assert.Equal(("late", Chain), await PlacementWorld.ReadAsync(reader, Chain, late));
        Assert.Equal(("late", 2UL), await PlacementWorld.ReadAsync(reader, Chain, late));
    }

    [Fact]
    public async Task A_chain_of_many_pages_comes_whole_and_an_event_as_long_as_a_message_is_read()
    {
        PlacementNode publisher = _world.Join(Chain);
        PlacementNode reader = _world.Join(2, PlacementWorld.Options with { IsGreedy = false });
        byte[] large = new byte[MeshLimits.MaxMessageBytes], middle = new byte[400_000];
        for (int i = 0; i < 7; i++) await publisher.PublishAsync(PlacementWorld.Channel, middle);
        await publisher.PublishAsync(PlacementWorld.Channel, large);
        await publisher.PublishAsync("test/other", "beside"u8.ToArray());
        await PlacementWorld.UntilAsync(() => reader.HoldersOf(Chain).Count == 1);
        for (int i = 0; i < 10; i++)
        {
            var buffer = new ArrayBufferWriter<byte>();
            Assert.NotNull(await reader.ReadAsync(PlacementWorld.Channel, Chain, 7, buffer));
            Assert.Equal(large.Length, buffer.WrittenCount);
        }
        await PlacementWorld.UntilAsync(() => reader.HoldsCopy(Chain));
        for (ulong i = 0; i < 7; i++)
        {
            ChainRead? read = await reader.ReadAsync(PlacementWorld.Channel, Chain, i, new ArrayBufferWriter<byte>());
            Assert.Equal((2UL, middle.Length), (read!.Value.Source.Value, read.Value.Event.Length));
        }
        Assert.Equal(2UL, (await reader.ReadAsync("test/other", Chain, 0, new ArrayBufferWriter<byte>()))!.Value.Source.Value);
    }

    [Fact]
    public async Task Switched_off_it_has_taken_back_what_it_said_and_switched_on_it_goes_on()
    {
        PlacementNode publisher = _world.Join(Chain);
        PlacementNode node = _world.Join(2);
        PlacementNode reader = _world.Join(3, PlacementWorld.Options with { IsGreedy = false, HasGravity = false });
        Task followed = FollowAsync(node, 1);
        await PlacementWorld.PublishAsync(publisher, "first");
        await followed;
        await PlacementWorld.UntilAsync(async () =>
        {
            await PlacementWorld.ReadAsync(node, Chain, 0);
            return Tags(reader, 2).Any(tag => tag.StartsWith("heat:", StringComparison.Ordinal)) && reader.HoldersOf(Chain).Count == 2;
        });
        await node.SwitchAsync(greedy: false, gravity: false);
        await PlacementWorld.UntilAsync(() => Tags(reader, 2).All(tag => tag == "scope:zone:z"));
        Assert.Single(reader.HoldersOf(Chain));
        await node.SwitchAsync(greedy: true, gravity: true);
        followed = FollowAsync(node, 1);
        await PlacementWorld.PublishAsync(publisher, "second");
        await followed;
        await PlacementWorld.UntilAsync(() => reader.HoldersOf(Chain).Count == 2);
        Assert.Equal("second", (await PlacementWorld.ReadAsync(node, Chain, 1))?.Text);
    }

    [Fact]
    public async Task Disposed_it_says_nothing_any_more_and_answers_nobody_and_the_mesh_is_open()
    {
        EmbeddedMesh mesh = _world.Network.Join(new NodeId(Chain));
        var publisher = new PlacementNode(mesh, PlacementWorld.Options);
        PlacementNode reader = _world.Join(2, PlacementWorld.Options with { IsGreedy = false });
        await PlacementWorld.PublishAsync(publisher, "event");
        await PlacementWorld.UntilAsync(() => reader.HoldersOf(Chain).Count == 1);
        await publisher.DisposeAsync();
        await publisher.DisposeAsync();
        await PlacementWorld.UntilAsync(() => Tags(reader, Chain).All(tag => tag == "scope:zone:z") && reader.HoldersOf(Chain).Count == 0);
        EmbeddedMesh asker = _world.Network.Join(new NodeId(9));
        await Assert.ThrowsAsync<DatafortsException>(async () => await asker.RequestAsync(mesh.Self, "chain/pull", new byte[16], CancellationToken.None));
        await using var again = new PlacementNode(mesh, PlacementWorld.Options);
        Assert.True(mesh.IsAlive);
    }

    [Fact]
    public async Task Two_on_one_mesh_are_refused_and_the_first_goes_on()
    {
        EmbeddedMesh mesh = _world.Network.Join(new NodeId(Chain));
        await using var node = new PlacementNode(mesh, PlacementWorld.Options);
        Assert.Throws<InvalidOperationException>(() => new PlacementNode(mesh, PlacementWorld.Options));
        await PlacementWorld.PublishAsync(node, "event");
        Assert.Equal(("event", Chain), await PlacementWorld.ReadAsync(node, Chain, 0));
    }

    private static string[] Tags(PlacementNode reader, ulong id) =>
        reader.Peers.TryFind(new NodeId(id), out var peer) ? [.. peer.Peer.Offer.Tags] : [];

    // Follows from now on, until so many came.
    private async Task FollowAsync(PlacementNode node, int events)
    {
        await foreach (MeshEvent item in node.TailAsync(PlacementWorld.Channel, 0, _end.Token))
        {
            Assert.NotEqual(0, Encoding.UTF8.GetCharCount(item.Payload.Span));
            if (--events == 0) return;
        }
    }
}
