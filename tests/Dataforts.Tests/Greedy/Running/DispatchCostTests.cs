using System.Diagnostics;
using Dataforts.Capabilities.Hints;
using Dataforts.Capabilities.Intents;
using Dataforts.Greedy.Admission;
using Dataforts.Greedy.Running;

namespace Dataforts.Tests.Greedy.Running;

public sealed class DispatchCostTests
{
    private readonly byte[] _payload = new byte[256];

    [Fact]
    public void An_admitted_event_allocates_nothing_once_its_channel_is_full()
    {
        var bench = new RuntimeBench(RuntimeBench.Options() with { Limits = Caching.CacheBench.Limits(8 << 20) });
        Publisher publisher = RuntimeBench.PublisherOf("scope:tenant:a");
        var hints = new Dictionary<string, string> { ["colocate-with"] = "0000000000000001", ["priority"] = "200" };
        ulong sequence = 0;
        Send(20_000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Send(20_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(40_000, bench.Runtime.CountersOf(Caching.CacheBench.Key(1))!.Value.Events);

        void Send(int count)
        {
            for (int i = 0; i < count; i++) bench.Dispatch(1, sequence++, publisher, hints, _payload);
        }
    }

    [Fact]
    public void A_refused_event_allocates_nothing()
    {
        var bench = new RuntimeBench(RuntimeBench.Options() with { Rules = new AdmissionRules { Scopes = ["tenant:a"] } });
        Publisher publisher = RuntimeBench.PublisherOf("scope:tenant:b");
        ulong sequence = 0;
        Send(100);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Send(20_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(20_100, bench.Runtime.Refusals(AdmissionRefusal.Scope));

        void Send(int count)
        {
            for (int i = 0; i < count; i++) bench.Dispatch(1, sequence++, publisher, null, _payload);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Announcements_and_hints_that_say_the_same_anew_cost_nothing_and_others_are_judged_anew(bool admitted)
    {
        var asked = new Counted();
        var bench = new RuntimeBench(RuntimeBench.Options() with
        {
            Rules = new AdmissionRules { Scopes = ["tenant:a"], Access = asked },
            Limits = Caching.CacheBench.Limits(8 << 20),
        });
        string scope = admitted ? "scope:tenant:a" : "scope:tenant:b";
        Publisher[] publishers = [.. Enumerable.Range(1, 8).Select(i => new Publisher(
            new TagFacts(["hardware.cpu_cores=8", scope]), PublisherHints.Parse(Hints("7")), TimeSpan.FromMilliseconds(i)))];
        Dictionary<string, string>[] hints = [.. Enumerable.Range(0, 8).Select(_ => Hints("200"))];
        ulong sequence = 0;
        Send(40_000);
        (int before, long bytes) = (asked.Count, GC.GetAllocatedBytesForCurrentThread());
        Send(8000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - bytes);
        // Once as a chain that is not followed yet, and once as one that is.
        Assert.Equal((before, admitted ? 2 : 0), (asked.Count, before));
        // Too far, wishes other than before, other tags: each is another verdict.
        if (!admitted) return;
        Publisher first = publishers[0];
        Assert.Equal(DispatchOutcome.Refused, bench.Dispatch(1, sequence++, new Publisher(first.Facts, first.Hints, TimeSpan.FromSeconds(1)), hints[0]));
        Assert.Equal(DispatchOutcome.Refused, bench.Dispatch(1, sequence++, new Publisher(TagFacts.None, first.Hints, first.RoundTrip), hints[0]));
        Assert.Equal(DispatchOutcome.Refused, bench.Dispatch(1, sequence++, first, new Dictionary<string, string> { ["scope"] = "tenant:c" }));
        Assert.Equal(DispatchOutcome.Refused, bench.Dispatch(
            1, sequence++, new Publisher(first.Facts, PublisherHints.Parse(new Dictionary<string, string> { ["scope"] = "tenant:c" }), first.RoundTrip)));

        void Send(int count)
        {
            for (int i = 0; i < count; i++) bench.Dispatch(1, sequence++, publishers[i % 7], hints[i % 8], _payload);
        }

        static Dictionary<string, string> Hints(string priority) => new() { ["colocate-with"] = "0000000000000001", ["priority"] = priority };
    }

    [Fact]
    public async Task Sixty_four_threads_of_events_and_reads_against_sixty_four_of_swaps_see_whole_snapshots_only()
    {
        TagFacts none = new([]), all = new(["hardware.cpu_cores=8", "devices.camera"]);
        var bench = new RuntimeBench(RuntimeBench.Options() with { Rules = new AdmissionRules { Intents = IntentMatching.Strict } });
        // Of two snapshots one has neither and one has both, so that any of these is served by both or by none.
        Dictionary<string, string>[] hints = [.. new[] { "cpu-bound", "sensor-telemetry", "cpu-bound,sensor-telemetry" }.Select(intent =>
            new Dictionary<string, string> { ["intent"] = intent })];
        using var start = new Barrier(128);
        int[] cached = new int[3], refused = new int[3];
        int unlike = 0;
        Thread[] threads = [.. Enumerable.Range(0, 128).Select(i => new Thread(() =>
        {
            start.SignalAndWait();
            if (i % 2 == 0)
            {
                for (int swap = 0; swap < 64; swap++) bench.Runtime.SetCapabilities((i + swap) % 4 < 2 ? none : all);
                return;
            }
            for (ulong sequence = 1; sequence <= 64; sequence++)
            {
                int kind = (int)(sequence % 3);
                DispatchOutcome outcome = bench.Dispatch(i, sequence, hints: hints[kind]);
                Interlocked.Increment(ref outcome == DispatchOutcome.Cached ? ref cached[kind] : ref refused[kind]);
                if ((outcome == DispatchOutcome.Cached) != bench.Has(i, sequence)) Interlocked.Increment(ref unlike);
            }
        }))];
        foreach (Thread thread in threads) thread.Start();
        await Task.Run(() => Assert.All(threads, thread => Assert.True(thread.Join(TimeSpan.FromSeconds(60)))), TestContext.Current.CancellationToken);
        Assert.Equal((64 * 64, 0), (cached.Sum() + refused.Sum(), unlike));
        Assert.Equal(refused.Sum(), bench.Runtime.Refusals(AdmissionRefusal.Intent));
    }

    // Both intents need the same tag, so only a torn snapshot could let an event through that needs them both while one of them is missing.
    [Fact]
    public async Task Sixty_four_swaps_and_sixty_four_events_at_once_are_quick_and_never_see_half_a_set()
    {
        TagFacts none = new([]), all = new(["hardware.cpu_cores=8", "devices.camera"]);
        var bench = new RuntimeBench(RuntimeBench.Options() with { Rules = new AdmissionRules { Intents = IntentMatching.Strict } });
        var hints = new Dictionary<string, string> { ["intent"] = "cpu-bound,sensor-telemetry" };
        var watch = Stopwatch.StartNew();
        int cached = 0, refused = 0;
        await Task.WhenAll(Enumerable.Range(0, 128).Select(i => Task.Run(() =>
        {
            if (i % 2 == 0)
            {
                bench.Runtime.SetCapabilities(i % 4 == 0 ? none : all);
                return;
            }
            DispatchOutcome outcome = bench.Dispatch(i, 1, hints: hints);
            if (outcome == DispatchOutcome.Cached) Interlocked.Increment(ref cached);
            else if (outcome == DispatchOutcome.Refused) Interlocked.Increment(ref refused);
        })));
        Assert.Equal(64, cached + refused);
        Assert.Equal(refused, bench.Runtime.Refusals(AdmissionRefusal.Intent));
        // A bound of the contract, and far from what it takes; it catches a deadlock.
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30));
        bench.Runtime.SetCapabilities(all);
        Assert.Equal(DispatchOutcome.Cached, bench.Dispatch(1000, 1, hints: hints));
        bench.Runtime.SetCapabilities(none);
        Assert.Equal(DispatchOutcome.Refused, bench.Dispatch(1000, 2, hints: hints));
    }

    private sealed class Counted : IChannelAccess
    {
        public int Count { get; private set; }

        public bool MayCache(string channel, ulong origin)
        {
            Count++;
            return true;
        }
    }
}
