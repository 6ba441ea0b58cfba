using System.Diagnostics.Metrics;
using Dataforts.Capabilities;
using Dataforts.Greedy.Running;

namespace Dataforts.Tests.Greedy.Running;

public sealed class AnnouncingTests
{
    [Fact]
    public async Task A_withdrawal_that_fails_is_told_to_who_switches_off_and_frees_nothing_until_it_went()
    {
        var bench = new RuntimeBench();
        bench.Dispatch(1, 1);
        bench.Run();
        bench.Fails = true;
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => bench.Runtime.DisableAsync());
        Assert.Same(error, bench.Runtime.LastAnnounceError);
        Assert.Equal((1L, 1), (bench.Runtime.Counters.FailedAnnouncements, bench.Runtime.Counters.Claims));
        Assert.True(bench.Runtime.Counters.UsedBytes > 0);
        bench.Fails = false;
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        bench.Run();
        Assert.Equal(["+1", "-1"], bench.Announced);
        Assert.Equal(0, bench.Runtime.Counters.UsedBytes);
        Assert.Same(error, bench.Runtime.LastAnnounceError);
    }

    [Fact]
    public async Task A_withdrawal_that_is_given_up_is_no_failure_and_is_made_later()
    {
        var bench = new RuntimeBench();
        bench.Dispatch(1, 1);
        bench.Run();
        using var stop = new CancellationTokenSource();
        bench.OnAnnounce = () =>
        {
            stop.Cancel();
            stop.Token.ThrowIfCancellationRequested();
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bench.Runtime.DisableAsync(stop.Token));
        Assert.Equal((0L, 1), (bench.Runtime.Counters.FailedAnnouncements, bench.Runtime.Counters.Claims));
        Assert.True(bench.Runtime.Counters.UsedBytes > 0);
        bench.OnAnnounce = null;
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        bench.Run();
        Assert.Equal((0, 0L), (bench.Runtime.Counters.Claims, bench.Runtime.Counters.UsedBytes));
    }

    [Fact]
    public void Attempts_are_ever_farther_apart_up_to_a_minute_and_close_again_after_one_that_went()
    {
        var bench = new RuntimeBench { Fails = true };
        bench.Dispatch(1, 1);
        bench.Run();
        int[] waits = [1, 2, 4, 8, 16, 32, 60, 60];
        for (int i = 0; i < waits.Length; i++)
        {
            bench.Time.Advance(TimeSpan.FromSeconds(waits[i]) - TimeSpan.FromMilliseconds(1));
            bench.Run();
            Assert.Equal(i + 1, bench.Runtime.Counters.FailedAnnouncements);
            bench.Time.Advance(TimeSpan.FromMilliseconds(1));
            bench.Run();
            Assert.Equal(i + 2, bench.Runtime.Counters.FailedAnnouncements);
        }
        bench.Fails = false;
        bench.Runtime.Tick();
        bench.Run();
        bench.Fails = true;
        bench.Dispatch(2, 1);
        bench.Run();
        bench.Fails = false;
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        bench.Run();
        Assert.Equal(["+1", "+2"], bench.Announced);
    }

    [Fact]
    public void Memory_that_waits_for_a_withdrawal_counts_as_taken()
    {
        var bench = new RuntimeBench(RuntimeBench.Options() with { Limits = Caching.CacheBench.Limits(3 << 19) });
        for (ulong sequence = 0; sequence < 900; sequence++) bench.Dispatch(1, sequence, payload: new byte[1000]);
        bench.Run();
        bench.Fails = true;
        for (ulong sequence = 0; sequence < 600; sequence++) bench.Dispatch(2, sequence, payload: new byte[1000]);
        bench.Run();
        Assert.InRange(bench.Runtime.Fullness, 0.4, 0.8);
        bench.Runtime.Fullness = 0.96;
        Assert.Equal(DispatchOutcome.Refused, bench.Dispatch(3, 1));
        bench.Runtime.Fullness = 0;
        bench.Fails = false;
        bench.Runtime.Tick();
        bench.Run();
        Assert.Equal(0, bench.Runtime.Fullness);
    }

    [Fact]
    public async Task Disposing_tells_of_a_withdrawal_that_failed_and_tries_no_more()
    {
        var bench = new RuntimeBench();
        bench.Dispatch(1, 1);
        bench.Run();
        bench.Fails = true;
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await bench.Runtime.DisposeAsync());
        bench.Time.Advance(TimeSpan.FromHours(1));
        bench.Runtime.Tick();
        bench.Run();
        Assert.Equal(1, bench.Runtime.Counters.FailedAnnouncements);
        await bench.Runtime.DisposeAsync();
    }

    [Fact]
    public async Task How_the_node_takes_part_is_told_before_its_claims_and_taken_back_when_it_does_no_more()
    {
        List<string> told = [];
        bool fails = false;
        RuntimeBench bench = null!;
        bench = new RuntimeBench(
            RuntimeBench.Options() with { Width = ScopeWidth.Zone, Proximity = 9 },
            parts => parts with
            {
                Offer = (offer, _) =>
                {
                    if (fails) throw new InvalidOperationException("Not now.");
                    told.Add($"{string.Join(' ', offer.Tags(DriftAxis.Greedy))}|{bench.Claimed.Count}");
                    return default;
                },
            });
        bench.Dispatch(1, 1);
        bench.Run();
        Assert.Equal(["dataforts.greedy.enabled dataforts.greedy.scope=zone dataforts.greedy.proximity=9|0"], told);
        bench.Runtime.Reconfigure(RuntimeBench.Options() with { Proximity = 1 });
        bench.Run();
        Assert.Equal("dataforts.greedy.enabled dataforts.greedy.proximity=1|1", told[^1]);
        fails = true;
        await Assert.ThrowsAsync<InvalidOperationException>(() => bench.Runtime.DisableAsync());
        Assert.Empty(bench.Claimed);
        fails = false;
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        bench.Run();
        Assert.Equal((3, "|0"), (told.Count, told[^1]));
        bench.Runtime.Enable();
        bench.Run();
        Assert.Equal("dataforts.greedy.enabled dataforts.greedy.proximity=1|0", told[^1]);
    }

    [Fact]
    public async Task Instruments_end_with_their_runtime()
    {
        int begun = 0, ended = 0;
        long unclaimed = -1;
        var bench = new RuntimeBench(RuntimeBench.Options() with { Limits = Caching.CacheBench.Limits(64 << 20) with { Claims = 1 } });
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (!bench.Runtime.Owns(instrument)) return;
                Interlocked.Increment(ref begun);
                self.EnableMeasurementEvents(instrument);
            },
            MeasurementsCompleted = (_, _) => Interlocked.Increment(ref ended),
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) =>
        {
            if (instrument.Name == "dataforts.greedy.claims.unclaimed") unclaimed = value;
        });
        listener.Start();
        for (int number = 1; number <= 3; number++) bench.Dispatch(number, 1);
        bench.Run();
        listener.RecordObservableInstruments();
        Assert.Equal(2, unclaimed);
        Assert.Equal(2, bench.Runtime.Counters.Unclaimed);
        await bench.Runtime.DisposeAsync();
        Assert.True(begun > 0);
        Assert.Equal(begun, ended);
    }
}
