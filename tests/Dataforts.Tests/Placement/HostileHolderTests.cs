using Dataforts.Capabilities.Tags;
using Dataforts.Mesh;
using Dataforts.Mesh.Embedded;
using Dataforts.Placement;

namespace Dataforts.Tests.Placement;

/// <summary>A peer that says that it holds a chain and gives something else, or nothing, or drop by drop.</summary>
public sealed class HostileHolderTests : IAsyncDisposable
{
    private const ulong Chain = 1;

    private readonly PlacementWorld _world = new();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData(new byte[] { 1 })]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 1, 255, 255, 0 })]
    public async Task A_holder_with_nothing_is_no_source_of_a_copy(byte[] reply)
    {
        EmbeddedMesh hostile = Claimer(7);
        hostile.Serve("chain/pull", (_, _, _) => new ValueTask<ReadOnlyMemory<byte>>(reply));
        PlacementNode reader = await ReaderAsync();
        for (int i = 0; i < 10; i++) Assert.Null(await PlacementWorld.ReadAsync(reader, Chain, 0));
        await PlacementWorld.UntilAsync(() => reader.Counters.FailedPulls > 0);
        Assert.False(reader.HoldsCopy(Chain));
        Assert.Equal((0, 0), (reader.Counters.Pulls, reader.Counters.Copies));
    }

    [Fact]
    public async Task A_holder_that_gives_a_byte_at_a_time_is_left_for_the_next()
    {
        PlacementNode publisher = _world.Join(Chain);
        await PlacementWorld.PublishAsync(publisher, "whole");
        int asked = 0;
        EmbeddedMesh hostile = Claimer(7);
        hostile.Serve("chain/read", (_, _, _) =>
        {
            Interlocked.Increment(ref asked);
            // Time, a length of 5, and one byte of it.
            return new ValueTask<ReadOnlyMemory<byte>>(new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 42 });
        });
        PlacementNode reader = _world.Join(2, PlacementWorld.Options with { IsGreedy = false, HasGravity = false });
        await PlacementWorld.UntilAsync(() => reader.HoldersOf(Chain).Count == 2);
        Assert.Equal(("whole", Chain), await PlacementWorld.ReadAsync(reader, Chain, 0));
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task What_is_published_as_the_node_ends_claims_nothing()
    {
        EmbeddedMesh mesh = _world.Network.Join(new NodeId(Chain));
        var publisher = new PlacementNode(mesh, PlacementWorld.Options);
        await publisher.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await PlacementWorld.PublishAsync(publisher, "late"));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => publisher.SwitchAsync(greedy: true, gravity: true));
        Assert.DoesNotContain(mesh.Offer.Tags, tag => tag.StartsWith("causal:", StringComparison.Ordinal) || tag.Contains("origin", StringComparison.Ordinal));
    }

    private EmbeddedMesh Claimer(ulong id)
    {
        EmbeddedMesh mesh = _world.Network.Join(new NodeId(id));
        mesh.Edit(offer => offer.With([ChainClaim.Present(Chain).ToString()]));
        return mesh;
    }

    private async Task<PlacementNode> ReaderAsync()
    {
        PlacementNode reader = _world.Join(2, PlacementWorld.Options with { IsGreedy = false });
        await PlacementWorld.UntilAsync(() => reader.HoldersOf(Chain).Count == 1);
        return reader;
    }
}
