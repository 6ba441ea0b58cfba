using Dataforts.Blobs;
using Dataforts.Content;

namespace Dataforts.Tests.Gravity;

/// <summary>Counts what counting allocates.</summary>
internal sealed class MeteredHeat(IReadHeat inner) : IReadHeat
{
    private long _allocated;

    public long Allocated
    {
        get => Volatile.Read(ref _allocated);
        set => Volatile.Write(ref _allocated, value);
    }

    public void Count(BlobHash chunk)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        inner.Count(chunk);
        Interlocked.Add(ref _allocated, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    public void Count(ReadOnlySpan<ChunkRef> chunks)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        inner.Count(chunks);
        Interlocked.Add(ref _allocated, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
