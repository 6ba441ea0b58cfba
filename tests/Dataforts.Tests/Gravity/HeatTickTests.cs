using Dataforts.Gravity;

namespace Dataforts.Tests.Gravity;

public sealed class HeatTickTests
{
    private static readonly HeatPolicy Policy = new() { HalfLife = TimeSpan.FromMinutes(1) };

    private readonly HeatRegistry<ulong> _registry = new(Policy, 8);

    [Fact]
    public void A_ramp_read_by_read_is_told_eleven_times()
    {
        int emissions = 0;
        for (int i = 0; i < 1024; i++)
        {
            _registry.Bump(1, TimeSpan.FromSeconds(7));
            emissions += Told(TimeSpan.FromSeconds(7)).Count;
        }
        Assert.Equal(11, emissions);
    }

    [Fact]
    public void A_burst_is_told_once()
    {
        for (int i = 0; i < 1024; i++) _registry.Bump(1, TimeSpan.FromSeconds(7));
        HeatChange<ulong> change = Assert.Single(Told(TimeSpan.FromSeconds(7)));
        Assert.Equal(new HeatChange<ulong>(1, HeatVerdict.Emit, 1024, 100), change with { Rate = Math.Round(change.Rate, 6) });
        Assert.Empty(Told(TimeSpan.FromSeconds(7)));
    }

    [Fact]
    public void A_single_read_is_told_five_times_at_most_and_then_taken_back()
    {
        _registry.Bump(1, TimeSpan.Zero);
        var all = new List<HeatChange<ulong>>();
        for (int second = 0; second < 3600; second++) all.AddRange(Told(TimeSpan.FromSeconds(second)));
        Assert.InRange(all.Count, 2, 6);
        Assert.All(all.SkipLast(1), change => Assert.Equal(HeatVerdict.Emit, change.Verdict));
        Assert.Equal(all.Count - 1, all.Select(change => change.Level).SkipLast(1).Distinct().Count());
        Assert.Equal(new HeatChange<ulong>(1, HeatVerdict.Withdraw, 0, 0), all[^1]);
        Assert.Equal((0, 0), (_registry.Count, _registry.Advertised));
    }

    [Fact]
    public void What_is_not_committed_is_told_again_and_meanwhile_left_alone()
    {
        _registry.Bump(1, TimeSpan.Zero);
        HeatBatch<ulong> batch = _registry.Tick(TimeSpan.Zero)!;
        Assert.Null(_registry.Tick(TimeSpan.Zero));
        _registry.Bump(1, TimeSpan.Zero);
        Assert.Null(_registry.Tick(TimeSpan.Zero));
        _registry.RollBack(batch);
        Assert.Equal(0, _registry.Advertised);
        batch = _registry.Tick(TimeSpan.Zero)!;
        Assert.Equal(2, Assert.Single(batch.Changes).Rate);
        _registry.Commit(batch);
        _registry.Commit(batch);
        Assert.Equal(1, _registry.Advertised);
        Assert.Null(_registry.Tick(TimeSpan.Zero));
    }

    [Fact]
    public void A_key_that_is_evicted_removed_or_cleared_is_taken_back()
    {
        for (ulong key = 0; key < 8; key++) _registry.Bump(key, TimeSpan.Zero);
        Assert.Equal(8, Told(TimeSpan.Zero).Count);
        _registry.Bump(100, TimeSpan.Zero);
        Assert.True(_registry.Remove(5));
        Assert.Equal(
            [(0, HeatVerdict.Withdraw), (5, HeatVerdict.Withdraw), (100UL, HeatVerdict.Emit)],
            Told(TimeSpan.Zero).Select(change => (change.Key, change.Verdict)));
        _registry.Clear();
        Assert.Equal([1UL, 2, 3, 4, 6, 7, 100], Told(TimeSpan.Zero).Select(change => change.Key));
        Assert.Equal((0, 0), (_registry.Count, _registry.Advertised));
    }

    [Fact]
    public void A_key_removed_while_it_is_being_told_is_taken_back_and_is_not_mute_when_it_comes_again()
    {
        _registry.Bump(1, TimeSpan.Zero);
        HeatBatch<ulong> batch = _registry.Tick(TimeSpan.Zero)!;
        _registry.Remove(1);
        Assert.Null(_registry.Tick(TimeSpan.Zero));
        _registry.Commit(batch);
        Assert.Equal(HeatVerdict.Withdraw, Assert.Single(Told(TimeSpan.Zero)).Verdict);
        _registry.Bump(1, TimeSpan.Zero);
        Assert.Equal(HeatVerdict.Emit, Assert.Single(Told(TimeSpan.Zero)).Verdict);
        _registry.Remove(1);
        batch = _registry.Tick(TimeSpan.Zero)!;
        for (int i = 0; i < 64; i++) _registry.Bump(1, TimeSpan.Zero);
        Assert.Null(_registry.Tick(TimeSpan.Zero));
        _registry.Commit(batch);
        Assert.Equal(64, Assert.Single(Told(TimeSpan.Zero)).Rate);
    }

