using Dataforts.Content;
using Dataforts.Mesh;
using Dataforts.Mesh.Embedded;
using Dataforts.Store;

namespace Dataforts.Tests.Mesh.Embedded;

/// <summary>Peers that die, hang, fail, leave or are reached only in part.</summary>
public sealed class EmbeddedFaultTests : IAsyncDisposable
{
    private static readonly NodeId A = new(1), B = new(2), C = new(3);
    private static readonly TimeSpan Way = TimeSpan.FromMicroseconds(50);
    private readonly VirtualTime _time = new();
    private readonly EmbeddedNetwork _network;

    public EmbeddedFaultTests() => _network = new EmbeddedNetwork(new EmbeddedNetworkOptions { Time = _time, Latency = static (_, _) => Way });

    public ValueTask DisposeAsync() => _network.DisposeAsync();

    [Fact]
    public void A_way_shorter_than_a_millisecond_takes_its_time()
    {
        EmbeddedMesh a = _network.Join(A), b = _network.Join(B);
        using IDisposable serving = b.Serve("echo", static (_, body, _) => ValueTask.FromResult(body));
        Assert.Equal([7], Ask(a).ToArray());
        Assert.Equal(2 * Way, _time.Elapsed);
    }

    [Fact]
    public void A_node_that_leaves_is_not_brought_back_by_what_it_said_before()
    {
        EmbeddedMesh a = _network.Join(A), b = _network.Join(B);
        _time.Run(TimeSpan.FromSeconds(1));
        a.Edit(offer => offer.With(["x"]), isUrgent: true);
        ValueTask left = a.DisposeAsync();
        Assert.True(left.IsCompletedSuccessfully);
        Assert.True(b.Peers.TryFind(A, out _));
        _time.Run(Way);
        Assert.False(b.Peers.TryFind(A, out _));
        _time.Run(TimeSpan.FromSeconds(1));
        Assert.False(b.Peers.TryFind(A, out _));
    }

    [Fact]
    public void A_farewell_that_is_lost_leaves_it_to_be_missed()
    {
        EmbeddedMesh a = _network.Join(A), b = _network.Join(B);
        _time.Run(TimeSpan.FromSeconds(1));
        _network.Cut(static (_, _) => true);
        ValueTask left = a.DisposeAsync();
        Assert.True(left.IsCompletedSuccessfully);
        _time.Run(TimeSpan.FromSeconds(1));
        Assert.True(b.Peers.TryFind(A, out _));
        _time.Run(_network.Options.DeathDetection);
        Assert.False(b.Peers.TryFind(A, out _));
    }

    [Fact]
    public void A_part_of_the_ways_that_is_mended_carries_what_was_missed()
    {
        EmbeddedMesh a = _network.Join(A), b = _network.Join(B), c = _network.Join(C);
        _time.Run(TimeSpan.FromSeconds(1));
        _network.Cut(static (from, to) => from != to);
        a.Edit(offer => offer.With(["x"]), isUrgent: true);
        _time.Run(TimeSpan.FromSeconds(1));
        _network.Cut(static (from, to) => from == C || to == C);
        _time.Run(Way);
        Assert.True(b.Peers.TryFind(A, out Peer? near));
        Assert.Equal(["x"], near.Offer.Tags);
        Assert.True(c.Peers.TryFind(A, out Peer? far));
        Assert.Empty(far.Offer.Tags);
    }

    [Fact]
    public void A_peer_that_never_answers_is_given_up_and_told_to_stop()
    {
        EmbeddedMesh a = _network.Join(A), b = _network.Join(B);
        CancellationToken there = default;
        using IDisposable serving = b.Serve("echo", (_, _, token) =>
        {
            there = token;
            return new ValueTask<ReadOnlyMemory<byte>>(new TaskCompletionSource<ReadOnlyMemory<byte>>().Task);
        });
        Assert.Equal(ErrorKind.Transient, Assert.Throws<DatafortsException>(() => Ask(a)).Kind);
        Assert.Equal(Way + _network.Options.RequestTimeout, _time.Elapsed);
        Assert.True(there.IsCancellationRequested);
    }

    [Fact]
    public void An_asker_that_gives_up_is_let_go_at_once_and_the_peer_is_told()
    {
        EmbeddedMesh a = _network.Join(A), b = _network.Join(B);
        CancellationToken there = default;
        using IDisposable serving = b.Serve("echo", (_, _, token) =>
        {
            there = token;
            return new ValueTask<ReadOnlyMemory<byte>>(new TaskCompletionSource<ReadOnlyMemory<byte>>().Task);
        });
        using var stop = new CancellationTokenSource();
        Task<ReadOnlyMemory<byte>> asked = a.RequestAsync(B, "echo", default, stop.Token).AsTask();
        _time.Run(TimeSpan.FromSeconds(1));
        Assert.False(asked.IsCompleted);
        stop.Cancel();
        Assert.True(asked.IsCanceled);
        Assert.True(there.IsCancellationRequested);
    }

