using System.Collections.Immutable;
using Dataforts.Content;

namespace Dataforts.Formats.Tests.Content;

public sealed class TreeNodeTests
{
    [Fact]
    public void Vector_a_the_leaf_of_the_nine_mebibyte_tree()
    {
        const string Hex = "01030b24acc7e42d5345fbb78bdbf8047d90d154172fa8bf84eb2479de1dfeb79cbd808080020086aa4b2a90bc9df4e622411c5c88723a802e2548"
            + "a023f90d7691dd5ee9d2ce568080800200cff001c707e7b290a1b92e617c917d278df623a85048180cb98aba2ebbb2eeeb80804000";
        var leaf = Assert.IsType<LeafNode>(TreeNode.Decode(Vectors.Bytes(Hex)));
        Assert.Equal([4_194_304u, 4_194_304u, 1_048_576u], leaf.Chunks.Select(chunk => chunk.SizeBytes));
        BothWays(leaf, Hex, 112, "693890d8737a071a67b382d153385002c7c77c4fe1993201382291e4b5cf26cc", 9 << 20);
    }

    [Fact]
    public void Vector_b_an_internal_node() =>
        BothWays(
            new InternalNode([new(Vectors.Hash(1), 100), new(Vectors.Hash(2), 200), new(Vectors.Hash(3), 50)]),
            "0003" + H(0x01) + "64" + H(0x02) + "c801" + H(0x03) + "32",
            102,
            "18d1452185d282d7dc1394e6f62c1b68d7d84020ed632ab58a5dba7baabdbd9a",
            350);

    [Fact]
    public void Vector_c_an_internal_node_of_mebibytes() =>
        BothWays(
            new InternalNode([new(Vectors.Hash(1), 4 << 20), new(Vectors.Hash(2), 4 << 20), new(Vectors.Hash(3), 1 << 20)]),
            "0003" + H(0x01) + "80808002" + H(0x02) + "80808002" + H(0x03) + "808040",
            109,
            "ee5f5f3af2960430d0636bb689f0be819578e59780c169492bdbc3fc9e9aa1fb",
            9 << 20);

    [Fact]
    public void Vector_d_a_leaf() =>
        BothWays(
            new LeafNode([Data(0x10, 1000), Data(0x11, 2000)]),
            "0102" + H(0x10) + "e80700" + H(0x11) + "d00f00",
            72,
            "db62132e42a31731782d32fd2b3266c2753e5460ebde0e45c815f74a2cc0a211",
            3000);

    [Fact]
    public void Vector_e_a_leaf_that_holds_parity() =>
        BothWays(
            new LeafNode([Data(0x20, 4 << 20), Data(0x21, 4 << 20), Parity(0x22, 4 << 20), Parity(0x23, 4 << 20)]),
            "0104" + H(0x20) + "8080800200" + H(0x21) + "8080800200" + H(0x22) + "808080020100" + H(0x23) + "808080020100",
            152,
            "65ec546c8a8de84b6b6708495fcf1aba56a6f7fe48e737df15cb78e08164c510",
            16 << 20);

    [Fact]
    public void Vector_f_an_erasure_leaf() =>
        BothWays(
            new ErasureLeafNode([new Stripe(BlobEncoding.ReedSolomon(2, 1), [Data(0x30, 1024), Data(0x31, 1000), Parity(0x32, 1024)])]),
            "0201" + "010201" + "03" + H(0x30) + "800800" + H(0x31) + "e80700" + H(0x32) + "80080100",
            112,
            "02a260819ce21898941b45b8164dad22e3a571b71383c513fb8bdc0ac5c380ab",
            2024);

    [Fact]
    public void Vector_g_an_erasure_leaf_without_parity() =>
        BothWays(
            new ErasureLeafNode([new Stripe(BlobEncoding.Replicated, [Data(0x40, 7)])]),
            "0201" + "00" + "01" + H(0x40) + "0700",
            38,
            "a9e6a371630b46bee0031dd83d2cd7939c9492ae721753894683f62570df67a1",
            7);

