using System.Buffers;
using Dataforts.Greedy.Caching;
using Dataforts.Greedy.Eviction;
using Dataforts.Tests.Store;

namespace Dataforts.Tests.Greedy.Caching;

public sealed class GreedyCacheTests
{
    private const int MiB = CacheBench.MiB;

    private static readonly ChannelKey A = CacheBench.Key(1), B = CacheBench.Key(2), C = CacheBench.Key(3);

    [Fact]
    public void What_was_appended_is_read_one_by_one_and_in_order()
    {
        var bench = new CacheBench();
        for (ulong sequence = 10; sequence < 500; sequence += 2) Assert.Equal(AppendOutcome.Cached, bench.Append(A, sequence, (int)sequence * 7));
        for (ulong sequence = 10; sequence < 500; sequence++) Assert.Equal(sequence % 2 == 0, bench.Has(A, sequence, (int)sequence * 7));
        Assert.False(bench.Has(B, 10));
        var buffer = new ArrayBufferWriter<byte>();
        List<CachedEvent> events = [];
        Assert.Equal(3, bench.Cache.Read(in A, 11, (12 + 14 + 16) * 7, buffer, events));
        Assert.Equal([12UL, 14UL, 16UL], events.Select(item => item.Sequence));
        Assert.Equal(1, bench.Cache.Read(in A, 400, 0, buffer, []));
        ChannelCounters counters = bench.Cache.CountersOf(in A)!.Value;
        Assert.Equal((245, 245 + 4), (counters.Events, counters.Hits));
    }

    [Fact]
    public void An_event_that_is_old_or_there_already_is_left_out()
    {
        var bench = new CacheBench();
        bench.Append(A, 5);
        Assert.Equal(AppendOutcome.Stale, bench.Append(A, 5));
        Assert.Equal(AppendOutcome.Stale, bench.Append(A, 4));
        Assert.Equal(AppendOutcome.Cached, bench.Append(A, 6));
        Assert.Equal(AppendOutcome.Cached, bench.Append(B, 0, 0));
        Assert.True(bench.Has(B, 0, 0));
    }

    [Fact]
    public void Names_of_one_hash_and_origins_on_one_channel_stay_apart()
    {
        var bench = new CacheBench();
        ChannelKey one = new(9, "x", 1), other = new(9, "y", 1), third = new(9, "x", 2);
        bench.Append(one, 1);
        Assert.Equal(AppendOutcome.Cached, bench.Append(other, 1));
        Assert.Equal(AppendOutcome.Cached, bench.Append(third, 1));
        bench.Append(other, 2);
        Assert.False(bench.Has(one, 2));
        Assert.True(bench.Has(new ChannelKey(9, new string('x', 1), 1), 1));
    }

    [Fact]
    public void A_channel_keeps_its_newest_within_its_cap()
    {
        var bench = new CacheBench();
        ulong end = bench.Fill(A, 3 * MiB);
        Assert.InRange(bench.Cache.CountersOf(in A)!.Value.HeldBytes, MiB * 3 / 4, MiB);
        Assert.True(bench.Has(A, end - 1));
        Assert.True(bench.Has(A, end - 700));
        Assert.False(bench.Has(A, 0));
        Assert.Equal(AppendOutcome.TooLarge, bench.Append(A, end, MiB));
        Assert.True(bench.Has(A, end - 1));
        Assert.Equal(AppendOutcome.Cached, bench.Append(A, end, MiB - 8192));
        Assert.True(bench.Has(A, end, MiB - 8192));
        Assert.InRange(bench.Cache.UsedBytes, MiB / 2, (2 * MiB) + (1 << 19));
    }

