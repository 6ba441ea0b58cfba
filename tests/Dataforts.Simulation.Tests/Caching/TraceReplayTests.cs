using CsCheck;
using Dataforts.Simulation.Caching.Traces;

namespace Dataforts.Simulation.Caching;

public sealed class TraceReplayTests
{
    [Fact]
    public void The_rules_of_the_contract_hold_for_every_policy()
    {
        // A hit, a changed size, the new size, one too large, the old one after it, nothing at all, and that again.
        TraceRequest[] trace =
            [new(0, 1, 10), new(1, 1, 10), new(2, 1, 20), new(3, 1, 20), new(4, 1, 101), new(5, 1, 20), new(6, 2, 0), new(7, 2, 0), new(8, 3, ulong.MaxValue)];
        foreach (string policy in TraceReplay.Policies)
        {
            ReplayResult result = Replay(trace, 100, policy);
            Assert.Equal((policy, 9, 3, 0), (result.Policy, result.Requests, result.Hits, result.Evictions));
            Assert.Equal(3.0 / 9, result.HitRatio);
            Assert.Equal((UInt128)30, result.HitBytes);
            Assert.Equal((UInt128)181 + ulong.MaxValue, result.RequestedBytes);
        }
    }

    [Fact]
    public void An_empty_trace_has_ratios_of_nought()
    {
        ReplayResult result = Replay([], 100, "default");
        Assert.Equal((0.0, 0.0), (result.HitRatio, result.ByteHitRatio));
    }

    [Fact]
    public void For_equal_sizes_belady_is_the_optimum_of_all_choices() =>
        Gen.Select(Gen.Int[0, 4].Array[1, 12], Gen.Int[1, 3]).Sample((keys, capacity) =>
        {
            TraceRequest[] trace = [.. keys.Select((key, i) => new TraceRequest((ulong)i, (ulong)key, 1))];
            return Replay(trace, capacity, TraceReplay.Belady).Hits == MostHits(keys, 0, [], capacity);
        });

    [Fact]
    public void For_equal_sizes_no_policy_is_above_belady()
    {
        foreach (TraceGenerator generator in TraceCatalog.All)
        {
            TraceRequest[] trace = [.. generator.Generate(9, 4000).Select(request => request with { SizeBytes = 1 })];
            foreach (int capacity in (int[])[1, 7, 60, 500])
            {
                long optimum = Replay(trace, capacity, TraceReplay.Belady).Hits;
                foreach (string policy in TraceReplay.Policies)
                    Assert.True(Replay(trace, capacity, policy).Hits <= optimum, $"{policy} on {generator.Name} at {capacity}");
            }
        }
    }

    [Fact]
    public async Task Belady_needs_to_look_ahead()
    {
        var replay = new TraceReplay();
        replay.Add(TraceReplay.Belady, 10);
        Assert.True(replay.LooksAhead);
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => replay.RunAsync(new MemoryStream("0 1 2"u8.ToArray()), null, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Streaming_a_trace_gives_what_replaying_it_from_memory_gives()
    {
        TraceRequest[] trace = [.. TraceCatalog.Find("cdn")!.Generate(3, 70_000)];
        byte[] text = System.Text.Encoding.ASCII.GetBytes(string.Concat(trace.Select(request => $"{request.Time} {request.Key} {request.SizeBytes}\n")));
        TraceReplay streamed = All(5_000_000);
        await streamed.LookAheadAsync(new MemoryStream(text), null, TestContext.Current.CancellationToken);
        await streamed.RunAsync(new MemoryStream(text), null, TestContext.Current.CancellationToken);
        TraceReplay atOnce = All(5_000_000);
        atOnce.Run(trace, TestContext.Current.CancellationToken);
        Assert.Equal(atOnce.Results(), streamed.Results());
    }

    [Fact]
    public void A_cancelled_replay_ends()
    {
        var replay = All(1000);
        Assert.Throws<OperationCanceledException>(() => replay.Run([new TraceRequest(0, 1, 1)], new CancellationToken(canceled: true)));
    }

    private static TraceReplay All(long capacity)
    {
        var replay = new TraceReplay();
        foreach (string policy in TraceReplay.Policies) replay.Add(policy, capacity);
        return replay;
    }

    private static ReplayResult Replay(TraceRequest[] trace, long capacity, string policy)
    {
        var replay = new TraceReplay();
        replay.Add(policy, capacity);
        replay.Run(trace, TestContext.Current.CancellationToken);
        return Assert.Single(replay.Results());
    }

    /// <summary>Tries every set that could be held after every request.</summary>
    private static int MostHits(int[] keys, int at, HashSet<int> held, int capacity)
    {
        if (at == keys.Length) return 0;
        if (held.Contains(keys[at])) return 1 + MostHits(keys, at + 1, held, capacity);
        int most = MostHits(keys, at + 1, held, capacity);
        if (held.Count < capacity) return Math.Max(most, MostHits(keys, at + 1, [.. held, keys[at]], capacity));
        foreach (int victim in held) most = Math.Max(most, MostHits(keys, at + 1, [.. held.Where(key => key != victim), keys[at]], capacity));
        return most;
    }
}
