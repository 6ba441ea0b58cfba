using System.Globalization;
using Dataforts.Greedy.Eviction;
using Dataforts.Testing;
using Dataforts.Tests.Store;

namespace Dataforts.Tests.Greedy.Eviction;

/// <summary>What every policy owes the cache that asks it.</summary>
public sealed class EvictionPolicyTests
{
    public static TheoryData<string> Names => [.. EvictionPolicies.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Whatever_is_asked_the_entries_are_those_of_a_simple_model(string name)
    {
        for (int run = 0; run < 12; run++) Follow(name, (long)TestSeed.Value + run, 4000);
    }

    [Theory]
    [MemberData(nameof(Names))]
    [Slow]
    public void Whatever_is_asked_for_long_the_entries_are_those_of_a_simple_model(string name)
    {
        for (int run = 0; run < 200; run++) Follow(name, TestSeed.Value + 1000L + run, 20_000);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_request_in_another_size_is_a_miss_and_replaces(string name)
    {
        IEvictionPolicy policy = EvictionPolicies.Create(name, 100);
        Assert.Equal(RequestOutcome.Admitted, policy.Request(7, 10));
        Assert.Equal(RequestOutcome.Hit, policy.Request(7, 10));
        Assert.Equal(RequestOutcome.Admitted, policy.Request(7, 20));
        Assert.Equal(0, policy.Victims.Length);
        Assert.Equal(20, policy.UsedBytes);
        Assert.Equal(1, policy.Count);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_larger_than_the_cache_is_never_held_and_drops_its_old_version(string name)
    {
        IEvictionPolicy policy = EvictionPolicies.Create(name, 100);
        policy.Request(1, 10);
        policy.Request(7, 10);
        Assert.Equal(RequestOutcome.Refused, policy.Request(7, 101));
        Assert.False(policy.Contains(7));
        Assert.Equal(RequestOutcome.Refused, policy.Request(8, long.MaxValue));
        Assert.True(policy.Contains(1));
        Assert.Equal(10, policy.UsedBytes);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Entries_without_bytes_take_no_room(string name)
    {
        IEvictionPolicy policy = EvictionPolicies.Create(name, 1);
        Assert.Equal(RequestOutcome.Admitted, policy.Request(1, 0));
        Assert.Equal(RequestOutcome.Hit, policy.Request(1, 0));
        Assert.Equal(0, policy.UsedBytes);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_same_calls_have_the_same_outcome(string name)
    {
        string[] outcomes = [.. Enumerable.Range(0, 2).Select(_ =>
        {
            var random = new Random(5);
            IEvictionPolicy policy = EvictionPolicies.Create(name, 5000);
            var text = new System.Text.StringBuilder();
            for (int i = 0; i < 5000; i++)
            {
                ulong key = (ulong)(random.NextDouble() * random.NextDouble() * 400);
                text.Append(CultureInfo.InvariantCulture, $"{policy.Request(key, 10 + (long)(key % 50))}");
                foreach (EvictedEntry victim in policy.Victims) text.Append(CultureInfo.InvariantCulture, $" {victim.Key}");
            }
            return text.ToString();
        })];
        Assert.Equal(outcomes[0], outcomes[1]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Nothing_is_allocated_once_the_tables_have_grown(string name)
    {
        IEvictionPolicy policy = EvictionPolicies.Create(name, 100_000);
        var random = new Random(3);
        ulong[] keys = [.. Enumerable.Range(0, 60_000).Select(i => i % 3 == 0 ? (ulong)i + 10_000 : (ulong)(random.NextDouble() * random.NextDouble() * 3000))];
        for (int turn = 0; turn < 3; turn++) Replay(policy, keys);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Replay(policy, keys);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        static void Replay(IEvictionPolicy policy, ulong[] keys)
        {
            foreach (ulong key in keys) policy.Request(key, 50 + (long)(key % 100));
            policy.Touch(1);
            policy.Remove(2);
            policy.SetSize(3, 60);
        }
    }

    [Fact]
    public void A_policy_that_is_not_there_and_a_capacity_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentException>(() => EvictionPolicies.Create("mru", 1));
        foreach (string name in EvictionPolicies.Names)
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => EvictionPolicies.Create(name, 0));
            Assert.Throws<ArgumentOutOfRangeException>(() => EvictionPolicies.Create(name, EvictionPolicies.MaxCapacityBytes + 1));
            IEvictionPolicy policy = EvictionPolicies.Create(name, EvictionPolicies.MaxCapacityBytes);
            Assert.Equal(RequestOutcome.Admitted, policy.Request(1, EvictionPolicies.MaxCapacityBytes / 200));
            Assert.Throws<ArgumentOutOfRangeException>(() => policy.Request(1, -1));
            Assert.Throws<ArgumentOutOfRangeException>(() => policy.Admit(1, -1));
            Assert.Throws<ArgumentOutOfRangeException>(() => policy.SetSize(1, -1));
        }
    }

    /// <summary>The model knows nothing of who should go: it holds what it was told, and checks what it is told.</summary>
    private static void Follow(string name, long seed, int steps)
    {
        var random = new Random(unchecked((int)seed));
        long capacity = random.Next(1, 5000);
        IEvictionPolicy policy = EvictionPolicies.Create(name, capacity);
        var model = new Dictionary<ulong, long>();
        int keys = random.Next(2, 400);
        int largest = random.Next(1, 800);
        for (int step = 0; step < steps; step++)
        {
            string where = string.Create(CultureInfo.InvariantCulture, $"{name}, seed {seed}, step {step}");
            ulong key = (ulong)(random.NextDouble() * random.NextDouble() * keys);
            long size = random.Next(10) == 0 ? random.Next(largest * 2) : (long)(key * 7919 % (ulong)largest);
            bool held = model.TryGetValue(key, out long heldSize);
            if (policy.TryPeekVictim(out EvictedEntry first)) Assert.True(model.GetValueOrDefault(first.Key, -1) == first.SizeBytes, where);
            else Assert.True(model.Count == 0, where);
            switch (random.Next(20))
            {
                case 0:
                    Assert.True(policy.Remove(key) == held, where);
                    model.Remove(key);
                    break;
                case 1:
                    Assert.True(policy.Touch(key) == held, where);
                    break;
                case 2:
                    if (policy.Admit(key, size)) model[key] = size;
                    else model.Remove(key);
                    break;
                case 3:
                    policy.SetSize(key, size);
                    if (held && size <= capacity) model[key] = size;
                    break;
                case 4 when random.Next(20) == 0:
                    capacity = random.Next(1, 5000);
                    policy.SetCapacity(capacity);
                    break;
                default:
                    RequestOutcome outcome = policy.Request(key, size);
                    Assert.True((outcome == RequestOutcome.Hit) == (held && heldSize == size), where);
                    if (outcome == RequestOutcome.Refused) model.Remove(key);
                    else model[key] = size;
                    break;
            }
            foreach (EvictedEntry victim in policy.Victims)
                Assert.True(model.Remove(victim.Key, out long was) && was == victim.SizeBytes, $"{where}: victim {victim}");
            Assert.True(policy.UsedBytes <= capacity && policy.CapacityBytes == capacity, where);
            Assert.True(policy.Count == model.Count && policy.UsedBytes == model.Values.Sum(), where);
            Assert.True(policy.Contains(key) == model.ContainsKey(key) && policy.SizeOf(key) == model.GetValueOrDefault(key, -1), where);
        }
        Assert.All(model, entry => Assert.Equal(entry.Value, policy.SizeOf(entry.Key)));
    }
}
