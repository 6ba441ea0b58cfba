using CsCheck;
using Dataforts.Content;
using Dataforts.Testing;

namespace Dataforts.Formats.Tests.Content;

public sealed class TreeBuilderTests
{
    private const uint LargestChunk = FormatLimits.LeafChunkMaxBytes;

    [Theory]
    [InlineData(1, 4 << 20, "ee97bfaf833a08118fc92713511015b2dd27db253f53ead74d652ea3208bd7d3", 1)]
    [InlineData(2, 4 << 20, "d6a83471f92798747af3e8e132a6b541c7a678b9493be015aeac118dde9fb771", 1)]
    [InlineData(127, 4 << 20, "97ec756cdf39350e92bd42f7de5865a56e9d4ed631cd26bbee2dd9a226ded95f", 1)]
    [InlineData(128, 4 << 20, "77f2ec9d8a3e62796ab69e5a54e09d21ca090626cb7a110229680c3544ddf172", 1)]
    [InlineData(129, 4 << 20, "3319abc10c7f5a2a70feb7a6f3f13fc4dffd707136930ad6b472788051d0f0e5", 2)]
    [InlineData(256, 4 << 20, "78da0e025be4aaf82afdaab71c1a3ff324f050029161b41861f6dc3b15db39a1", 2)]
    [InlineData(257, 4 << 20, "6078a3a7a80f93df15daa5b87c9adfad8ccaffc092a8fb68ff31622c6262c603", 2)]
    [InlineData(401, 4 << 20, "9550240fd750169bb64951111ce5670a8e5b41bd2bf5b4f2f6082aa3015b52d4", 2)]
    [InlineData(545, 4 << 20, "5c53080296cb361fc25b8c6c9fae642e0941dec8b471c4bd58ebee5890dcc1ae", 2)]
    [InlineData(12_800, 1024, "91f19e2b5e81955a3a8e1ddd0055285d10655eb210bfb33214191c654a4d1a12", 2)]
    [InlineData(16_384, 1024, "f8e513726083d4d73448db76a8d703d913468e016c3c1ed80e323411a17d038e", 2)]
    [InlineData(16_385, 1024, "bb172fb61b8d710ffd504289328b8b3ff8c28f19941f09d861ec85bca68ab4f2", 3)]
    public void The_published_roots(int count, uint size, string root, int depth)
    {
        TreeRoot built = Build(new TreeBuilder(), count, size, out List<EncodedNode> nodes);
        Assert.Equal((root, depth, (ulong)count * size), (built.RootHash.ToHex(), built.Depth, built.SizeBytes));
        Assert.Equal(root, nodes[^1].Address.ToHex());
        Assert.Equal(built.NodesPerLevel.Sum(), nodes.Count);
        TreeRef made = built.ToRef(BlobEncoding.Replicated);
        Assert.Equal(made, BlobRef.Decode(made.Encode()));
        Assert.Equal("mesh://" + root, made.Uri);
        Assert.Equal("x:y", built.ToRef("x:y", default).Uri);
    }

    [Fact]
    public void A_hundred_gibibytes_in_four_mebibyte_chunks_are_three_levels()
    {
        TreeRoot built = Build(new TreeBuilder(), 25_600, 4 << 20, out _);
        Assert.Equal([200L, 2, 1], built.NodesPerLevel);
        Assert.Equal(3, built.Depth);
    }

    [Theory]
    [InlineData(16 << 20, 8 << 10, "aeea0ea9a9afef50584638d1558e106cb6dde9558a67c577848a314361941b40", 2, 562)]
    [InlineData(4096, 1 << 10, "8c6b6671805fb2616eeec32c01577bf12c6a29220ef17def0ed875b3a7ca462d", 1, 142)]
    public void The_published_trees_of_real_payloads(int length, int chunk, string root, int depth, int rootBytes)
    {
        byte[] payload = SpecRandom.Bytes(0xC0, length);
        var builder = new TreeBuilder();
        for (int at = 0; at < length; at += chunk)
            builder.Add(BlobHash.Compute(payload.AsSpan(at, chunk)), (uint)chunk);
        TreeRoot built = builder.Finish();
        Assert.Equal((root, depth), (built.RootHash.ToHex(), built.Depth));
        Assert.Equal(rootBytes, Drain(builder)[^1].Bytes.Length);
    }

    [Fact]
    public void The_shape_is_that_of_grouping_all_chunks_at_once() =>
        Gen.Select(Gen.OneOf(Gen.Int[1, 1000], Gen.Int[16_000, 17_000]), Gen.UInt[1, LargestChunk])
            .Sample((count, size) => SameAsGrouping(FormatLimits.TreeFanout, count, size), iter: 200);

