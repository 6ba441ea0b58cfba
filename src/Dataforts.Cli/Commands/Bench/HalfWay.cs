using Dataforts.Blobs;

namespace Dataforts.Cli.Commands.Bench;

/// <summary>Notes what had been allocated when half of a blob had come through.</summary>
internal sealed class HalfWay(long totalBytes) : IProgress<BlobProgress>
{
    private long _allocated = -1;

    /// <summary>Bytes allocated in the process since then.</summary>
    public long AllocatedSince => GC.GetTotalAllocatedBytes(precise: true) - Math.Max(0, _allocated);

    public void Report(BlobProgress value)
    {
        if (value.BytesDone >= totalBytes / 2 && Volatile.Read(ref _allocated) < 0)
            Interlocked.CompareExchange(ref _allocated, GC.GetTotalAllocatedBytes(precise: true), -1);
    }
}
