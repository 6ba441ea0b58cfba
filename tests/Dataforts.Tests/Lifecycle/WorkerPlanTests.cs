using Dataforts.Lifecycle;

namespace Dataforts.Tests.Lifecycle;

public sealed class WorkerPlanTests
{
    private static readonly DateTimeOffset Made = DateTimeOffset.UnixEpoch.AddYears(60);
    private static readonly DateTimeOffset Ended = Made.AddDays(3);
    private static readonly WorkSchedule Schedule = new(TimeSpan.FromHours(6));
    private static readonly WorkerRecord Once = new() { BeganAt = Ended.AddMinutes(-5), EndedAt = Ended, Runs = 1 };

    [Fact]
    public void A_first_run_is_due_an_interval_after_the_store_was_made()
    {
        Assert.Equal(Made + Schedule.Interval, Next(WorkerRecord.Default));
        Assert.Equal(Made, Next(WorkerRecord.Default, isUrgent: true));
    }

    [Fact]
    public void The_next_run_is_due_an_interval_after_the_last_one_ended_or_sooner_when_it_is_urgent()
    {
        Assert.Equal(Ended + Schedule.Interval, Next(Once));
        Assert.Equal(Ended + Schedule.LeastInterval, Next(Once, isUrgent: true));
    }

    [Fact]
    public void A_run_that_was_cut_short_or_whose_process_died_is_due_at_once()
    {
        Assert.Equal(Ended, Next(Once with { IsInterrupted = true }));
        Assert.Equal(Ended, Next(Once with { IsRunning = true }));
        Assert.Equal(Made, Next(new WorkerRecord { IsRunning = true, BeganAt = Made }));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    [InlineData(6, 32)]
    [InlineData(7, 60)]
    [InlineData(1_000_000, 60)]
    [InlineData(int.MaxValue, 60)]
    public void Failures_are_tried_again_ever_later_up_to_a_limit(int failures, int minutes)
    {
        Assert.Equal(Ended.AddMinutes(minutes), Next(Once with { Failures = failures }));
        Assert.Equal(Ended.AddMinutes(minutes), Next(Once with { Failures = failures, IsInterrupted = true }, isUrgent: true));
    }

    [Fact]
    public void What_is_paused_is_not_due()
    {
        var paused = new WorkerControl(true, null);
        foreach (WorkerRecord record in (WorkerRecord[])[WorkerRecord.Default, Once, Once with { Failures = 3 }, Once with { IsInterrupted = true }])
            Assert.Null(WorkerPlan.NextRun(Schedule, record, paused, true, Made));
    }

    [Fact]
    public void A_state_is_what_matters_most()
    {
        WorkerRecord failed = Once with { Failures = 1 };
        var paused = new WorkerControl(true, null);
        Assert.Equal(WorkerState.Idle, WorkerPlan.StateOf(Once, WorkerControl.Default, false, false));
        Assert.Equal(WorkerState.Failed, WorkerPlan.StateOf(failed, WorkerControl.Default, false, false));
        Assert.Equal(WorkerState.Waiting, WorkerPlan.StateOf(failed, WorkerControl.Default, false, true));
        Assert.Equal(WorkerState.Paused, WorkerPlan.StateOf(failed, paused, false, true));
        Assert.Equal(WorkerState.Running, WorkerPlan.StateOf(failed, paused, true, false));
    }

    private static DateTimeOffset? Next(WorkerRecord record, bool isUrgent = false) =>
        WorkerPlan.NextRun(Schedule, record, WorkerControl.Default, isUrgent, Made);
}
