using System.Buffers;
using Dataforts.Capabilities.Intents;
using Dataforts.Content;
using Dataforts.Gravity;
using Dataforts.Greedy.Admission;
using Dataforts.Greedy.Caching;
using Dataforts.Greedy.Pulling;
using Dataforts.Greedy.Running;

namespace Dataforts.Tests.Greedy.Running;

public sealed class GreedyRuntimeTests
{
    private static readonly Dictionary<string, string> NeedsCores = new() { ["intent"] = "cpu-bound" };

    [Fact]
    public void The_first_event_is_announced_and_the_second_is_not()
    {
        var bench = new RuntimeBench();
        Assert.Equal(DispatchOutcome.Cached, bench.Dispatch(1, 1));
        Assert.Equal(DispatchOutcome.Cached, bench.Dispatch(1, 2));
        bench.Run();
        bench.Dispatch(1, 3);
        bench.Run();
        Assert.Equal(["+1"], bench.Announced);
        Assert.True(bench.Runtime.IsHeld(1));
        Assert.True(bench.Has(1, 3));
    }

    [Fact]
    public async Task Eight_first_events_at_once_are_announced_once()
    {
        for (int round = 0; round < 50; round++)
        {
            var bench = new RuntimeBench();
            using var start = new Barrier(8);
            await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() =>
            {
                start.SignalAndWait();
                bench.Dispatch(1, (ulong)i);
            })));
            bench.Run();
            Assert.Equal(["+1"], bench.Announced);
        }
    }

    [Fact]
    public void Every_reason_has_a_counter_and_leaves_nothing_in_the_cache()
    {
        var options = RuntimeBench.Options() with
        {
            Rules = new AdmissionRules { Scopes = ["tenant:a"], Access = new AllBut("c/5") },
            Limits = Caching.CacheBench.Limits(1 << 20) with { NicPeakBytesPerSecond = 400 },
        };
        var bench = new RuntimeBench(options);
        Publisher near = RuntimeBench.PublisherOf("scope:tenant:a"), far = new(near.Facts, near.Hints, TimeSpan.FromSeconds(1));
        bench.Dispatch(1, 1, RuntimeBench.PublisherOf("scope:tenant:b"));
        bench.Dispatch(2, 1, near, NeedsCores);
        bench.Dispatch(3, 1, near, new Dictionary<string, string> { ["colocate-with-strict"] = "00000000000000aa" });
        bench.Dispatch(4, 1, far);
        bench.Dispatch(5, 1, near);
        bench.Dispatch(6, 1, near, payload: new byte[2 << 20]);
        Assert.Equal(0, bench.Runtime.Counters.UsedBytes);
        bench.Dispatch(7, 1, near, payload: new byte[101]);
        bench.Dispatch(7, 2, near, payload: new byte[101]);
        AdmissionRefusal[] once =
        [
            AdmissionRefusal.Scope, AdmissionRefusal.Intent, AdmissionRefusal.Colocation, AdmissionRefusal.Proximity, AdmissionRefusal.Access,
            AdmissionRefusal.Capacity, AdmissionRefusal.Budget,
        ];
        Assert.All(once, reason => Assert.Equal(1, bench.Runtime.Refusals(reason)));
        Assert.Equal(1, bench.Runtime.Counters.Channels);
    }

    [Fact]
    public void New_capabilities_flip_admission_from_the_next_event_on()
    {
        var bench = new RuntimeBench(RuntimeBench.Options() with { Rules = new AdmissionRules { Intents = IntentMatching.Strict } });
        Assert.Equal(DispatchOutcome.Refused, bench.Dispatch(1, 1, hints: NeedsCores));
        bench.Runtime.SetCapabilities(new TagFacts(["hardware.cpu_cores=8"]));
        Assert.Equal(DispatchOutcome.Cached, bench.Dispatch(1, 2, hints: NeedsCores));
        bench.Runtime.SetCapabilities(TagFacts.None);
        Assert.Equal(DispatchOutcome.Refused, bench.Dispatch(1, 3, hints: NeedsCores));
    }

    [Fact]
    public void Colocation_is_asked_of_the_cache_and_of_the_node_at_the_time_of_the_event()
    {
        var bench = new RuntimeBench(parts: parts => parts with { HoldsOwn = origin => origin == 0xbb });
        var withA = new Dictionary<string, string> { ["colocate-with-strict"] = "00000000000000aa" };
        var withB = new Dictionary<string, string> { ["colocate-with-strict"] = "00000000000000bb" };
        Assert.Equal(DispatchOutcome.Refused, bench.Dispatch(1, 1, hints: withA));
        Assert.Equal(DispatchOutcome.Cached, bench.Dispatch(1, 1, hints: withB));
        bench.Dispatch(2, 1, origin: 0xaa);
        Assert.Equal(DispatchOutcome.Cached, bench.Dispatch(1, 2, hints: withA));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Each_of_the_four_modes_does_its_part_and_no_more(bool greedy, bool gravity)
    {
        var bench = new RuntimeBench();
        if (!greedy) await bench.Runtime.DisableAsync();
        if (gravity) bench.Runtime.Heat = bench;
        Assert.Equal(greedy ? DispatchOutcome.Cached : DispatchOutcome.Off, bench.Dispatch(1, 1));
        bench.Run();
        Assert.Equal(greedy, bench.Has(1, 1));
        Assert.False(bench.Has(2, 1));
        Assert.Equal(greedy ? [1UL] : [], bench.Claimed);
        Assert.Equal(gravity ? [1UL, 2UL] : [], bench.Reads);
        // And on to the opposite, live.
        if (greedy) await bench.Runtime.DisableAsync();
        else bench.Runtime.Enable();
        bench.Runtime.Heat = gravity ? null : bench;
        bench.Reads.Clear();
        Assert.Equal(!greedy ? DispatchOutcome.Cached : DispatchOutcome.Off, bench.Dispatch(1, 2));
        bench.Run();
        Assert.Equal(!greedy, bench.Has(1, 2));
        Assert.Equal(!greedy ? [1UL] : [], bench.Claimed);
        Assert.Equal(!gravity ? [1UL] : [], bench.Reads);
        Assert.Equal(!greedy, bench.Runtime.Counters.UsedBytes > 0);
    }

    [Fact]
    public async Task Switching_on_and_off_twice_is_as_good_as_once()
    {
        var bench = new RuntimeBench();
        bench.Runtime.Enable();
        bench.Dispatch(1, 1);
        await bench.Runtime.DisableAsync();
        await bench.Runtime.DisableAsync();
        Assert.False(bench.Runtime.IsEnabled);
        Assert.Empty(bench.Claimed);
        await bench.Runtime.DisposeAsync();
        await bench.Runtime.DisposeAsync();
    }

    [Fact]
    public async Task Events_from_many_threads_survive_switching_and_new_bounds_and_end_balanced()
    {
        var bench = new RuntimeBench(parts: parts => parts with { Scheduler = TaskScheduler.Default });
        bool stop = false;
        Task[] writers = [.. Enumerable.Range(0, 4).Select(worker => Task.Run(() =>
        {
            for (ulong sequence = 0; !Volatile.Read(ref stop); sequence++)
            {
                for (int channel = 0; channel < 6; channel++) bench.Dispatch((worker % 2 * 3) + channel, sequence, payload: new byte[900]);
                bench.Has(worker, sequence);
            }
        }))];
        for (int round = 0; round < 60; round++)
        {
            await bench.Runtime.DisableAsync();
            bench.Runtime.Enable();
            bench.Runtime.Reconfigure(RuntimeBench.Options() with { Limits = Caching.CacheBench.Limits((1 + (round % 3)) << 20) });
            bench.Runtime.SetCapabilities(new TagFacts([]));
            await Task.Delay(2);
        }
        Volatile.Write(ref stop, true);
        await Task.WhenAll(writers);
        await bench.Runtime.DisableAsync();
        Assert.Empty(bench.Claimed);
        Assert.Equal((0L, 0, 0), (bench.Runtime.Counters.UsedBytes, bench.Runtime.Counters.Claims, bench.Runtime.Counters.Channels));
        Assert.Equal(0, bench.Runtime.Cache.Origins.Count);
    }

    [Fact]
    public void An_eviction_makes_the_chain_cold_and_withdraws_it()
    {
        var bench = new RuntimeBench(RuntimeBench.Options() with { Limits = Caching.CacheBench.Limits(3 << 19) });
        bench.Runtime.Heat = bench;
        for (ulong sequence = 0; sequence < 900; sequence++) bench.Dispatch(1, sequence, payload: new byte[1000]);
        bench.Run();
        for (ulong sequence = 0; sequence < 900; sequence++) bench.Dispatch(2, sequence, payload: new byte[1000]);
        bench.Run();
        Assert.Equal(["+1", "-1", "cold 1", "+2"], bench.Announced);
        Assert.Equal(1, bench.Runtime.Counters.Evictions);
    }

    [Fact]
    public void An_announcement_that_fails_is_counted_and_made_again_by_the_next_tick()
    {
        var bench = new RuntimeBench { Fails = true };
        Assert.Equal(DispatchOutcome.Cached, bench.Dispatch(1, 1));
        bench.Run();
        Assert.Equal(1, bench.Runtime.Counters.FailedAnnouncements);
        bench.Fails = false;
        bench.Runtime.Tick();
        bench.Run();
        Assert.Equal(["+1"], bench.Announced);
    }

    [Fact]
    public async Task A_read_that_misses_goes_to_those_who_hold_the_chain()
    {
        var holders = new Holders();
        var bench = new RuntimeBench(parts: parts => parts with { Holders = holders });
        bench.Dispatch(1, 1);
        var buffer = new ArrayBufferWriter<byte>();
        Assert.Equal(1UL, (await bench.Runtime.ReadAsync(Caching.CacheBench.Key(1), 1, buffer))!.Value.Sequence);
        Assert.Empty(holders.Asked);
        Assert.Equal(2UL, (await bench.Runtime.ReadAsync(Caching.CacheBench.Key(1), 2, buffer))!.Value.Sequence);
        Assert.Equal([2UL], holders.Asked);
        Assert.Equal(1, bench.Runtime.CountersOf(Caching.CacheBench.Key(1))!.Value.Hits);
        Assert.Equal(1, bench.Runtime.Counters.Misses);
        Assert.Null(await new RuntimeBench().Runtime.ReadAsync(Caching.CacheBench.Key(1), 2, buffer));
    }

    [Fact]
    public void Gravity_counts_a_chain_that_is_read_here_whether_or_not_it_is_held()
    {
        var bench = new RuntimeBench();
        var registry = new HeatRegistry<ulong>(new HeatPolicy());
        bench.Runtime.Heat = new RegistryHeat(registry, bench.Time, bench.Time.GetTimestamp());
        bench.Has(1, 1);
        bench.Dispatch(1, 1);
        bench.Has(1, 1);
        Assert.Equal(2, registry.Rate(1, TimeSpan.Zero), 6);
    }

    [Fact]
    public void Blobs_of_admitted_events_are_fetched_ahead_within_a_bound_and_the_rest_is_counted()
    {
        List<BlobRef> fetched = [];
        var bench = new RuntimeBench(
            RuntimeBench.Options() with { Prefetches = 2 },
            parts => parts with { Prefetch = (blob, _) => { fetched.Add(blob); return new ValueTask<bool>(true); } });
        bench.Runtime.SetCapabilities(new TagFacts(["dataforts.blob.storage", "dataforts.greedy.enabled", "dataforts.greedy.proximity=9"]));
        byte[] payload = new SmallRef("mesh://a", BlobHash.Compute([1]), 1).Encode();
        for (ulong sequence = 0; sequence < 10; sequence++) Assert.Equal(DispatchOutcome.Cached, bench.Dispatch(1, sequence, payload: payload, isRef: true));
        // An inline payload that only looks like a ref is none, and a ref that does not decode fails behind the event.
        bench.Dispatch(1, 20, payload: payload);
        bench.Run();
        Assert.Equal((2, 8, 2L), (fetched.Count, bench.Runtime.Counters.DroppedPrefetches, bench.Runtime.Counters.Prefetches));
        Assert.Equal(DispatchOutcome.Cached, bench.Dispatch(1, 21, payload: [1, 2, 3], isRef: true));
        bench.Run();
        Assert.Equal(1, bench.Runtime.Counters.FailedPrefetches);
        Assert.Equal(11, bench.Runtime.Pulls(PullRefused.None));
        bench.Runtime.SetCapabilities(TagFacts.None);
        bench.Dispatch(1, 22, payload: payload, isRef: true);
        Assert.Equal(1, bench.Runtime.Pulls(PullRefused.NoStorage));
    }

    private sealed class AllBut(string channel) : IChannelAccess
    {
        public bool MayCache(string asked, ulong origin) => asked != channel;
    }

    private sealed class Holders : IChainHolders
    {
        public List<ulong> Asked { get; } = [];

        public ValueTask<CachedEvent?> ReadAsync(ChannelKey key, ulong sequence, IBufferWriter<byte> destination, CancellationToken cancellationToken)
        {
            Asked.Add(sequence);
            return new ValueTask<CachedEvent?>(new CachedEvent(sequence, 0, 0));
        }
    }
}
