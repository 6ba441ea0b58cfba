using Dataforts.Mesh.Embedded;

namespace Dataforts.Tests.Mesh.Embedded;

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
    public void Less_than_a_millisecond_is_waited_for_to_the_tick()
    {
        TimeSpan wait = TimeSpan.FromMicroseconds(50), woken = default;
        _ = Wait();
        _time.Run(TimeSpan.FromSeconds(1));
        Assert.Equal(wait, woken);
        Assert.Equal(TimeSpan.FromSeconds(1), _time.Elapsed);

        async Task Wait()
        {
            await _time.DelayAsync(wait).ConfigureAwait(false);
            woken = _time.Elapsed;
        }
    }

    [Fact]
    public void A_wait_can_be_given_up_and_one_without_end_does_not_come_at_once()
    {
        using var stop = new CancellationTokenSource();
        Task given = _time.DelayAsync(TimeSpan.FromHours(1), stop.Token), endless = _time.DelayAsync(TimeSpan.MaxValue, CancellationToken.None);
        stop.Cancel();
        Assert.True(given.IsCanceled);
        Assert.True(_time.DelayAsync(TimeSpan.Zero, stop.Token).IsCanceled);
        _time.Run(TimeSpan.FromDays(1000));
        Assert.False(endless.IsCompleted);
    }

    [Fact]
    public void What_is_waited_for_goes_on_here_when_it_is_done_late_and_given_up()
    {
        int here = Environment.CurrentManagedThreadId;
        var seen = new List<(string, int)>();
        var done = new TaskCompletionSource<int>();
        using var stop = new CancellationTokenSource();
        _ = Wait(done.Task, TimeSpan.FromSeconds(5), default);
        _ = Wait(new TaskCompletionSource<int>().Task, TimeSpan.FromSeconds(2), default);
        _ = Wait(new TaskCompletionSource<int>().Task, Timeout.InfiniteTimeSpan, stop.Token);
        _time.Schedule(TimeSpan.FromSeconds(1), () => done.SetResult(7));
        _time.Schedule(TimeSpan.FromSeconds(3), stop.Cancel);
        _time.Run(TimeSpan.FromSeconds(10));
        Assert.Equal([("7", here), (nameof(TimeoutException), here), (nameof(TaskCanceledException), here)], seen);

        async Task Wait(Task<int> work, TimeSpan limit, CancellationToken token)
        {
            string outcome;
            try
            {
                outcome = $"{await _time.WaitAsync(work, limit, token).ConfigureAwait(false)}";
            }
            catch (Exception error) when (error is TimeoutException or OperationCanceledException)
            {
                outcome = error.GetType().Name;
            }
            seen.Add((outcome, Environment.CurrentManagedThreadId));
        }
    }

    [Fact]
    public void A_thread_that_does_not_run_the_clock_is_found()
    {
        Exception? found = null;
        _time.Schedule(TimeSpan.Zero, () =>
        {
            var other = new Thread(() => found = Record.Exception(() => _time.Schedule(TimeSpan.Zero, static () => { })));
            other.Start();
            other.Join();
        });
        _time.Run(TimeSpan.FromSeconds(1));
        Assert.IsType<InvalidOperationException>(found);
        _time.Schedule(TimeSpan.Zero, static () => { });
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
