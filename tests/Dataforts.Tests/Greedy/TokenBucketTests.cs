using Dataforts.Greedy;
using Dataforts.Tests.Store;

namespace Dataforts.Tests.Greedy;

public sealed class TokenBucketTests
{
    private const long Second = 1000;

    [Fact]
    public void It_starts_full_and_fills_with_time_up_to_one_second()
    {
        var bucket = new TokenBucket(500, 0, Second);
        Assert.Equal(500, bucket.AvailableBytes(0));
        Assert.True(bucket.TryTake(500, 0));
        Assert.False(bucket.TryTake(1, 0));
        Assert.True(bucket.TryTake(0, 0));
        Assert.Equal(250, bucket.AvailableBytes(500));
        Assert.Equal(500, bucket.AvailableBytes(100 * Second));
        Assert.True(bucket.TryTake(500, 100 * Second));
        Assert.False(bucket.TryTake(1, 100 * Second));
    }

    [Fact]
    public void What_it_can_never_hold_passes_once_it_is_full_and_empties_it()
    {
        var bucket = new TokenBucket(125, 0, Second);
        Assert.True(bucket.TryTake(4096, 0));
        Assert.False(bucket.TryTake(4096, 999));
        Assert.True(bucket.TryTake(4096, 1000));
        Assert.False(bucket.TryTake(1, 1000));
    }

    [Fact]
    public void A_refusal_changes_nothing_and_a_refund_gives_back_no_more_than_it_holds()
    {
        var bucket = new TokenBucket(100, 0, Second);
        Assert.True(bucket.TryTake(60, 0));
        Assert.False(bucket.TryTake(41, 0));
        Assert.Equal(40, bucket.AvailableBytes(0));
        bucket.Refund(60);
        Assert.Equal(100, bucket.AvailableBytes(0));
        bucket.Refund(60);
        Assert.Equal(100, bucket.AvailableBytes(0));
        Assert.True(bucket.TryTake(100, 0));
        Assert.False(bucket.TryTake(1, 0));
    }

    [Fact]
    public void A_reserve_is_left_for_others()
    {
        var bucket = new TokenBucket(100, 0, Second);
        Assert.True(bucket.TryTake(40, 0));
        Assert.False(bucket.TryTake(20, 0, reserveBytes: 50));
        Assert.True(bucket.TryTake(10, 0, reserveBytes: 50));
        Assert.True(bucket.TryTake(50, 0));
    }

    [Fact]
    public void A_clock_that_steps_back_gains_and_loses_nothing()
    {
        var bucket = new TokenBucket(100, 1000, Second);
        Assert.True(bucket.TryTake(100, 1000));
        Assert.False(bucket.TryTake(1, 0));
        Assert.True(bucket.TryTake(50, 1500));
    }

    [Fact]
    public void It_agrees_with_a_bucket_that_is_counted_step_by_step()
    {
        Random random = TestSeed.For(nameof(It_agrees_with_a_bucket_that_is_counted_step_by_step));
        const long Rate = 1_000_000;
        var bucket = new TokenBucket(Rate, 0, Second);
        long tokens = Rate, now = 0;
        for (int i = 0; i < 200_000; i++)
        {
            long step = random.Next(3), need = random.Next(1, 4) == 1 ? random.NextInt64(2 * Rate) : random.Next(3000);
            now += step;
            tokens = Math.Min(Rate, tokens + (step * Rate / Second));
            bool expected = need <= tokens || tokens == Rate;
            Assert.Equal(expected, bucket.TryTake(need, now));
            if (expected) tokens -= Math.Min(need, tokens);
            Assert.Equal(tokens, bucket.AvailableBytes(now));
        }
    }

    [Fact]
    public async Task Many_threads_never_take_more_than_there_is()
    {
        var bucket = new TokenBucket(1_000_000, 0, Second);
        long[] taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            long sum = 0;
            for (int i = 0; i < 100_000; i++)
            {
                if (bucket.TryTake(7, 0)) sum += 7;
            }
            return sum;
        })));
        Assert.InRange(taken.Sum(), 1_000_000 - 7, 1_000_000);
    }
}