    [Fact]
    public void A_key_that_comes_again_before_it_was_taken_back_is_not_taken_back()
    {
        for (int i = 0; i < 10; i++) _registry.Bump(1, TimeSpan.Zero);
        Assert.Single(Told(TimeSpan.Zero));
        _registry.Remove(1);
        for (int i = 0; i < 8; i++) _registry.Bump(1, TimeSpan.Zero);
        Assert.Empty(Told(TimeSpan.Zero));
        Assert.Equal(1, _registry.Advertised);
    }

    [Fact]
    public void Turning_off_takes_everything_back_and_turning_on_tells_it_again()
    {
        for (ulong key = 0; key < 8; key++) _registry.Bump(key, TimeSpan.Zero);
        Told(TimeSpan.Zero);
        _registry.IsTelling = false;
        Assert.All(Told(TimeSpan.Zero), change => Assert.Equal(HeatVerdict.Withdraw, change.Verdict));
        Assert.Equal((0, 8), (_registry.Advertised, _registry.Count));
        _registry.Bump(1, TimeSpan.Zero);
        Assert.Empty(Told(TimeSpan.Zero));
        _registry.IsTelling = true;
        Assert.Equal(8, Told(TimeSpan.Zero).Count);
        Assert.Equal(2, _registry.Rate(1, TimeSpan.Zero), 1e-9);
    }

    [Fact]
    public void Only_the_hottest_are_advertised_and_a_hotter_one_takes_the_place_of_the_coldest()
    {
        var registry = new HeatRegistry<ulong>(Policy with { MaxAdvertised = 3 }, 100);
        for (ulong key = 1; key <= 10; key++) registry.Bump(key, (int)key * 10, TimeSpan.Zero);
        Assert.Equal([10UL, 9, 8], Told(registry, TimeSpan.Zero).Select(change => change.Key));
        registry.Bump(1, 100, TimeSpan.Zero);
        Assert.Equal([], Told(registry, TimeSpan.Zero));
        registry.Bump(1, 100, TimeSpan.Zero);
        Assert.Equal([(8, HeatVerdict.Withdraw), (1UL, HeatVerdict.Emit)], Told(registry, TimeSpan.Zero).Select(change => (change.Key, change.Verdict)));
        Assert.Equal(3, registry.Advertised);
    }

    [Fact]
    public void A_tick_tells_only_so_many_changes_and_the_next_the_rest()
    {
        var registry = new HeatRegistry<ulong>(Policy with { MaxChangesPerTick = 3 }, 100);
        for (ulong key = 1; key <= 7; key++) registry.Bump(key, (int)key, TimeSpan.Zero);
        Assert.Equal([7UL, 6, 5], Told(registry, TimeSpan.Zero).Select(change => change.Key));
        Assert.Equal([4UL, 3, 2], Told(registry, TimeSpan.Zero).Select(change => change.Key));
        Assert.Equal([1UL], Told(registry, TimeSpan.Zero).Select(change => change.Key));
    }

    [Fact]
    public void A_disabled_policy_counts_and_tells_nothing()
    {
        var registry = new HeatRegistry<ulong>(Policy with { Enabled = false }, 100);
        registry.Bump(1, TimeSpan.Zero);
        registry.IsTelling = true;
        Assert.False(registry.IsTelling);
        Assert.Empty(Told(registry, TimeSpan.Zero));
        Assert.Equal(1, registry.Rate(1, TimeSpan.Zero));
    }

    [Fact]
    public void Ticks_over_idle_keys_allocate_nothing_and_look_at_nothing()
    {
        var registry = new HeatRegistry<ulong>(Policy with { HalfLife = TimeSpan.FromDays(1) }, 10_000);
        for (ulong key = 1; key <= 10_000; key++) registry.Bump(key, 1 + (int)(key % 50), TimeSpan.Zero);
        while (Told(registry, TimeSpan.Zero).Count > 0)
        {
        }
        registry.Tick(TimeSpan.FromSeconds(1));
        long looks = registry.Looks, before = GC.GetAllocatedBytesForCurrentThread();
        for (int second = 1; second < 1000; second++) Assert.Null(registry.Tick(TimeSpan.FromSeconds(second)));
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(looks, registry.Looks);
    }

    private static IReadOnlyList<HeatChange<ulong>> Told(HeatRegistry<ulong> registry, TimeSpan now)
    {
        if (registry.Tick(now) is not { } batch) return [];
        registry.Commit(batch);
        return batch.Changes;
    }

    private IReadOnlyList<HeatChange<ulong>> Told(TimeSpan now) => Told(_registry, now);
}