    [Fact]
    public void The_shape_is_that_of_grouping_at_every_count_of_small_fanouts()
    {
        for (int fanout = 2; fanout <= 5; fanout++)
        {
            for (int count = 1; count <= Capacity(fanout); count++)
                SameAsGrouping(fanout, count, LargestChunk);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void The_first_chunk_that_cannot_fit_is_refused(int fanout)
    {
        var builder = new TreeBuilder(fanout, FormatLimits.TreeMaxDepth);
        for (int i = 0; i < Capacity(fanout); i++)
            builder.Add(Vectors.Numbered(i), LargestChunk);
        Assert.Equal(DecodeError.TreeTooDeep, Vectors.Reason(() => builder.Add(default, 1)));
        Assert.Equal(4, builder.Finish().Depth);
        Assert.Equal(Capacity(fanout) / fanout, Drain(builder).Count(node => TreeNode.Decode(node.Bytes.Span) is LeafNode));
    }

    [Fact]
    public void The_first_leaf_that_cannot_fit_is_refused()
    {
        var builder = new TreeBuilder(3, FormatLimits.TreeMaxDepth);
        for (int i = 0; i < 27; i++)
            builder.AddLeaf(Leaf(i));
        Assert.Equal(DecodeError.TreeTooDeep, Vectors.Reason(() => builder.AddLeaf(Leaf(27))));
        TreeRoot root = builder.Finish();
        Assert.Equal([27L, 9, 3, 1], root.NodesPerLevel);
        Assert.Equal(27UL * 2 * LargestChunk, root.SizeBytes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(9)]
    [InlineData(10)]
    public void Leaves_ready_made_get_the_same_shape(int count)
    {
        var builder = new TreeBuilder(3, FormatLimits.TreeMaxDepth);
        List<EncodedNode> nodes = [];
        for (int i = 0; i < count; i++)
        {
            builder.AddLeaf(Leaf(i));
            nodes.AddRange(Drain(builder));
        }
        int before = nodes.Count;
        TreeRoot root = builder.Finish();
        nodes.AddRange(Drain(builder));
        List<EncodedNode> leaves = [.. Enumerable.Range(0, count).Select(i => EncodedNode.Of(Leaf(i)))];
        Assert.Equal(Group(leaves, 3, []).Address, root.RootHash);
        Assert.True(before < nodes.Count);
        Assert.Equal(root.RootHash, nodes[^1].Address);
        Assert.Equal(root.NodesPerLevel.Sum(), nodes.Count);
    }

    [Fact]
    public void Leaves_too_small_for_their_depth_are_refused_at_the_end()
    {
        // 129 leaves of one byte each need three levels, and a Tree of depth 3 has at least 16,384 bytes.
        var builder = new TreeBuilder();
        for (int i = 0; i < 129; i++)
            builder.AddLeaf(new ErasureLeafNode([new Stripe(default, [new TreeChunk(Vectors.Numbered(i), 1, default)])]));
        Assert.Equal(DecodeError.SizeImpossibleAtDepth, Vectors.Reason(() => builder.Finish()));
    }

    [Fact]
    public void Nodes_come_out_at_once_and_the_root_only_at_the_end()
    {
        var builder = new TreeBuilder();
        int taken = 0;
        for (int i = 0; i < 128 * 128; i++)
        {
            builder.Add(Vectors.Numbered(i), 1024);
            List<EncodedNode> nodes = Drain(builder);
            Assert.InRange(nodes.Count, 0, 4);
            taken += nodes.Count;
        }
        Assert.Equal(127, taken);
        TreeRoot root = builder.Finish();
        Assert.Equal([128L, 1], root.NodesPerLevel);
        Assert.Equal(2, Drain(builder).Count);
        Assert.Empty(Drain(builder));
    }

    [Fact]
    public void What_is_refused_leaves_the_builder_as_it_was()
    {
        var builder = new TreeBuilder();
        Assert.Equal(DecodeError.NoChunks, Vectors.Reason(() => builder.Finish()));
        Assert.Equal(DecodeError.ChunkSize, Vectors.Reason(() => builder.Add(default, 0)));
        Assert.Equal(DecodeError.ChunkSize, Vectors.Reason(() => builder.Add(default, LargestChunk + 1)));
        builder.Add(Vectors.Numbered(0), 4 << 20);
        Assert.Throws<InvalidOperationException>(() => builder.AddLeaf(Leaf(0)));
        Assert.Equal("ee97bfaf833a08118fc92713511015b2dd27db253f53ead74d652ea3208bd7d3", builder.Finish().RootHash.ToHex());
        Assert.Throws<InvalidOperationException>(() => builder.Finish());
        Assert.Throws<InvalidOperationException>(() => builder.Add(default, 1));
        var ofLeaves = new TreeBuilder();
        ofLeaves.AddLeaf(Leaf(0));
        Assert.Throws<InvalidOperationException>(() => ofLeaves.Add(default, 1));
    }

    [Theory]
    [InlineData(1UL << 50, 4L << 20, 128, true)]
    [InlineData((1UL << 50) + 1, 4L << 20, 128, false)]
    [InlineData(1UL << 52, 16L << 20, 128, true)]
    [InlineData((1UL << 52) + 1, 16L << 20, 128, false)]
    [InlineData(80UL << 40, 4L << 20, 10, true)]
    [InlineData((80UL << 40) + 1, 4L << 20, 10, false)]
    [InlineData(0UL, 1L, 1, true)]
    [InlineData(1UL << 57, long.MaxValue, 1, true)]
    public void A_length_known_before_is_refused_before_the_first_write(ulong length, long chunk, int perLeaf, bool fits)
    {
        if (fits)
            TreeBuilder.EnsureFits(length, chunk, perLeaf);
        else
            Assert.Equal(DecodeError.TreeTooDeep, Vectors.Reason(() => TreeBuilder.EnsureFits(length, chunk, perLeaf)));
    }

    [Fact]
    public void A_length_above_every_tree_is_refused()
    {
        Assert.Equal(DecodeError.SizeOutOfRange, Vectors.Reason(() => TreeBuilder.EnsureFits((1UL << 57) + 1, long.MaxValue)));
        Assert.Equal(DecodeError.SizeOutOfRange, Vectors.Reason(() => TreeBuilder.EnsureFits(ulong.MaxValue, 1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => TreeBuilder.EnsureFits(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => TreeBuilder.EnsureFits(1, 1, 129));
        Assert.Throws<ArgumentOutOfRangeException>(() => TreeBuilder.EnsureFits(1, 1, 0));
    }

    private static int Capacity(int fanout) => fanout * fanout * fanout * fanout;

    private static ErasureLeafNode Leaf(int number)
    {
        TreeChunk data = new(Vectors.Numbered(number), LargestChunk, ChunkRole.Data);
        return new ErasureLeafNode([new Stripe(BlobEncoding.ReedSolomon(2, 1), [data, data, data with { Role = ChunkRole.Parity(0) }])]);
    }

    private static TreeRoot Build(TreeBuilder builder, int count, uint size, out List<EncodedNode> nodes)
    {
        nodes = [];
        for (int i = 0; i < count; i++)
        {
            builder.Add(Vectors.Numbered(i), size);
            nodes.AddRange(Drain(builder));
        }
        TreeRoot root = builder.Finish();
        nodes.AddRange(Drain(builder));
        return root;
    }

    private static List<EncodedNode> Drain(TreeBuilder builder)
    {
        List<EncodedNode> nodes = [];
        while (builder.TryTakeNode(out EncodedNode node))
            nodes.Add(node);
        return nodes;
    }

    private static void SameAsGrouping(int fanout, int count, uint size)
    {
        TreeRoot root = Build(new TreeBuilder(fanout, FormatLimits.TreeMaxDepth), count, size, out List<EncodedNode> nodes);
        List<EncodedNode> leaves =
        [
            .. Enumerable.Range(0, count)
                .Select(i => new TreeChunk(Vectors.Numbered(i), size, ChunkRole.Data))
                .Chunk(fanout)
                .Select(group => EncodedNode.Of(new LeafNode([.. group]))),
        ];
        List<long> perLevel = [];
        EncodedNode expected = Group(leaves, fanout, perLevel);
        Assert.Equal(expected.Address, root.RootHash);
        Assert.Equal((ulong)count * size, root.SizeBytes);
        Assert.Equal(perLevel, root.NodesPerLevel);
        Assert.Equal(perLevel.Count, root.Depth);
        Assert.Equal(perLevel.Sum(), nodes.Count);
        ChildrenComeFirst(nodes);
    }

    private static EncodedNode Group(List<EncodedNode> level, int fanout, List<long> perLevel)
    {
        perLevel.Add(level.Count);
        if (level.Count == 1)
            return level[0];
        List<EncodedNode> parents =
        [
            .. level.Select(node => new TreeChild(node.Address, node.CoveredBytes))
                .Chunk(fanout)
                .Select(group => EncodedNode.Of(new InternalNode([.. group]))),
        ];
        return Group(parents, fanout, perLevel);
    }

    private static void ChildrenComeFirst(List<EncodedNode> nodes)
    {
        HashSet<BlobHash> persisted = [];
        foreach (EncodedNode node in nodes)
        {
            Assert.Equal(BlobHash.Compute(node.Bytes.Span), node.Address);
            if (TreeNode.Decode(node.Bytes.Span) is InternalNode parent)
                Assert.All(parent.Children, child => Assert.Contains(child.Hash, persisted));
            persisted.Add(node.Address);
        }
    }
}
