using Dataforts.Greedy.Eviction;

namespace Dataforts.Tests.Greedy.Eviction;

/// <summary>The default is near whoever is best, on requests that suit one and starve another.</summary>
public sealed class AdaptivePolicyTests
{
    [Fact]
    public void On_a_loop_longer_than_the_cache_it_hits_where_recency_never_does()
    {
        ulong[] loop = [.. Enumerable.Range(0, 60_000).Select(i => (ulong)(i % 2000))];
        Assert.Equal(0, Hits("lru", 1000, loop));
        Assert.InRange(Hits(EvictionPolicies.Default, 1000, loop), Hits("wtinylfu", 1000, loop) - 1200, int.MaxValue);
    }

    [Fact]
    public void On_what_is_asked_for_soon_again_it_is_as_good_as_recency()
    {
        var random = new Random(4);
        ulong[] recent = [.. Enumerable.Range(0, 60_000).Select(i => (ulong)Math.Max(0, i - (int)(random.NextDouble() * random.NextDouble() * 1500)))];
        Assert.InRange(Hits(EvictionPolicies.Default, 1000, recent), Hits("lru", 1000, recent) - 600, int.MaxValue);
    }

    [Fact]
    public void It_follows_when_what_is_asked_for_changes_its_nature()
    {
        var random = new Random(4);
        ulong[] loop = [.. Enumerable.Range(0, 60_000).Select(i => (ulong)(i % 2000))];
        ulong[] recent =
            [.. Enumerable.Range(0, 60_000).Select(i => 1_000_000 + (ulong)Math.Max(0, i - (int)(random.NextDouble() * random.NextDouble() * 1500)))];
        ulong[] turns = [.. loop, .. recent, .. loop, .. recent];
        int best = new[] { "lru", "s3fifo", "wtinylfu", "heat" }.Max(name => Hits(name, 1000, turns));
        Assert.InRange(Hits(EvictionPolicies.Default, 1000, turns), best + 5000, int.MaxValue);
    }

    private static int Hits(string name, long capacity, ulong[] keys)
    {
        IEvictionPolicy policy = EvictionPolicies.Create(name, capacity);
        return keys.Count(key => policy.Request(key, 1) == RequestOutcome.Hit);
    }
}
