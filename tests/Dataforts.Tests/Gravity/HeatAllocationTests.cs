using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Dataforts.Blobs;
using Dataforts.Content;
using Dataforts.Gravity;

namespace Dataforts.Tests.Gravity;

public sealed class HeatAllocationTests
{
    private readonly HeatRegistry<BlobHash> _registry = new(new HeatPolicy(), 2048);

    [Fact]
    public void A_fetch_of_1024_chunks_stages_nothing()
    {
        ImmutableArray<ChunkRef> chunks = [.. Enumerable.Range(0, 1024).Select(i => new ChunkRef(BlobHash.Compute(BitConverter.GetBytes(i)), 1))];
        IReadHeat heat = new BlobReadHeat(_registry, new GravityClock(TimeProvider.System));
        heat.Count(chunks.AsSpan());
        heat.Count(chunks[0].Hash);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            heat.Count(chunks.AsSpan());
            heat.Count(chunks[i].Hash);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(1024, _registry.Count);
        Assert.InRange(_registry.Rate(chunks[0].Hash, TimeSpan.Zero), 101.9, 103);
    }

    [Fact]
    public void A_new_key_at_the_limit_allocates_nothing()
    {
        var registry = new HeatRegistry<ulong>(new HeatPolicy(), 1000);
        for (ulong key = 0; key < 1000; key++) registry.Bump(key, TimeSpan.Zero);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (ulong key = 1000; key < 5000; key++) registry.Bump(key, TimeSpan.Zero);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(4000, registry.Evictions);
    }

    [Fact]
    public void A_key_takes_the_memory_that_the_documentation_says()
    {
        // An entry and its place in the table.
        Assert.Equal(76, Unsafe.SizeOf<HeatEntry<ulong>>() + sizeof(int));
        Assert.Equal(100, Unsafe.SizeOf<HeatEntry<BlobHash>>() + sizeof(int));
    }
}