    [Theory]
    [InlineData("", DecodeError.Truncated)]
    [InlineData("0301", DecodeError.UnknownNodeKind)]
    [InlineData("8000", DecodeError.BadVarint)]
    [InlineData("0000", DecodeError.NoChunks)]
    [InlineData("0100", DecodeError.NoChunks)]
    [InlineData("0200", DecodeError.NoChunks)]
    [InlineData("02010000", DecodeError.Truncated)]
    [InlineData("020101000000", DecodeError.Truncated)]
    [InlineData("008101", DecodeError.TooManyEntries)]
    [InlineData("01ffffffffffffffffff01", DecodeError.TooManyEntries)]
    [InlineData("018001", DecodeError.Truncated)]
    [InlineData("0201010000 0000000000000000000000000000000000000000000000000000000000000000000000000000", DecodeError.ErasureParameters)]
    public void Broken_bytes_are_refused(string hex, DecodeError reason) =>
        Assert.Equal(reason, Vectors.Reason(() => TreeNode.Decode(Vectors.Bytes(hex))));

    [Theory]
    [InlineData("00", "00", DecodeError.ChunkSize)]
    [InlineData("81808008", "00", DecodeError.ChunkSize)]
    [InlineData("ffffffff0f", "00", DecodeError.ChunkSize)]
    [InlineData("ffffffff1f", "00", DecodeError.BadVarint)]
    [InlineData("8100", "00", DecodeError.BadVarint)]
    [InlineData("64", "02", DecodeError.UnknownRole)]
    [InlineData("64", "8100", DecodeError.BadVarint)]
    [InlineData("64", "01", DecodeError.Truncated)]
    [InlineData("64", "0000", DecodeError.TrailingBytes)]
    public void A_leaf_with_a_broken_chunk_is_refused(string size, string role, DecodeError reason) =>
        Assert.Equal(reason, Vectors.Reason(() => TreeNode.Decode(Vectors.Bytes("0101" + H(0x10) + size + role))));

    [Theory]
    [InlineData(0xFF, 32)]
    [InlineData(0x00, 65_536)]
    [InlineData(0x01, 65_537)]
    [InlineData(0xFF, 65_537)]
    public void Junk_is_refused(byte value, int length)
    {
        var junk = new byte[length];
        junk.AsSpan().Fill(value);
        DecodeError reason = Vectors.Reason(() => TreeNode.Decode(junk));
        Assert.Equal(length > FormatLimits.NodeMaxBytes, reason == DecodeError.NodeTooLong);
    }

    [Fact]
    public void An_internal_node_s_sizes_are_above_zero_and_within_64_bits()
    {
        Assert.Equal(DecodeError.ChunkSize, Vectors.Reason(() => new InternalNode([new(default, 1), new(default, 0)])));
        Assert.Equal(DecodeError.TotalMismatch, Vectors.Reason(() => new InternalNode([new(default, ulong.MaxValue), new(default, 1)])));
        Assert.Equal(ulong.MaxValue, new InternalNode([new(default, ulong.MaxValue - 1), new(default, 1)]).CoveredBytes);
    }

    [Fact]
    public void A_node_has_one_to_128_entries()
    {
        Assert.Equal(DecodeError.NoChunks, Vectors.Reason(() => new InternalNode([])));
        Assert.Equal(DecodeError.NoChunks, Vectors.Reason(() => new InternalNode(default)));
        Assert.Equal(DecodeError.NoChunks, Vectors.Reason(() => new LeafNode([])));
        Assert.Equal(DecodeError.NoChunks, Vectors.Reason(() => new LeafNode(default)));
        Assert.Equal(DecodeError.NoChunks, Vectors.Reason(() => new ErasureLeafNode([])));
        Assert.Equal(DecodeError.NoChunks, Vectors.Reason(() => new ErasureLeafNode(default)));
        ImmutableArray<TreeChunk> full = [.. Enumerable.Repeat(Data(1, 1 << 20), 128)];
        Assert.Equal(4739, new LeafNode([.. Enumerable.Repeat(Data(1, 4 << 20), 128)]).EncodedLength);
        Assert.Equal(128, Assert.IsType<LeafNode>(TreeNode.Decode(new LeafNode(full).Encode())).Chunks.Length);
        Assert.Equal(DecodeError.TooManyEntries, Vectors.Reason(() => new LeafNode(full.Add(Data(1, 1)))));
        Assert.Equal(DecodeError.TooManyEntries, Vectors.Reason(() => new InternalNode([.. Enumerable.Repeat(new TreeChild(default, 1), 129)])));
    }

