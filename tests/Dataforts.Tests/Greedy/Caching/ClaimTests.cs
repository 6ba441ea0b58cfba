using Dataforts.Greedy.Caching;
using Dataforts.Mesh;

namespace Dataforts.Tests.Greedy.Caching;

public sealed class ClaimTests
{
    private const int MiB = CacheBench.MiB;

    [Fact]
    public void Withdrawals_come_first_and_by_themselves()
    {
        var bench = new CacheBench(CacheBench.Limits(MiB * 3 / 2));
        bench.Fill(CacheBench.Key(1), 900_000);
        bench.Announce();
        bench.Fill(CacheBench.Key(2), 700_000);
        ClaimBatch first = bench.Cache.TakeClaims()!;
        Assert.Empty(first.Advertise);
        Assert.Equal([1UL], first.Withdraw);
        Assert.Single(first.Leaving);
        bench.Cache.Settled(first);
        ClaimBatch second = bench.Cache.TakeClaims()!;
        Assert.Equal([2UL], second.Advertise);
        Assert.Empty(second.Withdraw);
        bench.Cache.Settled(second);
        Assert.Null(bench.Cache.TakeClaims());
    }

    [Fact]
    public void Origins_beyond_the_limit_are_held_without_a_claim_until_there_is_room()
    {
        var bench = new CacheBench(CacheBench.Limits(4 * MiB) with { Claims = 3 });
        for (int number = 1; number <= 5; number++) bench.Append(CacheBench.Key(number), 1);
        bench.Announce();
        Assert.Equal(["+1", "+2", "+3"], bench.Announced);
        Assert.Equal((3, 2), (bench.Cache.ClaimCount, bench.Cache.UnclaimedCount));
        Assert.True(bench.Has(CacheBench.Key(5), 1));
        bench.Cache.Reconfigure(CacheBench.Limits(4 * MiB) with { Claims = 4 });
        bench.Announce();
        Assert.Equal("+4", bench.Announced[^1]);
        bench.Cache.Reconfigure(CacheBench.Limits(4 * MiB) with { Claims = 2 });
        bench.Announce();
        Assert.Equal(["-3", "-4"], bench.Announced.TakeLast(2));
        Assert.Equal((2, 3), (bench.Cache.ClaimCount, bench.Cache.UnclaimedCount));
        Assert.True(bench.Has(CacheBench.Key(3), 1), "What is not claimed is held all the same.");
        bench.Cache.Stop();
        bench.Announce();
        Assert.Equal(["-1", "-2"], bench.Announced.TakeLast(2));
        Assert.Equal((0, 0, 0L), (bench.Cache.ClaimCount, bench.Cache.UnclaimedCount, bench.Cache.UsedBytes));
    }

    [Fact]
    public void An_eviction_makes_room_for_a_claim_that_waited()
    {
        var bench = new CacheBench(CacheBench.Limits(MiB * 3 / 2) with { Claims = 1 });
        bench.Fill(CacheBench.Key(1), 900_000);
        bench.Announce();
        bench.Fill(CacheBench.Key(2), 700_000);
        bench.Announce();
        Assert.Equal(["+1", "-1", "+2"], bench.Announced);
    }

    [Fact]
    public void A_surplus_that_could_not_be_withdrawn_is_tried_again()
    {
        var bench = new CacheBench(CacheBench.Limits(4 * MiB));
        for (int number = 1; number <= 3; number++) bench.Append(CacheBench.Key(number), 1);
        bench.Announce();
        bench.Cache.Reconfigure(CacheBench.Limits(4 * MiB) with { Claims = 1 });
        bench.Cache.Failed(bench.Cache.TakeClaims()!);
        Assert.Equal(3, bench.Cache.ClaimCount);
        bench.Announce();
        Assert.Equal(["-2", "-3"], bench.Announced.TakeLast(2));
    }

    [Fact]
    public void More_claims_than_an_announcement_can_hold_are_not_allowed()
    {
        Assert.True(GreedyLimits.MostClaims * 2 <= MeshLimits.MaxTags);
        Assert.True(GreedyLimits.MostClaims * 2L * "causal:0123456789abcdef".Length <= MeshLimits.MaxOfferLength);
        Assert.Throws<ArgumentOutOfRangeException>(() => new CacheBench(CacheBench.Limits(MiB) with { Claims = GreedyLimits.MostClaims + 1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CacheBench(CacheBench.Limits(MiB) with { Claims = 0 }));
    }

    [Fact]
    public void What_waits_for_a_withdrawal_is_pressure_until_it_went()
    {
        var bench = new CacheBench(CacheBench.Limits(MiB * 3 / 2));
        bench.Fill(CacheBench.Key(1), 900_000);
        bench.Announce();
        Assert.Equal(0, bench.Cache.Pressure);
        bench.Fill(CacheBench.Key(2), 700_000);
        Assert.InRange(bench.Cache.Pressure, 0.5, 0.8);
        bench.Announce();
        Assert.Equal(0, bench.Cache.Pressure);
    }
}
