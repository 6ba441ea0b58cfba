using Dataforts.Content;

namespace Dataforts.Formats.Tests.Content;

/// <summary>Hot paths allocate nothing, and nothing a stranger wrote sizes an allocation.</summary>
public sealed class AllocationTests
{
    private const int Rounds = 1000;

    [Fact]
    public void Hex_both_ways_allocates_nothing()
    {
        BlobHash hash = BlobHash.Compute("x"u8);
        var chars = new char[64];
        var ascii = new byte[64];
        Assert.Equal(0, PerRound(() =>
        {
            hash.WriteHex(chars);
            hash.WriteHex(ascii);
            return BlobHash.TryParse(chars, out BlobHash one) && BlobHash.TryParse(ascii, out BlobHash two) && one == two;
        }));
    }

    [Fact]
    public void A_prefixed_name_is_one_string()
    {
        BlobHash hash = BlobHash.Compute("x"u8);
        long string79 = PerRound(() => new string('x', "dataforts/blob/".Length + 64).Length > 0);
        Assert.Equal(string79, PerRound(() => hash.ToHex("dataforts/blob/").Length > 0));
        long string71 = PerRound(() => new string('x', "mesh://".Length + 64).Length > 0);
        Assert.Equal(string71, PerRound(() => hash.ToHex("mesh://").Length > 0));
    }

    [Fact]
    public void Asking_whether_a_payload_is_a_ref_allocates_nothing()
    {
        byte[] bytes = Vectors.Bytes(Vectors.ManifestTwoChunks);
        Assert.Equal(0, PerRound(() => BlobRef.IsRef(bytes) && !BlobRef.IsRef(bytes.AsSpan(1)) && !BlobRef.IsRef([])));
    }

    [Fact]
    public void The_encoded_length_is_known_without_encoding()
    {
        List<BlobRef> refs =
        [
            SmallRef.Create(Vectors.Hash(1), 5), new SmallRef("s3://ü", Vectors.Hash(1), 5),
            TreeRef.Create(default, Vectors.Hash(1), 1 << 30, 1), TreeRef.Create(BlobEncoding.ReedSolomon(10, 4), Vectors.Hash(1), 1UL << 57, 4),
            new ManifestRef("mesh://rs", BlobEncoding.ReedSolomon(4, 2), Vectors.Chunks(8, 1)),
        ];
        foreach (int count in (int[])[1, 8, 128, 1000])
        {
            refs.Add(new ManifestRef("mesh://x", default, Vectors.Chunks(count)));
            refs.Add(BlobRef.Decode(new ManifestRef("mesh://x", default, Vectors.Chunks(count, 1)).Encode()));
        }
        foreach (BlobRef one in refs)
        {
            Assert.Equal(one.Encode().Length, one.EncodedLength);
            Assert.Equal(0, PerRound(() => one.EncodedLength > 0));
        }
    }

    [Fact]
    public void Encoding_into_a_span_allocates_nothing_and_into_an_array_just_that()
    {
        var buffer = new byte[64_000];
        TreeNode leaf = new LeafNode([new TreeChunk(Vectors.Hash(1), 5, default)]);
        BlobRef[] refs = [SmallRef.Create(default, 1), TreeRef.Create(default, default, 9, 1), new ManifestRef("", default, Vectors.Chunks(1000))];
        foreach (BlobRef one in refs)
        {
            Assert.Equal(0, PerRound(() => one.Encode(buffer) == one.EncodedLength));
            int length = one.EncodedLength;
            long array = PerRound(() => GC.AllocateUninitializedArray<byte>(length).Length > 0);
            Assert.Equal(array, PerRound(() => one.Encode().Length > 0));
        }
        Assert.Equal(0, PerRound(() => leaf.Encode(buffer) == leaf.EncodedLength));
    }

    [Fact]
    public void A_small_decodes_into_one_object_and_its_uri_waits_until_asked_for()
    {
        byte[] usual = SmallRef.Create(Vectors.Hash(7), 1).Encode();
        Assert.InRange(PerRound(() => BlobRef.Decode(usual).SizeBytes == 1), 1, 120);
        const int UriBytes = 1 << 16;
        byte[] large = new SmallRef(new string('u', UriBytes), Vectors.Hash(7), 1).Encode();
        Assert.InRange(PerRound(() => BlobRef.Decode(large).SizeBytes == 1), UriBytes, UriBytes + 256);
        BlobRef one = BlobRef.Decode(usual);
        Assert.Same(one.Uri, one.Uri);
    }

    [Fact]
    public void The_text_of_a_ref_is_one_string()
    {
        SmallRef small = SmallRef.Create(Vectors.Hash(7), 1);
        int length = small.ToText().Length;
        Assert.Equal(PerRound(() => new string('x', length).Length > 0), PerRound(() => small.ToText().Length > 0));
    }

    [Theory]
    [InlineData("b0b1b2b30201 0000 8040")]
    [InlineData("b0b1b2b30201 0000 ff3f")]
    [InlineData("b0b1b2b30201 0000 ffffffffffffffffff01")]
    [InlineData("b0b1b2b30201 ffffffffffffffffff01")]
    [InlineData("b0b1b2b30201 ffffffff07")]
    [InlineData("b0b1b2b30301 ffffffff07")]
    public void A_ref_s_announcement_sizes_no_allocation(string hex) => RefusedCheaply(Vectors.Bytes(hex), bytes => BlobRef.Decode(bytes));

    [Theory]
    [InlineData("00 8001")]
    [InlineData("01 8001")]
    [InlineData("02 8001")]
    [InlineData("00 ffffffffffffffffff01")]
    [InlineData("01 ffffffffffffffffff01")]
    [InlineData("02 ffffffffffffffffff01")]
    [InlineData("02 01 00 8001")]
    [InlineData("02 01 01 7f01 ffffffff07")]
    public void A_node_s_announcement_sizes_no_allocation(string hex) =>
        RefusedCheaply(Vectors.Bytes(hex + new string('0', 80)), bytes => TreeNode.Decode(bytes));

    [Fact]
    public void The_longest_bodies_of_junk_cost_no_more_than_themselves()
    {
        byte[] manifest = new byte[5 + FormatLimits.ManifestBodyMaxBytes];
        Vectors.Bytes("b0b1b2b302010000ff3f").CopyTo(manifest, 0);
        RefusedCheaply(manifest, bytes => BlobRef.Decode(bytes));
        byte[] node = new byte[FormatLimits.NodeMaxBytes];
        Vectors.Bytes("0180").CopyTo(node, 0);
        node[2] = 1;
        RefusedCheaply(node, bytes => TreeNode.Decode(bytes));
    }

    private static void RefusedCheaply(byte[] bytes, Action<byte[]> decode)
    {
        Assert.ThrowsAny<BlobFormatException>(() => decode(bytes));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.ThrowsAny<BlobFormatException>(() => decode(bytes));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16_384 + (2 * bytes.Length));
    }

    /// <summary>What one round allocates, to the byte: the rest of the division is what the measuring itself took.</summary>
    private static long PerRound(Func<bool> round)
    {
        for (int i = 0; i < Rounds; i++)
            Assert.True(round());
        long before = GC.GetAllocatedBytesForCurrentThread();
        bool all = true;
        for (int i = 0; i < Rounds; i++)
            all &= round();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(all);
        return allocated / Rounds;
    }
}
