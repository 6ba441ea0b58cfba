namespace Dataforts.Mesh.Embedded;

public sealed class VirtualTimeTests
{
    private readonly VirtualTime _time = new();

    [Fact]
    public void What_is_due_happens_in_the_order_of_time_then_of_asking()
    {
        var order = new List<string>();
        _time.Schedule(TimeSpan.FromSeconds(2), () => order.Add("c"));
        _time.Schedule(TimeSpan.FromSeconds(1), () => order.Add("a"));
        _time.Schedule(TimeSpan.FromSeconds(1), () =>
        {
            order.Add("b");
            _time.Schedule(TimeSpan.Zero, () => order.Add("b2"));
        });
        _time.Run(TimeSpan.FromSeconds(1));
        Assert.Equal(["a", "b", "b2"], order);
        _time.Run(TimeSpan.FromSeconds(5));
        Assert.Equal(["a", "b", "b2", "c"], order);
        Assert.Equal(TimeSpan.FromSeconds(6), _time.Elapsed);
    }

    [Fact]
    public void Timers_repeat_change_and_stop()
    {
        int fired = 0;
        using ITimer timer = _time.CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        _time.Run(TimeSpan.FromSeconds(3.5));
        Assert.Equal(3, fired);
        timer.Change(TimeSpan.FromSeconds(10), Timeout.InfiniteTimeSpan);
        _time.Run(TimeSpan.FromSeconds(9));
        Assert.Equal(3, fired);
        _time.Run(TimeSpan.FromSeconds(30));
        Assert.Equal(4, fired);
        timer.Change(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        timer.Dispose();
        _time.Run(TimeSpan.FromSeconds(5));
        Assert.Equal(4, fired);
    }

    [Fact]
    public void What_waits_goes_on_on_the_thread_that_runs_the_clock()
    {
        int here = Environment.CurrentManagedThreadId, there = 0;
        _ = Wait();
        _time.Run(TimeSpan.FromHours(1));
        Assert.Equal(here, there);

        async Task Wait()
        {
            for (int i = 0; i < 100; i++) await Task.Delay(TimeSpan.FromSeconds(1), _time).ConfigureAwait(false);
            there = Environment.CurrentManagedThreadId;
        }
    }

    [Fact]
    public void Waiting_longer_than_the_limit_is_an_error()
    {
        Assert.Equal(7, _time.RunUntil(Later(TimeSpan.FromSeconds(3)), TimeSpan.FromSeconds(5)));
        Assert.Throws<TimeoutException>(() => _time.RunUntil(Later(TimeSpan.FromSeconds(6)), TimeSpan.FromSeconds(5)));

        async ValueTask<int> Later(TimeSpan wait)
        {
            await Task.Delay(wait, _time).ConfigureAwait(false);
            return 7;
        }
    }
}