    [Fact]
    public void The_total_cap_evicts_the_first_channel_withdraws_exactly_it_and_frees_it_only_then()
    {
        var bench = new CacheBench(CacheBench.Limits(MiB * 3 / 2));
        bench.Fill(A, 900_000);
        bench.Announce();
        bench.Fill(B, 700_000);
        Assert.Equal(1, bench.Cache.Evictions);
        Assert.True(bench.Has(A, 899), "It is served until the claim is withdrawn.");
        Assert.Equal(AppendOutcome.EvictedLately, bench.Append(A, 900));
        bench.Announced.Clear();
        ClaimBatch batch = bench.Cache.TakeClaims()!;
        Assert.Equal([A.Origin], batch.Withdraw);
        Assert.Empty(batch.Advertise);
        Assert.True(bench.Has(A, 899));
        long before = bench.Cache.UsedBytes;
        bench.Cache.Settled(batch);
        Assert.False(bench.Has(A, 899));
        Assert.False(bench.Cache.CountersOf(in A)!.Value.Cached);
        bench.Fill(B, 700_000, 700);
        Assert.InRange(before, MiB, MiB * 3 / 2);
        Assert.Equal(1, bench.Cache.Evictions);
        bench.Announce();
        Assert.Equal(1, bench.Cache.ClaimCount);
    }

    [Fact]
    public void A_withdrawal_that_fails_frees_nothing_and_is_tried_again()
    {
        var bench = new CacheBench(CacheBench.Limits(MiB * 3 / 2));
        bench.Fill(A, 900_000);
        bench.Announce();
        bench.Fill(B, 700_000);
        ClaimBatch batch = bench.Cache.TakeClaims()!;
        bench.Cache.Failed(batch);
        Assert.True(bench.Has(A, 899));
        bench.Announce();
        Assert.False(bench.Has(A, 899));
        Assert.Equal(["+1", "-1", "+2"], bench.Announced);
    }

    [Fact]
    public void An_origin_that_another_channel_holds_is_not_withdrawn()
    {
        var bench = new CacheBench(CacheBench.Limits(MiB * 3 / 2));
        ChannelKey sibling = CacheBench.Key(7, A.Origin);
        bench.Fill(A, 700_000);
        bench.Append(sibling, 1);
        bench.Fill(B, 900_000);
        Assert.Equal(1, bench.Cache.Evictions);
        bench.Announce();
        Assert.Equal(["+1", "+2"], bench.Announced);
        Assert.False(bench.Has(A, 0));
        Assert.True(bench.Has(sibling, 1));
        Assert.Equal(1, bench.Cache.Origins.CountOf(A.Origin));
    }

    [Fact]
    public void An_unknown_origin_is_never_claimed()
    {
        var bench = new CacheBench();
        bench.Append(CacheBench.Key(1, 0), 1);
        Assert.Null(bench.Cache.TakeClaims());
        Assert.Equal(0, bench.Cache.Origins.Count);
        bench.Cache.Stop();
        Assert.Null(bench.Cache.TakeClaims());
        Assert.Equal(0, bench.Cache.UsedBytes);
    }

    [Fact]
    public void Reading_keeps_a_channel_and_writing_does_not()
    {
        var bench = new CacheBench(CacheBench.Limits(2 * MiB));
        ulong end = bench.Fill(A, 600_000);
        bench.Fill(B, 600_000);
        Assert.True(bench.Has(A, 0));
        bench.Announce();
        bench.Fill(B, 100_000, 600);
        bench.Fill(C, 900_000);
        bench.Announce();
        Assert.True(bench.Has(A, end - 1));
        Assert.False(bench.Has(B, 600));
        Assert.True(bench.Has(C, 899));
    }

    [Fact]
    public void A_write_hot_channel_that_nobody_reads_does_not_come_and_go()
    {
        var bench = new CacheBench(CacheBench.Limits(MiB * 3 / 2));
        ulong a = bench.Fill(A, 900_000);
        bench.Announce();
        ulong b = bench.Fill(B, 700_000);
        bench.Announce();
        for (int i = 0; i < 5000; i++)
        {
            bench.Append(A, a++);
            bench.Append(B, b++);
            bench.Announce();
        }
        Assert.Equal(1, bench.Cache.Evictions);
        Assert.Equal(0, bench.Cache.Readmissions);
        Assert.Equal(["+1", "-1", "+2"], bench.Announced);
    }

