using Dataforts.Lifecycle;

namespace Dataforts.Cli.Commands.Blobs;

/// <summary>Hands a collection's progress on to the bar, in bytes removed.</summary>
internal sealed class CollectionProgressBar(IProgress<long> bar) : IProgress<CollectionProgress>
{
    public void Report(CollectionProgress value) => bar.Report(value.CollectedBytes);
}
