using Dataforts.Gravity;
using Dataforts.Tests.Store;

namespace Dataforts.Tests.Gravity;

public sealed class HeatRegistryTests
{
    private static readonly HeatPolicy Policy = new();

    [Fact]
    public void The_least_recently_touched_key_makes_room_and_a_tick_does_not_touch()
    {
        var registry = new HeatRegistry<char>(Policy, 3);
        foreach (char key in "ABC") registry.Bump(key, TimeSpan.FromSeconds(key));
        registry.Bump('A', TimeSpan.FromSeconds(100));
        HeatBatch<char>? batch = registry.Tick(TimeSpan.FromSeconds(200));
        Assert.NotNull(batch);
        registry.Commit(batch);
        registry.Rate('B', TimeSpan.FromSeconds(200));
        registry.Bump('D', TimeSpan.FromSeconds(300));
        Assert.False(registry.Contains('B'));
        Assert.All("ACD", key => Assert.True(registry.Contains(key)));
        Assert.Equal((3, 1L), (registry.Count, registry.Evictions));
    }

    [Fact]
    public void Any_order_of_operations_agrees_with_a_plain_model()
    {
        Random random = TestSeed.For(nameof(Any_order_of_operations_agrees_with_a_plain_model));
        for (int round = 0; round < 20; round++)
        {
            int capacity = random.Next(1, 40);
            var registry = new HeatRegistry<ulong>(Policy with { HalfLife = TimeSpan.FromSeconds(10), MaxAdvertised = 8, MaxChangesPerTick = 5 }, capacity);
            var model = new List<(ulong Key, double Rate)>();
            var told = new SortedSet<ulong>();
            TimeSpan now = TimeSpan.Zero;
            for (int i = 0; i < 5000; i++)
            {
                TimeSpan wait = TimeSpan.FromSeconds(random.NextDouble() < 0.01 ? random.NextDouble() * 2000 : random.NextDouble());
                now += wait;
                for (int m = 0; m < model.Count; m++) model[m] = (model[m].Key, model[m].Rate * Math.Pow(2, -wait.TotalSeconds / 10));
                var key = (ulong)random.Next(60);
                switch (random.Next(10))
                {
                    case < 7:
                        double rate = model.FirstOrDefault(entry => entry.Key == key).Rate;
                        model.RemoveAll(entry => entry.Key == key);
                        if (model.Count == capacity) model.RemoveAt(0);
                        model.Add((key, rate + 1));
                        registry.Bump(key, now);
                        break;
                    case 7:
                        Assert.Equal(model.RemoveAll(entry => entry.Key == key) > 0, registry.Remove(key));
                        break;
                    default:
                        if (registry.Tick(now) is not { } batch) break;
                        Assert.InRange(batch.Changes.Count, 1, 5);
                        if (random.Next(4) == 0)
                        {
                            registry.RollBack(batch);
                            break;
                        }
                        foreach (HeatChange<ulong> change in batch.Changes)
                        {
                            if (change.Verdict == HeatVerdict.Emit) told.Add(change.Key);
                            else Assert.True(told.Remove(change.Key));
                        }
                        registry.Commit(batch);
                        // Taken back because it is cold, it is forgotten.
                        model.RemoveAll(entry => !registry.Contains(entry.Key) && entry.Rate < 0.036);
                        Assert.Equal(told.Count, registry.Advertised);
                        Assert.InRange(told.Count, 0, 8);
                        break;
                }
                Assert.Equal(model.Count, registry.Count);
            }
            var readings = new HeatReading<ulong>[64];
            int count = registry.CopyRecent(readings, now);
            Assert.Equal(model.Select(entry => entry.Key).Reverse(), readings.Take(count).Select(reading => reading.Key));
            foreach ((HeatReading<ulong> reading, (ulong _, double rate)) in readings.Take(count).Zip(Enumerable.Reverse(model)))
                Assert.InRange(Math.Abs(reading.Rate - rate), 0, 1e-9 * (1 + rate));
        }
    }

    [Fact]
    public async Task No_bump_is_lost_between_threads()
    {
        var registry = new HeatRegistry<ulong>(Policy, 16);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 1000; i++) registry.Bump(7, TimeSpan.FromMilliseconds(i));
        })));
        Assert.InRange(registry.Rate(7, TimeSpan.FromSeconds(1)), 8000 * 0.99, 8000);
    }

    [Fact]
    public async Task The_count_never_exceeds_the_limit_under_concurrent_inserts()
    {
        var registry = new HeatRegistry<ulong>(Policy, 16);
        int most = 0;
        using var stop = new CancellationTokenSource();
        Task watch = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested) most = Math.Max(most, registry.Count);
        });
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (int turn = 0; turn < 500; turn++)
            {
                for (int i = 0; i < 64; i++) registry.Bump((ulong)((thread * 64) + i), TimeSpan.FromMilliseconds(turn));
            }
        })));
        await stop.CancelAsync();
        await watch;
        Assert.InRange(most, 0, 16);
        Assert.Equal(16, registry.Count);
        Assert.Equal(16, registry.CopyRecent(new HeatReading<ulong>[64], TimeSpan.FromSeconds(9)));
    }

    [Fact]
    public void Keys_that_share_a_bucket_are_kept_apart()
    {
        var registry = new HeatRegistry<ulong>(Policy, 64);
        // A 64-bit integer's hash is its halves folded, so these are all alike.
        for (ulong i = 0; i < 200; i++) registry.Bump((i << 32) | i, TimeSpan.Zero);
        Assert.Equal(64, registry.Count);
        for (ulong i = 0; i < 200; i++) Assert.Equal(i >= 136, registry.Contains((i << 32) | i));
        for (ulong i = 136; i < 200; i += 2) Assert.True(registry.Remove((i << 32) | i));
        for (ulong i = 136; i < 200; i++) Assert.Equal(i % 2 == 1, registry.Contains((i << 32) | i));
    }

    [Fact]
    public void A_time_that_runs_backwards_ages_nothing_and_makes_nothing_younger()
    {
        var registry = new HeatRegistry<ulong>(Policy with { HalfLife = TimeSpan.FromSeconds(1) }, 4);
        registry.Bump(1, TimeSpan.FromSeconds(10));
        registry.Bump(1, TimeSpan.FromSeconds(3));
        Assert.Equal(2, registry.Rate(1, TimeSpan.FromSeconds(-4)), 1e-9);
        Assert.Equal(1, registry.Rate(1, TimeSpan.FromSeconds(11)), 1e-9);
    }

    [Fact]
    public void A_capacity_out_of_range_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new HeatRegistry<ulong>(Policy, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new HeatRegistry<ulong>(Policy, HeatLimits.MaxCapacity + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new HeatRegistry<ulong>(Policy, 1).Bump(1, 0, TimeSpan.Zero));
    }
}
