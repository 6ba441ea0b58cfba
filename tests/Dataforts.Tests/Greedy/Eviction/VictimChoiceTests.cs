using Dataforts.Greedy.Eviction;

namespace Dataforts.Tests.Greedy.Eviction;

/// <summary>Who goes, policy by policy, on sequences short enough to follow by hand.</summary>
public sealed class VictimChoiceTests
{
    [Theory]
    [InlineData("lru", "1 2 3 1 4", "2")]
    [InlineData("fifo", "1 2 3 1 4", "1")]
    [InlineData("sieve", "1 2 3 1 4", "2")]
    [InlineData("heat", "1 2 3 1 3 4", "2")]
    [InlineData("lru", "1 2 3 4 5 6", "1 2 3")]
    [InlineData("sieve", "1 2 3 1 2 4 5", "3 1")]
    public void Of_three_the_one_goes_that_the_policy_says(string name, string requests, string victims)
    {
        IEvictionPolicy policy = EvictionPolicies.Create(name, 3);
        var gone = new List<ulong>();
        foreach (string key in requests.Split(' '))
        {
            policy.Request(ulong.Parse(key, System.Globalization.CultureInfo.InvariantCulture), 1);
            foreach (EvictedEntry victim in policy.Victims) gone.Add(victim.Key);
        }
        Assert.Equal(victims, string.Join(' ', gone));
    }

    [Fact]
    public void What_was_written_to_is_not_promoted()
    {
        IEvictionPolicy policy = EvictionPolicies.Create("lru", 10);
        policy.Admit(1, 3);
        policy.Admit(2, 3);
        Assert.True(policy.SetSize(1, 4));
        Assert.True(policy.TryPeekVictim(out EvictedEntry victim));
        Assert.Equal(new EvictedEntry(1, 4), victim);
        Assert.True(policy.SetSize(2, 7));
        Assert.Equal([new EvictedEntry(1, 4)], policy.Victims.ToArray());
    }

    [Fact]
    public void An_entry_that_outgrows_the_cache_goes_itself()
    {
        foreach (string name in EvictionPolicies.Names)
        {
            IEvictionPolicy policy = EvictionPolicies.Create(name, 10);
            policy.Request(1, 3);
            Assert.False(policy.SetSize(1, 11));
            Assert.Equal([new EvictedEntry(1, 3)], policy.Victims.ToArray());
            Assert.Equal(0, policy.Count);
        }
    }

    [Fact]
    public void A_one_time_visitor_does_not_push_out_what_is_asked_for_often()
    {
        foreach (string name in (string[])["s3fifo", "wtinylfu", "heat", EvictionPolicies.Default])
        {
            IEvictionPolicy policy = EvictionPolicies.Create(name, 1000);
            // What chooses between policies has to see a scan before it knows that there are any.
            int scans = name == EvictionPolicies.Default ? 2 : 1;
            for (int scan = 0; scan < scans; scan++)
            {
                for (int turn = 0; turn < 20; turn++)
                {
                    for (ulong key = 0; key < 500; key++) policy.Request(key, 1);
                }
                ulong first = 10_000UL * (ulong)(scan + 1);
                for (ulong key = first; key < first + 5000; key++) policy.Request(key, 1);
            }
            int left = Enumerable.Range(0, 500).Count(key => policy.Contains((ulong)key));
            Assert.True(left >= 450, $"{name} kept {left}");
        }
    }

    [Fact]
    public void Small_entries_go_before_large_ones_of_the_same_heat_only_where_heat_is_per_byte()
    {
        IEvictionPolicy perByte = EvictionPolicies.Create("gdsf", 100);
        IEvictionPolicy plain = EvictionPolicies.Create("heat", 100);
        foreach (IEvictionPolicy policy in (IEvictionPolicy[])[perByte, plain])
        {
            policy.Request(1, 10);
            policy.Request(2, 80);
            policy.Request(3, 50);
        }
        Assert.True(perByte.Contains(1));
        Assert.False(plain.Contains(1));
    }
}
