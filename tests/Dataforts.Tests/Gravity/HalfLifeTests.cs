using Dataforts.Gravity;
using Dataforts.Tests.Store;

namespace Dataforts.Tests.Gravity;

public sealed class HalfLifeTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void A_rate_follows_the_power_of_two_over_a_million_random_walks()
    {
        Random random = TestSeed.For(nameof(A_rate_follows_the_power_of_two_over_a_million_random_walks));
        var halfLife = new HalfLife(Minute);
        double worst = 0;
        for (int walk = 0; walk < 1_000_000; walk++)
        {
            long start = random.NextInt64(TimeSpan.FromDays(365).Ticks);
            long wait = (long)(Math.Pow(random.NextDouble(), 3) * 40 * Minute.Ticks);
            HeatMoment read = halfLife.At(new TimeSpan(start)), later = halfLife.At(new TimeSpan(start + wait));
            double expected = Math.Pow(2, -wait / (double)Minute.Ticks);
            worst = Math.Max(worst, Math.Abs((HalfLife.Rate(read.Weight, read.Epoch, later) / expected) - 1));
        }
        Assert.InRange(worst, 0, 1e-11);
    }

    [Fact]
    public void Sums_over_long_random_walks_stay_near_what_exact_decay_gives()
    {
        Random random = TestSeed.For(nameof(Sums_over_long_random_walks_stay_near_what_exact_decay_gives));
        double worst = 0;
        for (int walk = 0; walk < 1000; walk++)
        {
            var registry = new HeatRegistry<ulong>(new HeatPolicy { HalfLife = Minute }, 4);
            var now = new TimeSpan(random.NextInt64(TimeSpan.FromDays(30).Ticks));
            double exact = 0;
            for (int step = 0; step < 1000; step++)
            {
                long wait = (long)(Math.Pow(random.NextDouble(), 6) * 100 * Minute.Ticks);
                now += new TimeSpan(wait);
                exact = (exact * Math.Pow(2, -wait / (double)Minute.Ticks)) + 1;
                registry.Bump(1, now);
            }
            worst = Math.Max(worst, Math.Abs((registry.Rate(1, now) / exact) - 1));
        }
        Assert.InRange(worst, 0, 1e-10);
    }

    [Fact]
    public void Decay_is_exact_at_no_time_and_at_whole_half_lives_and_composes()
    {
        Random random = TestSeed.For(nameof(Decay_is_exact_at_no_time_and_at_whole_half_lives_and_composes));
        var halfLife = new HalfLife(TimeSpan.FromSeconds(1));
        for (int i = 0; i < 10_000; i++)
        {
            var now = new TimeSpan(random.NextInt64(TimeSpan.FromDays(1).Ticks));
            HeatMoment moment = halfLife.At(now);
            Assert.Equal(1, HalfLife.Rate(moment.Weight, moment.Epoch, moment));
            var landmark = TimeSpan.FromSeconds((long)HalfLife.LandmarkHalfLives * random.Next(1000));
            HeatMoment start = halfLife.At(landmark);
            int whole = random.Next(1, 50);
            Assert.Equal(Math.ScaleB(1, -whole), HalfLife.Rate(start.Weight, start.Epoch, halfLife.At(landmark + TimeSpan.FromSeconds(whole))));
            var first = new TimeSpan(random.NextInt64(TimeSpan.TicksPerMinute / 4));
            var second = new TimeSpan(random.NextInt64(TimeSpan.TicksPerMinute / 4));
            double one = HalfLife.Rate(moment.Weight, moment.Epoch, halfLife.At(now + first + second));
            double two = HalfLife.Rate(moment.Weight, moment.Epoch, halfLife.At(now + first));
            HeatMoment between = halfLife.At(now + first);
            two *= HalfLife.Rate(between.Weight, between.Epoch, halfLife.At(now + first + second));
            Assert.InRange(two / one, 1 - 1e-11, 1 + 1e-11);
        }
    }

    [Fact]
    public void A_rate_never_rises_without_a_read_and_is_never_negative()
    {
        var halfLife = new HalfLife(TimeSpan.FromMilliseconds(1));
        HeatMoment read = halfLife.At(TimeSpan.Zero);
        double last = 5;
        for (long tick = 0; tick < TimeSpan.TicksPerMillisecond * 130; tick++)
        {
            double rate = HalfLife.Rate(5 * read.Weight, read.Epoch, halfLife.At(new TimeSpan(tick)));
            Assert.InRange(rate, 0, last);
            last = rate;
        }
        Assert.Equal(0, last);
    }

    [Fact]
    public void What_is_too_short_or_too_long_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new HalfLife(TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => new HalfLife(TimeSpan.FromDays(3651)));
        Assert.Equal(TimeSpan.FromMilliseconds(1), new HalfLife(TimeSpan.FromMilliseconds(1)).Duration);
        Assert.Equal(new HeatMoment(0, 1), new HalfLife(Minute).At(TimeSpan.FromSeconds(-5)));
    }
}
