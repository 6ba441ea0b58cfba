using System.Globalization;
using System.Text;
using Dataforts.Content;
using Dataforts.Mesh;
using Dataforts.Mesh.Embedded;

namespace Dataforts.Tests.Mesh.Embedded;

public sealed class EmbeddedNetworkTests
{
    private static readonly NodeId A = new(1), B = new(2), C = new(3);
    private static readonly TimeSpan Window = MeshLimits.DefaultAnnounceInterval;
    private readonly VirtualTime _time = new();

    [Fact]
    public void Nodes_learn_of_each_other_after_the_way_between_them()
    {
        EmbeddedNetwork network = Make();
        EmbeddedMesh a = network.Join(A, offer: Offer.Empty.With(["x"])), b = network.Join(B);
        Assert.Empty(b.Peers.Snapshot());
        _time.Run(TimeSpan.FromMilliseconds(10));
        Assert.True(b.Peers.TryFind(A, out Peer? peer));
        Assert.Equal(["x"], peer.Offer.Tags);
        Assert.Equal(TimeSpan.FromMilliseconds(20), peer.RoundTrip);
        Assert.Equal([B], a.Peers.Snapshot().Select(p => p.Id));
    }

    [Fact]
    public void All_readers_share_one_snapshot_of_an_offer()
    {
        EmbeddedNetwork network = Make();
        network.Join(A, offer: Offer.Empty.With(["x"]));
        EmbeddedMesh b = network.Join(B), c = network.Join(C);
        _time.Run(TimeSpan.FromSeconds(1));
        Assert.Same(b.Peers.Snapshot()[0].Offer, c.Peers.Snapshot()[0].Offer);
    }

    [Fact]
    public void A_reader_that_missed_a_change_asks_for_the_whole()
    {
        EmbeddedNetwork network = Make();
        EmbeddedMesh a = network.Join(A, offer: Offer.Empty.With(["x"])), b = network.Join(B);
        _time.Run(TimeSpan.FromSeconds(1));
        network.Cut((from, to) => from == A && to == B);
        a.Edit(offer => offer.With(["missed"]), isUrgent: true);
        _time.Run(TimeSpan.FromSeconds(1));
        network.Cut((_, _) => false);
        a.Edit(offer => offer.With(["y"]), isUrgent: true);
        _time.Run(TimeSpan.FromSeconds(1));
        Assert.True(b.Peers.TryFind(A, out Peer? peer));
        Assert.Equal(["missed", "x", "y"], peer.Offer.Tags);
    }

    [Fact]
    public void A_killed_node_is_forgotten_and_one_that_is_back_is_seen_within_a_window()
    {
        EmbeddedNetwork network = Make();
        network.Join(A, offer: Offer.Empty.With(["old"]));
        EmbeddedMesh b = network.Join(B);
        _time.Run(TimeSpan.FromSeconds(1));
        network.Kill(A);
        _time.Run(network.Options.DeathDetection);
        Assert.False(b.Peers.TryFind(A, out _));
        network.Join(A, offer: Offer.Empty.With(["new"]));
        _time.Run(Window);
        Assert.True(b.Peers.TryFind(A, out Peer? peer));
        Assert.Equal(["new"], peer.Offer.Tags);
    }

    [Fact]
    public void One_that_is_back_before_it_was_missed_stays()
    {
        EmbeddedNetwork network = Make();
        network.Join(A);
        EmbeddedMesh b = network.Join(B);
        _time.Run(TimeSpan.FromSeconds(1));
        network.Kill(A);
        _time.Run(TimeSpan.FromSeconds(1));
        network.Join(A, offer: Offer.Empty.With(["new"]));
        _time.Run(network.Options.DeathDetection * 2);
        Assert.True(b.Peers.TryFind(A, out Peer? peer));
        Assert.Equal(["new"], peer.Offer.Tags);
    }

