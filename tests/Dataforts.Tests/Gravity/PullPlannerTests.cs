using Dataforts.Gravity;
using Dataforts.Tests.Store;

namespace Dataforts.Tests.Gravity;

public sealed class PullPlannerTests
{
    private static readonly PullPolicy Policy = new();
    private static readonly TimeSpan Far = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan Near = TimeSpan.FromMilliseconds(1);

    [Fact]
    public void The_hottest_goes_first_and_the_farther_of_two_alike()
    {
        PullPlan<ulong> plan = Plan([new(1, 5, 1, Far), new(2, 50, 1, Near), new(3, 20, 1, Far), new(4, 20, 1, Near)], [], 10);
        Assert.Equal([2UL, 3, 4, 1], plan.Pulls.Select(pull => pull.Candidate.Key));
        PullPlan<ulong> byTime = PullPlanner.Plan<ulong>(
            [new(1, 5, 1, Far), new(2, 50, 1, Near), new(3, 20, 1, Far)], [], 10, Policy with { DistanceExponent = 1 });
        Assert.Equal([3UL, 1, 2], byTime.Pulls.Select(pull => pull.Candidate.Key));
    }

    [Fact]
    public void A_pull_must_be_worth_twice_the_coldest_victim()
    {
        PullVictim<ulong>[] victims = [new(100, 10, 1, Far), new(101, 5, 1, Far)];
        Assert.Empty(Plan([new(1, 9.99, 1, Far)], victims, 0).Pulls);
        PlannedPull<ulong> pull = Assert.Single(Plan([new(1, 10, 1, Far)], victims, 0).Pulls);
        Assert.Equal([101UL], pull.Victims);
        Assert.Equal(1, Plan([new(1, 9.99, 1, Far)], victims, 0).Count(PullRefusal.VictimsWorthMore));
        Assert.Equal([101UL, 100], Plan([new(1, 100, 1, Far), new(2, 20, 1, Far)], victims, 0).Pulls.SelectMany(planned => planned.Victims));
    }

    [Fact]
    public void A_large_copy_must_be_worth_twice_all_that_leaves_for_it()
    {
        PullVictim<ulong>[] victims = [new(100, 5, 10, Far), new(101, 6, 10, Far), new(102, 1, 1, Far)];
        Assert.Empty(Plan([new(1, 21, 20, Far)], victims, 0).Pulls);
        Assert.Equal([100UL, 101], Assert.Single(Plan([new(1, 22, 20, Far)], victims, 0).Pulls).Victims);
        Assert.Empty(Assert.Single(Plan([new(1, 22, 20, Far)], victims, 20).Pulls).Victims);
        Assert.Equal(1, Plan([new(1, 1000, 22, Far)], victims, 0).Count(PullRefusal.VictimsWorthMore));
    }

    [Fact]
    public void Each_reason_to_refuse_is_counted()
    {
        PullPlan<ulong> plan = Plan(
            [
                new(1, 10, 1, Far) { IsHeld = true }, new(2, 10, 1, Far) { IsInFlight = true }, new(3, 1.9, 1, Far), new(4, double.NaN, 1, Far),
                new(5, 10, 0, Far), new(6, 10, 1, TimeSpan.Zero), new(7, 10, 1, Far) { ZoneCopies = 4 }, new(8, 10, 1, Far) { ZoneCopies = 2, ZoneRank = 2 },
                new(9, 10, 1, Far) { ZoneCopies = 2, ZoneRank = 1 }, new(10, 9, 2, Far),
            ],
            [],
            1);
        Assert.Equal([9UL], plan.Pulls.Select(pull => pull.Candidate.Key));
        Assert.Equal([0, 1, 1, 2, 1, 1, 2, 0, 1], plan.Refusals);
    }

    [Fact]
    public void Bytes_and_pulls_a_tick_are_bounded_and_what_is_larger_goes_alone()
    {
        PullPolicy policy = Policy with { BytesPerTick = 100, PullsPerTick = 3 };
        PullPlan<ulong> plan = PullPlanner.Plan<ulong>(
            [new(1, 50, 60, Far), new(2, 40, 60, Far), new(3, 30, 30, Far), new(4, 20, 5, Far), new(5, 10, 5, Far)], [], 1000, policy);
        Assert.Equal([1UL, 3, 4], plan.Pulls.Select(pull => pull.Candidate.Key));
        Assert.Equal(2, plan.Count(PullRefusal.OverBudget));
        plan = PullPlanner.Plan<ulong>([new(1, 50, 500, Far), new(2, 40, 1, Far)], [], 1000, policy);
        Assert.Equal([1UL], plan.Pulls.Select(pull => pull.Candidate.Key));
    }

