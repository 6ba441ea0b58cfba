using System.Collections.Concurrent;

namespace Dataforts.Tests.Greedy.Running;

/// <summary>Runs tasks when it is told to, on the thread that tells it.</summary>
internal sealed class ManualScheduler : TaskScheduler
{
    private readonly ConcurrentQueue<Task> _tasks = new();

    public void Run()
    {
        while (_tasks.TryDequeue(out Task? task)) TryExecuteTask(task);
    }

    protected override void QueueTask(Task task) => _tasks.Enqueue(task);

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => _tasks;
}
