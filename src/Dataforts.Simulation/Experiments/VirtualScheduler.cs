using Dataforts.Mesh.Embedded;

namespace Dataforts.Simulation.Experiments;

/// <summary>Begins tasks on the thread that runs virtual time, each at its moment: at once, or a pace after the one before, so that what happens
/// within a pace goes together.</summary>
internal sealed class VirtualScheduler(VirtualTime time, TimeSpan pace) : TaskScheduler
{
    private TimeSpan _last = TimeSpan.MinValue;

    protected override void QueueTask(Task task)
    {
        TimeSpan next = _last == TimeSpan.MinValue ? time.Elapsed : _last + pace;
        _last = next > time.Elapsed ? next : time.Elapsed;
        time.Schedule(_last - time.Elapsed, () => TryExecuteTask(task));
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => [];
}
