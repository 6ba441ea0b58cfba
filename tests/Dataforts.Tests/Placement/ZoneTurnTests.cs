using System.Buffers;
using Dataforts.Gravity;
using Dataforts.Mesh;
using Dataforts.Mesh.Embedded;
using Dataforts.Placement;

namespace Dataforts.Tests.Placement;

public sealed class ZoneTurnTests
{
    private const ulong Chain = 100;
    private const int Readers = 8;

    [Fact]
    public async Task Readers_of_one_zone_that_have_no_copy_take_turns_and_the_zone_keeps_as_many_copies_as_it_may()
    {
        var time = new VirtualTime();
        await using var network = new EmbeddedNetwork(new EmbeddedNetworkOptions { Time = time, Latency = static (_, _) => TimeSpan.FromMilliseconds(5) });
        var options = new PlacementNodeOptions
        {
            IsGreedy = false,
            Zone = "z",
            Heat = new HeatPolicy { HalfLife = TimeSpan.FromHours(1) },
            Pull = new PullPolicy { CopiesPerZone = 2 },
        };
        var publisher = new PlacementNode(network.Join(new NodeId(Chain)), options with { Zone = "elsewhere", HasGravity = false });
        PlacementNode[] readers = [.. Enumerable.Range(1, Readers).Select(id => new PlacementNode(network.Join(new NodeId((ulong)id)), options))];
        await publisher.PublishAsync(PlacementWorld.Channel, new byte[100]);
        time.Run(TimeSpan.FromSeconds(15));
        // First a read each, which is told and too little for a copy; then all of them want it.
        Read(time, readers, 1);
        time.Run(TimeSpan.FromSeconds(30));
        Assert.Equal(0, readers.Sum(reader => reader.Counters.Copies));
        Assert.All(readers, reader => Assert.Single(reader.HoldersOf(Chain)));
        Read(time, readers, 5);
        time.Run(TimeSpan.FromMinutes(2));
        Assert.Equal(2, readers.Sum(reader => reader.Counters.Copies));
        Assert.Equal(2, readers.Sum(reader => reader.Counters.Pulls));
        foreach (PlacementNode node in readers.Append(publisher)) await node.DisposeAsync();
    }

    private static void Read(VirtualTime time, PlacementNode[] readers, int times)
    {
        for (int i = 0; i < times; i++)
        {
            foreach (PlacementNode reader in readers)
                Assert.NotNull(time.RunUntil(reader.ReadAsync(PlacementWorld.Channel, Chain, 0, new ArrayBufferWriter<byte>()), TimeSpan.FromSeconds(1)));
        }
    }
}