    [Fact]
    public void An_evicted_channel_comes_back_after_the_delay_and_starts_empty()
    {
        var bench = new CacheBench(CacheBench.Limits(MiB * 3 / 2));
        bench.Fill(A, 900_000);
        bench.Fill(B, 700_000);
        bench.Announce();
        Assert.Equal(AppendOutcome.EvictedLately, bench.Append(A, 900));
        bench.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(AppendOutcome.Cached, bench.Append(A, 900));
        Assert.Equal(1, bench.Cache.Readmissions);
        ChannelCounters counters = bench.Cache.CountersOf(in A)!.Value;
        Assert.Equal(1, counters.HeldEvents);
        Assert.InRange(counters.HeldBytes, 1000, 5000);
        Assert.False(bench.Has(A, 899));
        Assert.True(bench.Has(A, 900));
    }

    [Fact]
    public void An_evicted_channel_comes_back_earlier_when_it_is_missed_well_over_twice_as_much_as_the_next_victim_is_read()
    {
        var bench = new CacheBench(CacheBench.Limits(MiB * 3 / 2));
        bench.Fill(A, 900_000);
        bench.Fill(B, 700_000);
        bench.Announce();
        for (int i = 0; i < 20; i++) Assert.True(bench.Has(B, 699));
        for (int i = 0; i < 55; i++) Assert.False(bench.Has(A, 0));
        Assert.Equal(AppendOutcome.EvictedLately, bench.Append(A, 900));
        for (int i = 0; i < 1; i++) Assert.False(bench.Has(A, 0));
        Assert.Equal(AppendOutcome.Cached, bench.Append(A, 900));
    }

    [Fact]
    public void Bounds_can_be_changed_and_hold_at_once()
    {
        var bench = new CacheBench(CacheBench.Limits(8 * MiB, 4 * MiB));
        bench.Fill(A, 3 * MiB);
        bench.Fill(B, 3 * MiB);
        bench.Announce();
        bench.Cache.Reconfigure(CacheBench.Limits(8 * MiB));
        Assert.InRange(bench.Cache.UsedBytes, MiB, 2 * MiB);
        bench.Cache.Reconfigure(CacheBench.Limits(MiB));
        bench.Announce();
        Assert.InRange(bench.Cache.UsedBytes, MiB / 2, MiB);
        Assert.Equal(1, bench.Cache.Evictions);
        Assert.Equal(1, bench.Cache.LiveCount);
        Assert.Throws<ArgumentOutOfRangeException>(() => bench.Cache.Reconfigure(CacheBench.Limits(MiB - 1)));
    }

    [Fact]
    public void Switched_off_it_withdraws_everything_then_holds_no_memory()
    {
        var bench = new CacheBench();
        bench.Fill(A, 500_000);
        bench.Fill(B, 500_000);
        bench.Announce();
        bench.Cache.Stop();
        Assert.Equal(AppendOutcome.Off, bench.Append(A, 5000));
        bench.Announce();
        Assert.Equal(["+1", "+2", "-1", "-2"], bench.Announced);
        Assert.Equal((0L, 0, 0), (bench.Cache.UsedBytes, bench.Cache.ClaimCount, bench.Cache.LiveCount));
        bench.Cache.Start();
        Assert.Equal(AppendOutcome.Cached, bench.Append(A, 0));
        Assert.True(bench.Has(A, 0));
    }

    [Fact]
    public void The_budget_refuses_and_what_is_not_stored_is_not_paid_for()
    {
        var bench = new CacheBench(CacheBench.Limits(2 * MiB) with { NicPeakBytesPerSecond = 500 });
        Assert.Equal(AppendOutcome.Cached, bench.Append(A, 1, 4096));
        Assert.Equal(AppendOutcome.NoBudget, bench.Append(A, 2, 4096));
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(AppendOutcome.TooLarge, bench.Append(A, 2, MiB));
        Assert.Equal(AppendOutcome.Cached, bench.Append(A, 3, 4096));
        Assert.Equal(AppendOutcome.NoBudget, bench.Append(B, 3, 4096));
        bench.Cache.Reconfigure(CacheBench.Limits(2 * MiB));
        Assert.Equal(AppendOutcome.Cached, bench.Append(B, 3, 4096));
    }

    [Fact]
    public void The_table_of_channels_is_bounded_and_forgets_what_holds_nothing()
    {
        var bench = new CacheBench(CacheBench.Limits(2 * MiB) with { Channels = 2, NicPeakBytesPerSecond = 400 });
        Assert.Equal(AppendOutcome.Cached, bench.Append(A, 1));
        Assert.Equal(AppendOutcome.NoBudget, bench.Append(B, 1));
        Assert.Equal(AppendOutcome.NoBudget, bench.Append(C, 1));
        Assert.Null(bench.Cache.CountersOf(in B));
        bench.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(AppendOutcome.Cached, bench.Append(C, 1));
        Assert.Equal(AppendOutcome.TooManyChannels, bench.Append(B, 1));
    }

