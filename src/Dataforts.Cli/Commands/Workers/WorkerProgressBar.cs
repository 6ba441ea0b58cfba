using Dataforts.Lifecycle;

namespace Dataforts.Cli.Commands.Workers;

/// <summary>Hands a worker's progress on to the bar.</summary>
internal sealed class WorkerProgressBar(IProgress<long> bar) : IProgress<WorkerStatus>
{
    public void Report(WorkerStatus value) => bar.Report(value.Progress?.Done ?? 0);
}