    [Fact]
    public void With_a_tenth_of_all_messages_lost_every_change_still_arrives()
    {
        EmbeddedNetwork network = Make(loss: 0.1);
        EmbeddedMesh[] nodes = [.. Enumerable.Range(1, 8).Select(n => network.Join(new NodeId((ulong)n)))];
        foreach (EmbeddedMesh node in nodes) node.Edit(offer => offer.With([$"of {node.Self}"]));
        _time.Run(TimeSpan.FromHours(2));
        foreach (EmbeddedMesh node in nodes)
        {
            Assert.Equal(7, node.Peers.Count);
            Assert.All(node.Peers.Snapshot(), peer => Assert.Equal([$"of {peer.Id}"], peer.Offer.Tags));
        }
    }

    [Fact]
    public void Requests_take_the_way_there_and_back_and_silence_is_an_error()
    {
        EmbeddedNetwork network = Make();
        EmbeddedMesh a = network.Join(A), b = network.Join(B);
        using IDisposable serving = b.Serve(
            "echo", (peer, body, _) => ValueTask.FromResult<ReadOnlyMemory<byte>>(Encoding.UTF8.GetBytes($"{peer.Value}:{body.Length}")));
        TimeSpan before = _time.Elapsed;
        ReadOnlyMemory<byte> reply = _time.RunUntil(a.RequestAsync(B, "echo", new byte[3], default), TimeSpan.FromMinutes(1));
        Assert.Equal("1:3", Encoding.UTF8.GetString(reply.Span));
        Assert.Equal(TimeSpan.FromMilliseconds(20), _time.Elapsed - before);
        Assert.Equal(ErrorKind.Unsupported, Fails(() => a.RequestAsync(B, "other", default, default)));
        Assert.Equal(ErrorKind.LimitExceeded, Fails(() => a.RequestAsync(B, "echo", new byte[MeshLimits.MaxMessageBytes + 1], default)));
        network.Kill(B);
        Assert.Equal(ErrorKind.Transient, Fails(() => a.RequestAsync(B, "echo", default, default)));
    }

    [Fact]
    public void What_a_peer_sends_for_a_chunk_is_verified()
    {
        EmbeddedNetwork network = Make();
        EmbeddedMesh a = network.Join(A), b = network.Join(B);
        byte[] content = [1, 2, 3];
        BlobHash hash = BlobHash.Compute(content);
        using (b.ServeChunks((_, chunk, _) => ValueTask.FromResult(chunk == hash ? content : (ReadOnlyMemory<byte>?)null)))
        {
            Assert.Equal(content, _time.RunUntil(a.FetchChunkAsync(B, hash, default), TimeSpan.FromMinutes(1))!.Value.Bytes.ToArray());
            Assert.Null(_time.RunUntil(a.FetchChunkAsync(B, BlobHash.Compute([4]), default), TimeSpan.FromMinutes(1)));
        }
        using (b.ServeChunks((_, _, _) => ValueTask.FromResult<ReadOnlyMemory<byte>?>(new byte[] { 9 })))
        {
            Assert.Throws<IntegrityException>(() => _time.RunUntil(a.FetchChunkAsync(B, hash, default), TimeSpan.FromMinutes(1)));
        }
    }