    [Fact]
    public void A_peer_that_dies_while_it_answers_is_silent()
    {
        EmbeddedMesh a = _network.Join(A), b = _network.Join(B);
        b.Serve("echo", async (_, body, token) =>
        {
            await _time.DelayAsync(TimeSpan.FromHours(1), token).ConfigureAwait(false);
            return body;
        });
        _time.Schedule(TimeSpan.FromSeconds(1), () => _network.Kill(B));
        Assert.Equal(ErrorKind.Transient, Assert.Throws<DatafortsException>(() => Ask(a)).Kind);
        Assert.Equal(TimeSpan.FromSeconds(1) + _network.Options.RequestTimeout, _time.Elapsed);
    }

    [Fact]
    public void A_peer_whose_handler_fails_says_so_after_the_way_back()
    {
        EmbeddedMesh a = _network.Join(A), b = _network.Join(B);
        using IDisposable serving = b.Serve("echo", static (_, _, _) => throw new InvalidOperationException("broken"));
        DatafortsException error = Assert.Throws<DatafortsException>(() => Ask(a));
        Assert.Equal(ErrorKind.Transient, error.Kind);
        Assert.Contains("broken", error.Message, StringComparison.Ordinal);
        Assert.Equal(2 * Way, _time.Elapsed);
    }

    [Fact]
    public void What_was_verified_stays_though_the_peer_uses_its_buffer_again()
    {
        EmbeddedMesh a = _network.Join(A), b = _network.Join(B);
        byte[] buffer = [1, 2, 3];
        BlobHash hash = BlobHash.Compute(buffer);
        using IDisposable serving = b.ServeChunks((_, _, _) => ValueTask.FromResult<ReadOnlyMemory<byte>?>(buffer));
        ValueTask<VerifiedChunk?> fetching = a.FetchChunkAsync(B, hash, CancellationToken.None);
        _time.Run(Way);
        buffer.AsSpan().Clear();
        VerifiedChunk? chunk = _time.RunUntil(fetching, TimeSpan.FromSeconds(1));
        Assert.Equal([1, 2, 3], chunk!.Value.Bytes.ToArray());
    }

    [Fact]
    public void A_chunk_over_the_limit_is_refused_before_it_is_hashed()
    {
        EmbeddedMesh a = _network.Join(A), b = _network.Join(B);
        using IDisposable serving = b.ServeChunks(static (_, _, _) => ValueTask.FromResult<ReadOnlyMemory<byte>?>(new byte[StoreLimits.MaxChunkBytes + 1]));
        IntegrityException error = Assert.Throws<IntegrityException>(
            () => _time.RunUntil(a.FetchChunkAsync(B, default, CancellationToken.None), TimeSpan.FromSeconds(1)));
        Assert.Equal(ErrorKind.ChunkLength, error.Kind);
    }

    [Fact]
    public void A_node_with_too_large_an_offer_does_not_join()
    {
        Offer large = Offer.Empty.With([new string('x', MeshLimits.MaxTagLength + 1)]);
        Assert.Equal(ErrorKind.LimitExceeded, Assert.Throws<DatafortsException>(() => _network.Join(A, offer: large)).Kind);
        Assert.Empty(_network.Nodes);
        _network.Join(A);
    }

    [Fact]
    public void A_tail_on_a_node_that_dies_ends_there_and_then_on_the_thread_that_runs_the_clock()
    {
        _network.Join(A);
        EmbeddedMesh b = _network.Join(B);
        int here = Environment.CurrentManagedThreadId, there = 0;
        TimeSpan endedAt = default;
        _ = Follow();
        _time.Schedule(TimeSpan.FromSeconds(3), () => _network.Kill(B));
        _time.Run(TimeSpan.FromSeconds(5));
        Assert.Equal(here, there);
        Assert.Equal(TimeSpan.FromSeconds(3), endedAt);

        async Task Follow()
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            {
                try
                {
                    await foreach (MeshEvent _ in b.TailAsync("c", 0, CancellationToken.None).ConfigureAwait(false)) Assert.Fail("nothing was published");
                }
                finally
                {
                    (there, endedAt) = (Environment.CurrentManagedThreadId, _time.Elapsed);
                }
            }).ConfigureAwait(false);
        }
    }

    private ReadOnlyMemory<byte> Ask(EmbeddedMesh asker) =>
        _time.RunUntil(asker.RequestAsync(B, "echo", new byte[] { 7 }, CancellationToken.None), TimeSpan.FromMinutes(2));
}
