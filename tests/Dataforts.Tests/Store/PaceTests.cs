using Dataforts.Store;
using Microsoft.Extensions.Time.Testing;

namespace Dataforts.Tests.Store;

public sealed class PaceTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Work_goes_at_its_rate_and_idle_time_is_not_made_up_for()
    {
        var time = new FakeTimeProvider();
        var pace = new Pace(1000, time);
        await TakesAsync(pace, 2000, TimeSpan.FromSeconds(2), time);
        time.Advance(TimeSpan.FromHours(1));
        await TakesAsync(pace, 3000, TimeSpan.FromSeconds(3), time);
    }

    [Fact]
    public async Task Without_a_rate_nobody_waits()
    {
        var pace = new Pace(null, new FakeTimeProvider());
        for (int i = 0; i < 1000; i++) await pace.TakeAsync(long.MaxValue / 2, Cancel);
    }

    [Fact]
    public async Task A_new_rate_holds_for_what_waits_already()
    {
        var time = new FakeTimeProvider();
        var pace = new Pace(1, time);
        Task waiting = pace.TakeAsync(1_000_000, Cancel).AsTask();
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.False(waiting.IsCompleted);
        pace.BytesPerSecond = null;
        time.Advance(TimeSpan.FromSeconds(1));
        await waiting.WaitAsync(TimeSpan.FromSeconds(20), Cancel);
    }

    [Fact]
    public async Task A_wait_can_be_called_off()
    {
        var pace = new Pace(1, new FakeTimeProvider());
        using var end = new CancellationTokenSource();
        Task waiting = pace.TakeAsync(1_000_000, end.Token).AsTask();
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pace.TakeAsync(1, end.Token).AsTask());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_rate_is_at_least_one_byte(long rate) => Assert.Throws<ArgumentOutOfRangeException>(() => new Pace(rate, TimeProvider.System));

    [Fact]
    public async Task Who_shares_a_pace_shares_its_rate()
    {
        var time = new FakeTimeProvider();
        var pace = new Pace(1000, time);
        Task[] all = [.. Enumerable.Range(0, 5).Select(_ => pace.TakeAsync(1000, Cancel).AsTask())];
        for (int half = 0; half < 8; half++) time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Contains(all, task => !task.IsCompleted);
        for (int half = 0; half < 4; half++) time.Advance(TimeSpan.FromMilliseconds(500));
        await Task.WhenAll(all).WaitAsync(TimeSpan.FromSeconds(20), Cancel);
    }

    // Not before its time, however the clock gets there; and soon after it.
    private static async Task TakesAsync(Pace pace, long bytes, TimeSpan atLeast, FakeTimeProvider time)
    {
        TimeSpan step = TimeSpan.FromMilliseconds(50);
        Task waiting = pace.TakeAsync(bytes, Cancel).AsTask();
        for (TimeSpan passed = step; passed < atLeast; passed += step)
        {
            time.Advance(step);
            Assert.False(waiting.IsCompleted, $"done after {passed}");
        }
        for (int i = 0; i < 10_000 && !waiting.IsCompleted; i++)
        {
            time.Advance(step);
            await Task.Delay(1, Cancel);
        }
        Assert.True(waiting.IsCompleted);
    }
}
