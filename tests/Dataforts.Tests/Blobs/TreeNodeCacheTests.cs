using Dataforts.Blobs;
using Dataforts.Chunking;
using Dataforts.Content;
using Dataforts.Testing;

namespace Dataforts.Tests.Blobs;

public sealed class TreeNodeCacheTests
{
    [Fact]
    public async Task Repeated_ranges_hit_it()
    {
        var chunks = new MemoryChunks();
        byte[] content = SpecRandom.Bytes(0xC0, 16 << 20);
        PutResult put = await Payload.PutFixedAsync(chunks, content, 8192);
        var cache = new TreeNodeCache();
        var reader = new BlobReader(chunks, cache);
        await PassAsync();
        chunks.ResetCounts();
        await PassAsync();
        // Each read asks for the root and a leaf.
        int nodesFetched = chunks.Fetched.Count(hash => chunks[hash].Length != 8192);
        Assert.True(1 - (nodesFetched / 32.0) > 0.9);
        Assert.Equal(0, nodesFetched);
        Assert.InRange(cache.SizeBytes, 1, content.Length / 100);

        async Task PassAsync()
        {
            for (int i = 0; i < 16; i++)
            {
                byte[] read = await reader.ReadBytesAsync(put.Ref, new BlobRange((ulong)i << 20, 4096));
                Assert.Equal(content[(i << 20)..((i << 20) + 4096)], read);
            }
        }
    }

    [Fact]
    public void The_least_recently_used_goes_first()
    {
        (BlobHash Hash, TreeNode Node)[] nodes = [.. Enumerable.Range(0, 10).Select(Node)];
        long each = Measure(nodes[0]);
        var cache = new TreeNodeCache(each * 4);
        foreach ((BlobHash hash, TreeNode node) in nodes[..4]) cache.Add(hash, node);
        Assert.Equal(each * 4, cache.SizeBytes);
        Assert.True(cache.TryGet(nodes[0].Hash, out TreeNode? found));
        Assert.Same(nodes[0].Node, found);
        cache.Add(nodes[4].Hash, nodes[4].Node);
        Assert.False(cache.TryGet(nodes[1].Hash, out _));
        Assert.True(cache.TryGet(nodes[0].Hash, out _));
        Assert.Equal(each * 4, cache.SizeBytes);
        cache.Add(nodes[4].Hash, nodes[4].Node);
        Assert.Equal(each * 4, cache.SizeBytes);
    }

    [Fact]
    public void What_is_larger_than_the_cache_and_everything_when_it_is_nothing_stays_out()
    {
        (BlobHash hash, TreeNode node) = Node(1);
        foreach (long capacity in new[] { 0, Measure((hash, node)) - 1 })
        {
            var cache = new TreeNodeCache(capacity);
            cache.Add(hash, node);
            Assert.False(cache.TryGet(hash, out _));
            Assert.Equal(0, cache.SizeBytes);
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => new TreeNodeCache(-1));
    }

    [Fact]
    public void Many_threads_never_fill_it_beyond_its_bounds_nor_mix_its_nodes()
    {
        (BlobHash Hash, TreeNode Node)[] nodes = [.. Enumerable.Range(0, 64).Select(Node)];
        var cache = new TreeNodeCache(Measure(nodes[0]) * 16);
        Parallel.For(0, 8, thread =>
        {
            var random = new Random(thread);
            for (int i = 0; i < 20_000; i++)
            {
                (BlobHash hash, TreeNode node) = nodes[random.Next(nodes.Length)];
                if (cache.TryGet(hash, out TreeNode? found)) Assert.Same(node, found);
                else cache.Add(hash, node);
                Assert.InRange(cache.SizeBytes, 0, cache.CapacityBytes);
            }
        });
        Assert.Equal(16, nodes.Count(node => cache.TryGet(node.Hash, out _)));
    }

    [Fact]
    public async Task A_node_that_is_not_genuine_never_enters()
    {
        var chunks = new MemoryChunks();
        byte[] content = Payload.Random(1, 10_000);
        PutResult put = await new BlobWriter(chunks, ChunkingProfile.Fixed(100)).PutAsync(new MemoryStream(content));
        BlobHash root = ((TreeRef)put.Ref).RootHash;
        byte[] sound = chunks.Damage(root, bytes =>
        {
            bytes[^1] ^= 1;
            return bytes;
        });
        var cache = new TreeNodeCache();
        var reader = new BlobReader(chunks, cache);
        await Assert.ThrowsAsync<IntegrityException>(() => reader.ReadBytesAsync(put.Ref));
        Assert.Equal(0, cache.SizeBytes);
        chunks.Repair(root, sound);
        Assert.Equal(content, await reader.ReadBytesAsync(put.Ref));
    }

    private static (BlobHash Hash, TreeNode Node) Node(int seed)
    {
        BlobHash chunk = BlobHash.Compute([(byte)seed]);
        TreeNode node = new LeafNode([.. Enumerable.Repeat(new TreeChunk(chunk, 1000, ChunkRole.Data), 20)]);
        return (BlobHash.Compute(node.Encode()), node);
    }

    private static long Measure((BlobHash Hash, TreeNode Node) entry)
    {
        var cache = new TreeNodeCache();
        cache.Add(entry.Hash, entry.Node);
        return cache.SizeBytes;
    }
}
