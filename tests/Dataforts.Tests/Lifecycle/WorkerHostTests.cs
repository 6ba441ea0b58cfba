using Dataforts.Lifecycle;
using Dataforts.Store;
using Dataforts.Tests.Store;
using Microsoft.Extensions.Time.Testing;

namespace Dataforts.Tests.Lifecycle;

/// <summary>Workers run when they are due, one at a time, at their pace; they can be seen, paused and run on demand, and survive errors and restarts.</summary>
public sealed class WorkerHostTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(60));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_worker_runs_when_it_is_due_and_not_before()
    {
        await using ChunkStore store = await OpenAsync();
        var work = new StepWork("steps", 2);
        await using var host = new WorkerHost(store, [work]);
        host.Start();
        await PassAsync(TimeSpan.FromMinutes(59));
        Assert.Equal(0, work.Begun);
        work.Allow(2);
        await UntilAsync(() => host.List()[0].Runs == 1);
        WorkerStatus status = Assert.Single(host.List());
        Assert.Equal((WorkerState.Idle, new WorkProgress(2, 2), null, 0), (status.State, status.Progress, status.LastError, status.Failures));
        Assert.Equal(status.LastRunAt + TimeSpan.FromHours(1), status.NextRunAt);
        work.Allow(2);
        await UntilAsync(() => host.List()[0].Runs == 2);
        Assert.Equal([0, 0], work.Starts);
    }

    [Fact]
    public async Task Urgent_work_comes_before_its_time_and_not_without_a_pause()
    {
        await using ChunkStore store = await OpenAsync();
        var work = new StepWork("steps", 1) { IsUrgent = true };
        work.Allow(100);
        await using var host = new WorkerHost(store, [work]);
        host.Start();
        await UntilAsync(() => host.List()[0].Runs == 1);
        DateTimeOffset first = host.List()[0].LastRunAt!.Value;
        await UntilAsync(() => host.List()[0].Runs == 2);
        Assert.InRange(host.List()[0].LastRunAt!.Value - first, work.Schedule.LeastInterval, TimeSpan.FromMinutes(30));
    }

    [Fact]
    public async Task An_error_is_kept_and_the_work_is_tried_again_later_and_later()
    {
        await using ChunkStore store = await OpenAsync();
        var work = new StepWork("steps", 1) { Error = new DatafortsException(ErrorKind.Io, "the disk is gone"), IsUrgent = true };
        work.Allow(1000);
        await using var host = new WorkerHost(store, [work]);
        host.Start();
        await UntilAsync(() => host.List()[0].Failures == 3);
        WorkerStatus status = host.List()[0];
        Assert.Equal((WorkerState.Failed, "Io: the disk is gone"), (status.State, status.LastError));
        Assert.Equal(status.LastRunAt + TimeSpan.FromMinutes(4), status.NextRunAt);
        Assert.Equal(status with { NextRunAt = null }, new WorkerDesk(store, [work]).Find("steps") with { NextRunAt = null });
        work.Error = new InvalidOperationException("a mistake");
        await UntilAsync(() => host.List()[0].Failures == 4);
        Assert.Equal("InvalidOperationException: a mistake", host.List()[0].LastError);
        work.Error = null;
        work.Trouble = "two chunks are wrong";
        await UntilAsync(() => host.List()[0].Runs == 1);
        Assert.Equal((WorkerState.Idle, "two chunks are wrong", 0), (host.List()[0].State, host.List()[0].LastError, host.List()[0].Failures));
    }

    [Fact]
    public async Task A_pause_made_elsewhere_ends_a_run_which_goes_on_where_it_was()
    {
        await using ChunkStore store = await OpenAsync();
        var work = new StepWork("steps", 5);
        await using (var host = new WorkerHost(store, [work]))
        {
            host.Start();
            await UntilAsync(() => work.Begun == 1);
            Assert.Equal(WorkerState.Running, host.List()[0].State);
            work.Allow(3);
            await UntilAsync(() => work.Done == 3);
            await using (ChunkStore reader = await SampleStore.OpenAsync(store.Path, writable: false)) new WorkerDesk(reader, [work]).Pause("steps");
            await UntilAsync(() => host.List()[0].State == WorkerState.Paused);
            Assert.Null(host.List()[0].NextRunAt);
            Assert.Equal(new WorkProgress(3, 5), host.List()[0].Progress);
            work.Allow(10);
            await PassAsync(TimeSpan.FromDays(2));
            Assert.Equal((1, 3), (work.Begun, work.Done));
            Assert.Equal(ErrorKind.WorkerPaused, (await Assert.ThrowsAsync<DatafortsException>(() => host.RunAsync("steps", null, Cancel))).Kind);
        }
        // The pause holds for the next host as well, and so does where it was.
        await using (var host = new WorkerHost(store, [work]))
        {
            host.Start();
            await PassAsync(TimeSpan.FromDays(2));
            Assert.Equal(1, work.Begun);
            host.Desk.Resume("steps");
            await UntilAsync(() => host.List()[0].Runs == 1);
            Assert.Equal([0, 3], work.Starts);
            Assert.Equal(5, work.Done);
        }
    }

    [Fact]
    public async Task A_process_that_dies_goes_back_no_further_than_what_it_kept()
    {
        await using ChunkStore store = await OpenAsync();
        var work = new StepWork("steps", 5);
        await using var host = new WorkerHost(store, [work]);
        Task run = host.RunAsync("steps", null, Cancel);
        await UntilAsync(() => work.Begun == 1);
        work.Allow(4);
        await UntilAsync(() => work.Done == 4);
        await PassAsync(TimeSpan.FromSeconds(30));
        // What another process finds when this one is killed now.
        string copy = _folder["copy"];
        ScratchFolder.Copy(store.Path, copy);
        await using (ChunkStore next = await SampleStore.OpenAsync(SampleStore.OptionsOf(copy) with { Time = _time }))
        {
            var again = new StepWork("steps", 5);
            again.Allow(5);
            await using var other = new WorkerHost(next, [again]);
            other.Start();
            await UntilAsync(() => other.List()[0].Runs == 1);
            Assert.Equal([4], again.Starts);
        }
        work.Allow(1);
        await run;
    }

    [Fact]
    public async Task On_demand_a_worker_runs_at_once_tells_its_progress_and_throws_its_error()
    {
        await using ChunkStore store = await OpenAsync();
        var work = new StepWork("steps", 3);
        await using var host = new WorkerHost(store, [work]);
        var told = new List<WorkerStatus>();
        work.Allow(3);
        WorkerStatus status = await host.RunAsync("steps", new Told(told), Cancel);
        Assert.Equal((1L, WorkerState.Idle), (status.Runs, status.State));
        Assert.Equal(new WorkProgress(3, 3), told[^1].Progress);
        work.Error = new DatafortsException(ErrorKind.NoSpace, "full");
        work.Allow(1);
        Assert.Equal(ErrorKind.NoSpace, (await Assert.ThrowsAsync<DatafortsException>(() => host.RunAsync("steps", null, Cancel))).Kind);
        Assert.Equal((WorkerState.Failed, "NoSpace: full"), (host.List()[0].State, host.List()[0].LastError));
        Assert.Equal(ErrorKind.WorkerNotFound, (await Assert.ThrowsAsync<DatafortsException>(() => host.RunAsync("no", null, Cancel))).Kind);
        using var end = new CancellationTokenSource();
        work.Error = null;
        Task cancelled = host.RunAsync("steps", null, end.Token);
        await UntilAsync(() => work.Begun == 3);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.Equal((2L, 1), (1 + host.List()[0].Runs, host.List()[0].Failures));
    }

    [Fact]
    public async Task Workers_take_turns()
    {
        await using ChunkStore store = await OpenAsync();
        StepWork[] works = [new("one", 1), new("two", 1), new("three", 1)];
        await using var host = new WorkerHost(store, works);
        host.Start();
        await UntilAsync(() => host.List().Count(worker => worker.State == WorkerState.Waiting) == 2);
        for (int i = 0; i < 3; i++)
        {
            await UntilAsync(() => host.List().Any(worker => worker.State == WorkerState.Running));
            Assert.Single(host.List(), worker => worker.State == WorkerState.Running);
            int running = host.List().ToList().FindIndex(worker => worker.State == WorkerState.Running);
            works[running].Allow(1);
            await UntilAsync(() => host.List()[running].Runs == 1);
        }
    }

    [Fact]
    public async Task The_pace_of_a_run_can_be_changed_while_it_waits()
    {
        await using ChunkStore store = await OpenAsync();
        var work = new StepWork("steps", 3);
        work.Allow(3);
        await using var host = new WorkerHost(store, [work]);
        host.Desk.SetPace("steps", 1);
        Task run = host.RunAsync("steps", null, Cancel);
        await PassAsync(TimeSpan.FromSeconds(40));
        Assert.Equal(0, work.Done);
        host.Desk.SetPace("steps", null);
        await UntilAsync(() => run.IsCompleted);
        Assert.Equal(3, work.Done);
        Assert.Throws<ArgumentOutOfRangeException>(() => host.Desk.SetPace("steps", 0));
    }

    [Fact]
    public async Task Closing_a_host_ends_what_runs_and_waits_for_it()
    {
        await using ChunkStore store = await OpenAsync();
        var work = new StepWork("steps", 3);
        var host = new WorkerHost(store, [work]);
        host.Start();
        await UntilAsync(() => work.Begun == 1);
        await host.DisposeAsync();
        await host.DisposeAsync();
        Assert.Equal((WorkerState.Idle, 0L), (new WorkerDesk(store, [work]).Find("steps").State, new WorkerDesk(store, [work]).Find("steps").Runs));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => host.RunAsync("steps", null, Cancel));
    }

    [Fact]
    public async Task A_disk_that_takes_no_records_does_not_keep_a_worker_from_its_work()
    {
        await using ChunkStore store = await OpenAsync();
        // Where the folder should be there is a file.
        File.WriteAllText(Path.Combine(store.Path, WorkerFiles.FolderName), "");
        var work = new StepWork("steps", 1);
        work.Allow(1);
        await using var host = new WorkerHost(store, [work]);
        Assert.Equal(1, (await host.RunAsync("steps", null, Cancel)).Runs);
        Assert.IsType<DatafortsException>(Record.Exception(() => host.Desk.Pause("steps")));
    }

    [Fact]
    public async Task Names_are_checked_and_a_reader_hosts_nothing()
    {
        await using ChunkStore store = await OpenAsync();
        foreach (string name in (string[])["", "Upper", "-", "a b", "../x", "ä", new string('a', 33)])
            Assert.Throws<ArgumentException>(() => new WorkerDesk(store, [new StepWork(name, 1)]));
        Assert.Throws<ArgumentException>(() => new WorkerDesk(store, [new StepWork("a", 1), new StepWork("a", 1)]));
        Assert.Equal(ErrorKind.WorkerNotFound, Assert.Throws<DatafortsException>(() => new WorkerDesk(store, []).Pause("scrub")).Kind);
        await using ChunkStore reader = await SampleStore.OpenAsync(store.Path, writable: false);
        Assert.Equal(ErrorKind.ReadOnly, Assert.Throws<DatafortsException>(() => new WorkerHost(reader, [])).Kind);
    }

    private Task<ChunkStore> OpenAsync() => SampleStore.OpenAsync(SampleStore.OptionsOf(_folder["store"]) with { Time = _time });

    // The clock goes, and whoever it wakes gets to do something.
    private async Task PassAsync(TimeSpan span)
    {
        TimeSpan step = TimeSpan.FromTicks(span.Ticks / 60);
        for (int i = 0; i < 60; i++)
        {
            _time.Advance(step);
            await Task.Delay(1, Cancel);
        }
    }

    private async Task UntilAsync(Func<bool> isSo)
    {
        for (int i = 0; i < 10_000; i++)
        {
            if (isSo()) return;
            _time.Advance(TimeSpan.FromSeconds(30));
            await Task.Delay(1, Cancel);
        }
        Assert.Fail("it never came to that");
    }

    private sealed class Told(List<WorkerStatus> told) : IProgress<WorkerStatus>
    {
        public void Report(WorkerStatus value)
        {
            lock (told) told.Add(value);
        }
    }
}
