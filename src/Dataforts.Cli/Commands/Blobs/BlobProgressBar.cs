using Dataforts.Blobs;

namespace Dataforts.Cli.Commands.Blobs;

/// <summary>Hands the library's progress on to the bar.</summary>
internal sealed class BlobProgressBar(IProgress<long> bar) : IProgress<BlobProgress>
{
    public void Report(BlobProgress value) => bar.Report(value.BytesDone);
}