    // Whatever a policy says, the books balance: bytes, channels, origins and claims.
    [Theory]
    [InlineData("default")]
    [InlineData("lru")]
    [InlineData("sieve")]
    [InlineData("wtinylfu")]
    [InlineData("gdsf")]
    public void Any_policy_keeps_the_cache_within_its_bounds_and_its_books_balanced(string policy)
    {
        Random random = TestSeed.For(nameof(Any_policy_keeps_the_cache_within_its_bounds_and_its_books_balanced));
        var bench = new CacheBench(CacheBench.Limits(4 * MiB), new PolicyOrder(EvictionPolicies.Create(policy, 4 * MiB)));
        ulong sequence = 0;
        for (int step = 0; step < 20_000; step++)
        {
            ChannelKey key = CacheBench.Key(random.Next(60), (ulong)random.Next(20));
            switch (random.Next(10))
            {
                case < 6: bench.Append(key, ++sequence, random.Next(5000)); break;
                case < 9: bench.Cache.TryRead(in key, sequence - (ulong)random.Next(50), new ArrayBufferWriter<byte>(), out _); break;
                default: bench.Announce(); break;
            }
            if (random.Next(500) == 0) bench.Time.Advance(TimeSpan.FromMinutes(random.Next(60)));
            if (random.Next(2000) == 0) bench.Cache.Reconfigure(CacheBench.Limits((2 + random.Next(4)) * MiB));
            if (random.Next(5000) == 0)
            {
                bench.Cache.Stop();
                bench.Announce();
                Assert.Equal((0L, 0, 0, 0), (bench.Cache.UsedBytes, bench.Cache.LiveCount, bench.Cache.Origins.Count, bench.Cache.ClaimCount));
                bench.Cache.Start();
            }
            if (step % 100 != 0) continue;
            bench.Announce();
            Assert.InRange(bench.Cache.UsedBytes, 0, bench.Cache.Limits.TotalCapBytes);
            Assert.Equal(bench.Cache.Origins.Count, bench.Cache.ClaimCount);
        }
        Assert.True(bench.Cache.Evictions > 10);
    }

    [Fact]
    public void Memory_is_what_it_says()
    {
        var bench = new CacheBench(CacheBench.Limits(32 * MiB, 16 * MiB));
        byte[] payload = new byte[200];
        Append(0);
        long before = GC.GetAllocatedBytesForCurrentThread() - bench.Cache.UsedBytes;
        for (ulong sequence = 1; sequence < 60_000; sequence++) Append(sequence);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(allocated, bench.Cache.UsedBytes * 0.99, bench.Cache.UsedBytes * 1.01);
        Assert.Equal(60_000, bench.Cache.CountersOf(in A)!.Value.HeldEvents);
        // 24 bytes an event, and what is unused of the last block of each size and at the end of the others.
        Assert.InRange(bench.Cache.UsedBytes, 60_000 * 224, 60_000 * 224 * 1.02);

        void Append(ulong sequence) => bench.Cache.Append(bench.Cache.Find(in A), in A, new IncomingEvent(sequence, 5, payload), 0);
    }

    [Fact]
    public void A_block_that_is_let_go_of_is_garbage()
    {
        var pool = new BlockPool(MiB);
        WeakReference block = TakeAndReturn(pool);
        pool.DropSpares();
        GC.Collect();
        Assert.False(block.IsAlive);
        Assert.Equal((0L, 0L), (pool.UsedBytes, pool.HeldBytes));
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static WeakReference TakeAndReturn(BlockPool pool)
    {
        EventBlock block = pool.TryTake(4 << 10)!;
        Assert.Equal((4192L, 4192L), (pool.UsedBytes, pool.HeldBytes));
        pool.Return(block);
        Assert.Equal((4192L, 0L), (pool.UsedBytes, pool.HeldBytes));
        return new WeakReference(block);
    }
}