    [Fact]
    public void The_order_of_the_input_decides_nothing()
    {
        Random random = TestSeed.For(nameof(The_order_of_the_input_decides_nothing));
        for (int round = 0; round < 100; round++)
        {
            PullCandidate<ulong>[] candidates =
            [
                .. Enumerable.Range(0, 40).Select(i => new PullCandidate<ulong>((ulong)i, random.Next(1, 8), random.Next(1, 4), i % 2 == 0 ? Far : Near)),
            ];
            PullVictim<ulong>[] victims =
                [.. Enumerable.Range(100, 20).Select(i => new PullVictim<ulong>((ulong)i, random.Next(0, 3), random.Next(1, 4), Far))];
            string first = Text(Plan(candidates, victims, 5));
            random.Shuffle(candidates);
            random.Shuffle(victims);
            Assert.Equal(first, Text(Plan(candidates, victims, 5)));
        }
    }

    [Fact]
    public void No_plan_takes_more_room_than_there_is_or_lets_go_of_more_than_it_gains()
    {
        Random random = TestSeed.For(nameof(No_plan_takes_more_room_than_there_is_or_lets_go_of_more_than_it_gains));
        for (int round = 0; round < 500; round++)
        {
            PullCandidate<ulong>[] candidates =
                [.. Enumerable.Range(0, 30).Select(i => new PullCandidate<ulong>((ulong)i, random.NextDouble() * 20, random.Next(1, 50), Way(random)))];
            PullVictim<ulong>[] victims =
                [.. Enumerable.Range(100, 30).Select(i => new PullVictim<ulong>((ulong)i, random.NextDouble() * 20, random.Next(1, 50), Way(random)))];
            long free = random.Next(60);
            PullPlan<ulong> plan = Plan(candidates, victims, free);
            foreach (PlannedPull<ulong> pull in plan.Pulls)
            {
                PullVictim<ulong>[] leaving = [.. pull.Victims.Select(key => victims.Single(victim => victim.Key == key))];
                free += leaving.Sum(victim => victim.SizeBytes) - pull.Candidate.SizeBytes;
                Assert.True(free >= 0);
                Assert.True(pull.Gain >= 2 * leaving.Sum(victim => PullPlanner.Gain(victim.Rate, victim.Saved, Policy)));
            }
            Assert.Equal(plan.Pulls.Sum(pull => pull.Victims.Length), plan.Pulls.SelectMany(pull => pull.Victims).Distinct().Count());
        }
    }

    [Fact]
    public void A_policy_names_what_is_out_of_range()
    {
        Assert.Equal("Factor", Assert.Throws<ArgumentOutOfRangeException>(() => new PullPolicy { Factor = 0.9 }).ParamName);
        Assert.Equal("MinRate", Assert.Throws<ArgumentOutOfRangeException>(() => new PullPolicy { MinRate = 0 }).ParamName);
        Assert.Equal("DistanceExponent", Assert.Throws<ArgumentOutOfRangeException>(() => new PullPolicy { DistanceExponent = double.NaN }).ParamName);
        Assert.Equal("BytesPerTick", Assert.Throws<ArgumentOutOfRangeException>(() => new PullPolicy { BytesPerTick = 0 }).ParamName);
        Assert.Equal("PullsPerTick", Assert.Throws<ArgumentOutOfRangeException>(() => new PullPolicy { PullsPerTick = 0 }).ParamName);
        Assert.Equal("CopiesPerZone", Assert.Throws<ArgumentOutOfRangeException>(() => new PullPolicy { CopiesPerZone = 0 }).ParamName);
    }

    private static TimeSpan Way(Random random) => random.Next(2) == 0 ? Far : Near;

    private static PullPlan<ulong> Plan(PullCandidate<ulong>[] candidates, PullVictim<ulong>[] victims, long free) =>
        PullPlanner.Plan<ulong>(candidates, victims, free, Policy);

    private static string Text(PullPlan<ulong> plan) =>
        string.Join(';', plan.Pulls.Select(pull => $"{pull.Candidate.Key}-{string.Join(',', pull.Victims)}")) + string.Join(',', plan.Refusals);
}
