using System.Buffers;
using System.Text;
using Dataforts.Gravity;
using Dataforts.Mesh;
using Dataforts.Mesh.Embedded;
using Dataforts.Placement;

namespace Dataforts.Tests.Placement;

/// <summary>Placement nodes on an embedded mesh, in real time, with short windows.</summary>
internal sealed class PlacementWorld : IAsyncDisposable
{
    public const string Channel = "test/events";

    private readonly List<PlacementNode> _nodes = [];

    public EmbeddedNetwork Network { get; } = new(new EmbeddedNetworkOptions
    {
        Latency = static (from, to) => TimeSpan.FromMilliseconds(from == to ? 0 : from.Value == 1 || to.Value == 1 ? 4 : 1),
        RequestTimeout = TimeSpan.FromSeconds(1),
        DeathDetection = TimeSpan.FromSeconds(1),
        Announcer = new AnnouncerOptions { Interval = TimeSpan.FromMilliseconds(20), Lifetime = TimeSpan.FromSeconds(30) },
    });

    public static PlacementNodeOptions Options { get; } = new()
    {
        TickInterval = TimeSpan.FromMilliseconds(50),
        Heat = new HeatPolicy { HalfLife = TimeSpan.FromMinutes(5) },
        Zone = "z",
    };

    public PlacementNode Join(ulong id, PlacementNodeOptions? options = null)
    {
        var node = new PlacementNode(Network.Join(new NodeId(id)), options ?? Options);
        _nodes.Add(node);
        return node;
    }

    public static async Task<(string Text, ulong Source)?> ReadAsync(PlacementNode node, ulong chain, ulong sequence)
    {
        var buffer = new ArrayBufferWriter<byte>();
        ChainRead? read = await node.ReadAsync(Channel, chain, sequence, buffer);
        return read is null ? null : (Encoding.UTF8.GetString(buffer.WrittenSpan), read.Value.Source.Value);
    }

    public static ValueTask<ulong> PublishAsync(PlacementNode node, string text) => node.PublishAsync(Channel, Encoding.UTF8.GetBytes(text));

    public static Task UntilAsync(Func<bool> isSo) => UntilAsync(() => Task.FromResult(isSo()));

    public static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await isSo()) await Task.Delay(10, limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (PlacementNode node in _nodes) await node.DisposeAsync();
        await Network.DisposeAsync();
    }
}
