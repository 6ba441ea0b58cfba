using System.Collections.Immutable;
using Dataforts.Blobs;
using Dataforts.Content;
using Dataforts.Lifecycle;
using Dataforts.Store;
using Dataforts.Tests.Blobs;

namespace Dataforts.Tests.Lifecycle;

/// <summary>The same bytes may be data for one parent and a node for another, and count for each.</summary>
public sealed class TypedLivenessTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_tree_whose_nodes_were_Smalls_before_outlives_the_Smalls(bool collectsFirst)
    {
        byte[] content = Payload.Random(1, 300_000);
        List<byte[]> nodes = [];
        BlobRef tree;
        await using (KeptStore other = await KeptStore.MakeAsync())
        {
            tree = await other.PutAsync(content, KeptStore.AsTree);
            foreach ((BlobHash hash, _) in other.Chunks.Enumerate())
            {
                using ChunkBuffer chunk = other.Chunks.Read(hash)!;
                if (chunk.Length != 1000) nodes.Add(chunk.Memory.ToArray());
            }
        }
        Assert.True(nodes.Count > 2);
        await using KeptStore store = await KeptStore.MakeAsync();
        if (collectsFirst) await store.CollectAsync();
        for (int i = 0; i < nodes.Count; i++) await store.PutAsync(nodes[i], new PutOptions { Shape = BlobShape.Small, Name = $"node-{i}" });
        if (collectsFirst) await store.CollectAsync(now: true);
        Assert.Equal(tree, await store.PutAsync(content, KeptStore.AsTree with { Name = "tree" }));
        for (int i = 0; i < nodes.Count; i++) Assert.True(store.Chunks.RemoveName($"node-{i}"));
        Assert.Equal(0, (await store.CollectAsync(now: true)).CollectedChunks);
        await store.AssertHoldsAsync(tree, content);

        // And the other way round: the Smalls outlive the tree, and do not keep what it kept.
        for (int i = 0; i < nodes.Count; i++) await store.PutAsync(nodes[i], new PutOptions { Shape = BlobShape.Small, Name = $"node-{i}" });
        store.Chunks.RemoveName("tree");
        Assert.Equal(nodes.Count, (await store.CollectAsync(now: true)).LiveChunks);
        for (int i = 0; i < nodes.Count; i++) await store.AssertHoldsAsync(store.Chunks.FindName($"node-{i}")!.Ref, nodes[i]);
    }

    [Fact]
    public async Task A_directory_whose_manifest_is_also_a_plain_file_outlives_the_file()
    {
        await using KeptStore store = await KeptStore.MakeAsync(new LineLinks());
        byte[] content = Payload.Random(1, 20_000);
        BlobRef file = await store.PutAsync(content, KeptStore.AsTree);
        BlobRef manifest = await store.PutAsync(LineLinks.ManifestOf(file), new PutOptions { Name = "plain" });
        store.Chunks.SetName("directory", manifest, reach: RootReach.Directory);
        store.Chunks.RemoveName("plain");
        Assert.Equal(0, (await store.CollectAsync(now: true)).CollectedChunks);
        await store.AssertHoldsAsync(file, content);
        await store.AssertHoldsAsync(manifest, LineLinks.ManifestOf(file));
    }

    [Fact]
    public async Task A_manifest_whose_encoding_is_also_a_blob_outlives_the_blob()
    {
        await using KeptStore store = await KeptStore.MakeAsync();
        byte[] content = Payload.Random(1, 20_000);
        var manifest = (ManifestRef)await store.PutAsync(content, new PutOptions { Shape = BlobShape.Manifest, Name = "manifest" });
        BlobRef encoding = await store.PutAsync(manifest.Encode(), new PutOptions { Name = "encoding" });
        store.Chunks.RemoveName("encoding");
        Assert.Equal(0, (await store.CollectAsync(now: true)).CollectedChunks);
        Assert.Equal(manifest, store.Blobs.ResolveManifest(ManifestAddress.Of(manifest)));
        await store.AssertHoldsAsync(manifest, content);
        store.Chunks.SetName("encoding", encoding);
        store.Chunks.RemoveName("manifest");
        AssertReport(1, 1, await store.CollectAsync(now: true));
        await store.AssertHoldsAsync(encoding, manifest.Encode());
    }

    [Fact]
    public async Task A_stripe_lives_and_goes_as_one()
    {
        await using KeptStore store = await KeptStore.MakeAsync();
        VerifiedChunk[] shards = [.. Enumerable.Range(1, 3).Select(seed => ChunkVerifier.Hash(Payload.Random(seed, 1000)))];
        ImmutableArray<TreeChunk> chunks =
        [
            new(shards[0].Hash, 1000, ChunkRole.Data), new(shards[1].Hash, 1000, ChunkRole.Data), new(shards[2].Hash, 1000, ChunkRole.Parity(0)),
        ];
        var leaf = new ErasureLeafNode([new Stripe(BlobEncoding.ReedSolomon(2, 1), chunks)]);
        VerifiedChunk node = ChunkVerifier.Hash(leaf.Encode());
        store.Chunks.Put([.. shards, node], new bool[4]);
        var tree = new TreeRef($"mesh://{node.Hash}", BlobEncoding.ReedSolomon(2, 1), node.Hash, 2000, 1);
        store.Chunks.SetName("striped", tree);
        Assert.Equal(4, (await store.CollectAsync(now: true)).LiveChunks);
        store.Chunks.RemoveName("striped");
        AssertReport(4, 0, await store.CollectAsync(now: true));
    }

    [Fact]
    public async Task A_hostile_tree_that_repeats_one_node_costs_what_it_is()
    {
        await using KeptStore store = await KeptStore.MakeAsync();
        VerifiedChunk data = ChunkVerifier.Hash(new byte[] { 7 });
        store.Chunks.Put(data);
        ulong covered = 128;
        VerifiedChunk node = ChunkVerifier.Hash(new LeafNode([.. Enumerable.Repeat(new TreeChunk(data.Hash, 1, ChunkRole.Data), 128)]).Encode());
        store.Chunks.Put(node);
        int depth = 1;
        for (; depth < 4; depth++, covered *= 128)
        {
            node = ChunkVerifier.Hash(new InternalNode([.. Enumerable.Repeat(new TreeChild(node.Hash, covered), 128)]).Encode());
            store.Chunks.Put(node);
        }
        store.Chunks.SetName("bomb", new TreeRef("mesh://bomb", BlobEncoding.Replicated, node.Hash, covered, (byte)depth));
        Assert.Equal(5, (await store.CollectAsync(now: true)).LiveChunks);
        store.Chunks.RemoveName("bomb");
        Assert.Equal(5, (await store.CollectAsync(now: true)).CollectedChunks);
    }

    [Fact]
    public async Task What_is_called_a_tree_and_is_none_keeps_its_bytes_and_stops_nothing()
    {
        await using KeptStore store = await KeptStore.MakeAsync();
        var small = (SmallRef)await store.PutAsync([1, 2, 3, 4]);
        await store.PutAsync([9], null);
        store.Chunks.SetName("no tree", new TreeRef("mesh://x", BlobEncoding.Replicated, small.Hash, 4, 1));
        AssertReport(1, 1, await store.CollectAsync(now: true));
        await store.AssertHoldsAsync(small, [1, 2, 3, 4]);
    }

    private static void AssertReport(long collected, long live, CollectionReport report) =>
        Assert.Equal((collected, live), (report.CollectedChunks, report.LiveChunks));
}
