using Dataforts.Store;

namespace Dataforts.Cli.Commands.Blobs;

/// <summary>Hands a compaction's progress on to the bar, in bytes gone through.</summary>
internal sealed class CompactionProgressBar(IProgress<long> bar) : IProgress<CompactionProgress>
{
    public void Report(CompactionProgress value) => bar.Report(value.CopiedBytes + value.RegainedBytes);
}
