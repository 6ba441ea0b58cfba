using Dataforts.Blobs;

namespace Dataforts.Cli.Commands.Demo;

/// <summary>What one pass over the files came to.</summary>
internal sealed class DemoTotals(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();

    public long Bytes { get; private set; }

    public long StoredBytes { get; private set; }

    public long DedupedBytes { get; private set; }

    public long Chunks { get; private set; }

    public TimeSpan Elapsed { get; private set; }

    public void Add(PutResult result)
    {
        Bytes += (long)result.Ref.SizeBytes;
        StoredBytes += result.StoredBytes;
        DedupedBytes += result.DedupedBytes;
        Chunks += result.Chunks;
    }

    public void Stop() => Elapsed = time.GetElapsedTime(_start);
}
