using System.Diagnostics;
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
}