    [Fact]
    public void The_stripes_of_a_leaf_share_128_chunks()
    {
        Stripe fourteen = new(BlobEncoding.ReedSolomon(10, 4), Shards(10, 4));
        Assert.Equal(9, Assert.IsType<ErasureLeafNode>(TreeNode.Decode(new ErasureLeafNode([.. Enumerable.Repeat(fourteen, 9)]).Encode())).Stripes.Length);
        Assert.Equal(DecodeError.TooManyEntries, Vectors.Reason(() => new ErasureLeafNode([.. Enumerable.Repeat(fourteen, 10)])));
        Stripe full = new(BlobEncoding.ReedSolomon(100, 28), Shards(100, 28));
        Assert.Equal(100UL, new ErasureLeafNode([full]).CoveredBytes);
        Stripe single = new(default, [Data(1, 1)]);
        Assert.Equal(128UL, new ErasureLeafNode([.. Enumerable.Repeat(single, 128)]).CoveredBytes);
        Assert.Equal(DecodeError.TooManyEntries, Vectors.Reason(() => new ErasureLeafNode([.. Enumerable.Repeat(single, 129)])));
    }

    [Fact]
    public void A_stripe_holds_what_its_encoding_asks_for()
    {
        BlobEncoding code = BlobEncoding.ReedSolomon(2, 1);
        Refused(new Stripe(code, [Data(1, 1), Data(2, 1)]));
        Refused(new Stripe(code, [Data(1, 1), Parity(2, 1), Data(3, 1)]));
        Refused(new Stripe(code, [Data(1, 1), Data(2, 1), Data(3, 1)]));
        Refused(new Stripe(code, [Data(1, 1), Parity(2, 1), Parity(3, 1)]));
        Refused(new Stripe(code, [Data(1, 1), Data(2, 1), Parity(3, 1), Parity(4, 1)]));
        Refused(new Stripe(code, []));
        Refused(new Stripe(code, default));
        Refused(new Stripe(default, []));
        Refused(new Stripe(default, default));
        Refused(new Stripe(default, [Data(1, 1), Parity(2, 1)]));
        Assert.Equal(DecodeError.ChunkSize, Vectors.Reason(() => new ErasureLeafNode([new Stripe(default, [Data(1, 0)])])));
        Assert.Equal(
            DecodeError.ChunkSize,
            Vectors.Reason(() => new ErasureLeafNode([new Stripe(code, [Data(1, 1), Data(2, 1), Parity(3, (16 << 20) + 1)])])));

        static void Refused(Stripe stripe) => Assert.Equal(DecodeError.StripeShape, Vectors.Reason(() => new ErasureLeafNode([stripe])));
    }

    [Fact]
    public void Stripes_are_equal_by_content()
    {
        Assert.Equal(new Stripe(default, [Data(1, 1)]), new Stripe(default, [Data(1, 1)]));
        Assert.Equal(new Stripe(default, [Data(1, 1)]).GetHashCode(), new Stripe(default, [Data(1, 1)]).GetHashCode());
        Assert.NotEqual(new Stripe(default, [Data(1, 1)]), new Stripe(default, [Data(1, 2)]));
        Assert.Equal(default(Stripe), new Stripe(default, []));
    }

    private static ImmutableArray<TreeChunk> Shards(int k, int m) =>
        [.. Enumerable.Range(0, k + m).Select(i => i < k ? Data(1, 1) : Parity(2, 1, (byte)(i - k)))];

    private static TreeChunk Data(byte hash, uint size) => new(Vectors.Hash(hash), size, ChunkRole.Data);

    private static TreeChunk Parity(byte hash, uint size, byte index = 0) => new(Vectors.Hash(hash), size, ChunkRole.Parity(index));

    private static string H(byte value) => Vectors.Hash(value).ToHex();

    private static void BothWays(TreeNode node, string hex, int length, string address, ulong covered)
    {
        Assert.Equal(hex, Vectors.Hex(node.Encode()));
        EncodedNode encoded = EncodedNode.Of(node);
        Assert.Equal((address, covered), (encoded.Address.ToHex(), encoded.CoveredBytes));
        TreeNode decoded = TreeNode.Decode(Vectors.Bytes(hex));
        Assert.Equal(node.GetType(), decoded.GetType());
        Assert.Equal((length, covered), (decoded.EncodedLength, decoded.CoveredBytes));
        Assert.Equal(hex, Vectors.Hex(decoded.Encode()));
        Assert.Throws<ArgumentException>(() => node.Encode(new byte[length - 1]));
        for (int cut = 0; cut < length; cut++)
            Assert.Throws<DecodeException>(() => TreeNode.Decode(Vectors.Bytes(hex).AsSpan(0, cut)));
        Assert.Equal(DecodeError.TrailingBytes, Vectors.Reason(() => TreeNode.Decode(Vectors.Bytes(hex + "00"))));
    }
}