    [Fact]
    public void A_tail_gives_what_was_and_what_comes_each_once_and_in_order()
    {
        EmbeddedNetwork network = Make();
        EmbeddedMesh a = network.Join(A, origin: 77), b = network.Join(B);
        for (int i = 0; i < 100; i++) Publish(a, i);
        var seen = new List<MeshEvent>();
        using var stop = new CancellationTokenSource();
        Task tail = Follow();
        _time.Run(TimeSpan.FromSeconds(1));
        Assert.Equal(100, seen.Count);
        for (int i = 100; i < 200; i++) Publish(a, i);
        Assert.Equal(100, seen.Count);
        _time.Run(TimeSpan.FromMilliseconds(10));
        Assert.Equal(Enumerable.Range(0, 200), seen.Select(item => (int)item.Payload.Span[0]));
        Assert.Equal(Enumerable.Range(0, 200), seen.Select(item => (int)item.Sequence));
        Assert.All(seen, item => Assert.Equal((77UL, A), (item.Origin, item.Publisher)));
        stop.Cancel();
        Assert.True(tail.IsCanceled);

        async Task Follow()
        {
            await foreach (MeshEvent item in b.TailAsync("c", 0, stop.Token).ConfigureAwait(false)) seen.Add(item);
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_trace_and_another_another()
    {
        Assert.Equal(Trace(5), Trace(5));
        Assert.NotEqual(Trace(5), Trace(6));
    }

    [Fact]
    public void Five_thousand_nodes_live_in_one_process()
    {
        EmbeddedNetwork network = new(new EmbeddedNetworkOptions { Time = _time, SharesDirectory = true });
        EmbeddedMesh[] nodes = [.. Enumerable.Range(1, 5000).Select(n => network.Join(new NodeId((ulong)n)))];
        foreach (EmbeddedMesh node in nodes) node.Edit(offer => offer.With(["x"]));
        _time.Run(TimeSpan.FromMinutes(10));
        Assert.Equal(4999, nodes[0].Peers.Count);
        Assert.True(nodes[17].Peers.TryFind(new NodeId(5000), out Peer? peer));
        Assert.Equal(["x"], peer.Offer.Tags);
        Assert.False(nodes[17].Peers.TryFind(nodes[17].Self, out _));
    }

    [Fact]
    public async Task On_the_systems_clock_many_threads_edit_request_and_tail()
    {
        await using var network = new EmbeddedNetwork();
        EmbeddedMesh[] nodes = [.. Enumerable.Range(1, 4).Select(n => network.Join(new NodeId((ulong)n)))];
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        foreach (EmbeddedMesh node in nodes) node.Serve("echo", (_, body, _) => ValueTask.FromResult(body));
        await Task.WhenAll(nodes.Select(node => Task.Run(
            async () =>
            {
                for (byte i = 0; i < 100; i++)
                {
                    node.Edit(offer => offer.With([$"{node.Self}.{i}"]), isUrgent: true);
                    NodeId other = nodes[i % 4].Self;
                    Assert.Equal([i], (await node.RequestAsync(other, "echo", new[] { i }, limit.Token)).ToArray());
                    await node.PublishAsync("c", new[] { i }, false, null, limit.Token);
                }
            },
            limit.Token)));
        int count = 0;
        await foreach (MeshEvent item in nodes[0].TailAsync("c", 0, limit.Token))
        {
            Assert.Equal((ulong)count, item.Sequence);
            if (++count == 400) break;
        }
        while (nodes.Any(node => node.Peers.Snapshot().Count != 3 || node.Peers.Snapshot().Any(peer => peer.Offer.Tags.Count != 100)))
            await Task.Delay(10, limit.Token);
    }

    private static void Publish(EmbeddedMesh mesh, int value)
    {
        ValueTask<ulong> published = mesh.PublishAsync("c", new[] { (byte)value }, false, null, default);
        Assert.True(published.IsCompletedSuccessfully);
    }

    private ErrorKind Fails(Func<ValueTask<ReadOnlyMemory<byte>>> request) =>
        Assert.Throws<DatafortsException>(() => _time.RunUntil(request(), TimeSpan.FromMinutes(2))).Kind;

    private EmbeddedNetwork Make(double loss = 0) =>
        new(new EmbeddedNetworkOptions { Time = _time, Latency = static (_, _) => TimeSpan.FromMilliseconds(10), Loss = loss });

    private static string Trace(ulong seed)
    {
        var time = new VirtualTime();
        var network = new EmbeddedNetwork(new EmbeddedNetworkOptions
        {
            Time = time,
            Latency = static (a, b) => TimeSpan.FromMilliseconds(a.Value + b.Value),
            Loss = 0.3,
            Seed = seed,
        });
        var trace = new StringBuilder();
        foreach (int n in Enumerable.Range(1, 6))
        {
            EmbeddedMesh mesh = network.Join(new NodeId((ulong)n));
            mesh.Peers.Watch(change =>
                trace.AppendLine(CultureInfo.InvariantCulture, $"{time.Elapsed} {mesh.Self} {change.Id} {change.After?.Offer.Tags.Count}"));
            _ = Work(mesh);
        }
        time.Run(TimeSpan.FromMinutes(20));
        return trace.ToString();

        async Task Work(EmbeddedMesh mesh)
        {
            for (int i = 0; i < 30; i++)
            {
                await Task.Delay(TimeSpan.FromSeconds(7), time).ConfigureAwait(false);
                int tag = i;
                mesh.Edit(offer => offer.With([$"t{tag}"]));
            }
        }
    }
}
