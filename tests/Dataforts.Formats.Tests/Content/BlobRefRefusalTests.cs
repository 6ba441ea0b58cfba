using Dataforts.Content;

namespace Dataforts.Formats.Tests.Content;

public sealed class BlobRefRefusalTests
{
    private const string ManifestHeader = "b0b1b2b30201 00 00";

    [Theory]
    [InlineData("")]
    [InlineData("b0b1b2")]
    [InlineData("b0b1b20001")]
    [InlineData("0001020304")]
    public void Inline_data_is_not_a_ref(string hex)
    {
        byte[] bytes = Vectors.Bytes(hex);
        Assert.False(BlobRef.IsRef(bytes));
        Assert.Throws<NotARefException>(() => BlobRef.Decode(bytes));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(254)]
    public void An_unknown_version_is_named(byte version)
    {
        byte[] bytes = Vectors.Bytes(Vectors.SmallS3);
        bytes[4] = version;
        Assert.Equal(version, Assert.Throws<UnsupportedVersionException>(() => BlobRef.Decode(bytes)).Version);
    }

    [Theory]
    [InlineData(Vectors.ManifestTwoChunks, 0xFE)]
    [InlineData(Vectors.TreeCafe, 0xEF)]
    [InlineData(Vectors.TreeCafe, 0)]
    public void An_unknown_body_version_is_named(string hex, byte version)
    {
        byte[] bytes = Vectors.Bytes(hex);
        bytes[5] = version;
        Assert.Equal(version, Assert.Throws<UnsupportedVersionException>(() => BlobRef.Decode(bytes)).Version);
    }

    [Theory]
    [InlineData("b0b1b2b302 02 ffffffffff")]
    [InlineData("b0b1b2b303 02")]
    public void A_later_body_is_recognised_whatever_its_layout(string hex) =>
        Assert.Equal(2, Assert.Throws<UnsupportedVersionException>(() => BlobRef.Decode(Vectors.Bytes(hex))).Version);

    [Theory]
    [InlineData("b0b1b2b3", DecodeError.Truncated)]
    [InlineData("b0b1b2b301", DecodeError.Truncated)]
    [InlineData("b0b1b2b302", DecodeError.Truncated)]
    [InlineData("b0b1b2b303", DecodeError.Truncated)]
    [InlineData("b0b1b2b30201000201", DecodeError.UnknownEncoding)]
    [InlineData("b0b1b2b3020100000000", DecodeError.NoChunks)]
    [InlineData("b0b1b2b30201 8000 00 01 0707070707070707070707070707070707070707070707070707070707070707 01 01", DecodeError.BadVarint)]
    [InlineData("b0b1b2b30201 ffffffffffffffffff02 00", DecodeError.BadVarint)]
    [InlineData("b0b1b2b30201 ffffffffffffffffff01 00", DecodeError.Truncated)]
    [InlineData("b0b1b2b30201 01 ff 00", DecodeError.UriNotUtf8)]
    [InlineData("b0b1b2b30201 03 eda080 00", DecodeError.UriNotUtf8)]
    [InlineData(ManifestHeader + "8140", DecodeError.TooManyEntries)]
    [InlineData(ManifestHeader + "8040", DecodeError.Truncated)]
    [InlineData(ManifestHeader + "ffffffffffffffffff01", DecodeError.TooManyEntries)]
    [InlineData("b0b1b2b30201 00 01 c8c8 01", DecodeError.ErasureParameters)]
    [InlineData("b0b1b2b30201 00 01 0001 01", DecodeError.ErasureParameters)]
    [InlineData("b0b1b2b30201 00 01 0100 01", DecodeError.ErasureParameters)]
    [InlineData("b0b1b2b30201 00 8000 01", DecodeError.BadVarint)]
    public void Broken_bytes_are_refused(string hex, DecodeError reason) =>
        Assert.Equal(reason, Vectors.Reason(() => BlobRef.Decode(Vectors.Bytes(hex))));

    [Fact]
    public void A_small_is_cut_no_shorter_than_its_header()
    {
        byte[] bytes = Vectors.Bytes(Vectors.SmallS3);
        Assert.Equal(DecodeError.Truncated, Vectors.Reason(() => BlobRef.Decode(bytes.AsSpan(0, 44))));
        Assert.Equal("", BlobRef.Decode(bytes.AsSpan(0, 45)).Uri);
        Assert.Equal(DecodeError.UriNotUtf8, Vectors.Reason(() => BlobRef.Decode([.. bytes, 0xFF])));
    }

    [Theory]
    [InlineData("0000000004000000", true)]
    [InlineData("0100000004000000", false)]
    [InlineData("ffffffffffffffff", false)]
    public void A_small_ends_at_sixteen_gibibytes(string size, bool valid)
    {
        byte[] bytes = Vectors.Bytes(Vectors.SmallS3);
        Vectors.Bytes(size).CopyTo(bytes, 37);
        if (valid)
            Assert.Equal(16UL << 30, BlobRef.Decode(bytes).SizeBytes);
        else
            Assert.Equal(DecodeError.SizeOutOfRange, Vectors.Reason(() => BlobRef.Decode(bytes)));
    }

    [Theory]
    [InlineData(Vectors.ManifestTwoChunks)]
    [InlineData(Vectors.ManifestReedSolomon)]
    [InlineData(Vectors.TreeCafe)]
    [InlineData(Vectors.TreeReedSolomon)]
    public void A_body_ends_where_its_value_does(string hex)
    {
        byte[] bytes = Vectors.Bytes(hex);
        Assert.Equal(DecodeError.TrailingBytes, Vectors.Reason(() => BlobRef.Decode([.. bytes, 0xEE])));
        for (int length = 4; length < bytes.Length; length++)
            Assert.Equal(DecodeError.Truncated, Vectors.Reason(() => BlobRef.Decode(bytes.AsSpan(0, length))));
    }

    [Fact]
    public void A_manifest_s_total_is_the_sum_of_its_chunks()
    {
        byte[] bytes = Vectors.Bytes(Vectors.ManifestTwoChunks);
        bytes[^1] = 3;
        DecodeException refused = Assert.Throws<DecodeException>(() => BlobRef.Decode(bytes));
        Assert.Equal(DecodeError.TotalMismatch, refused.Reason);
        Assert.Contains("6292480", refused.Message, StringComparison.Ordinal);
        Assert.Contains("4195328", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, 417_824, true)]
    [InlineData(2, 417_825, false)]
    [InlineData(3, 1024, true)]
    [InlineData(3, 1025, false)]
    public void A_body_s_length_is_looked_at_before_its_version(byte version, int length, bool looksInside)
    {
        byte[] bytes = [0xB0, 0xB1, 0xB2, 0xB3, version, .. new byte[length]];
        if (looksInside)
            Assert.Equal(0, Assert.Throws<UnsupportedVersionException>(() => BlobRef.Decode(bytes)).Version);
        else
            Assert.Equal(DecodeError.BodyTooLong, Vectors.Reason(() => BlobRef.Decode(bytes)));
    }

    [Theory]
    [InlineData("808080800400", DecodeError.DepthOutOfRange)]
    [InlineData("808080800405", DecodeError.DepthOutOfRange)]
    [InlineData("0001", DecodeError.SizeOutOfRange)]
    [InlineData("81808080808080800204", DecodeError.SizeOutOfRange)]
    [InlineData("7f02", DecodeError.SizeImpossibleAtDepth)]
    [InlineData("ff7f03", DecodeError.SizeImpossibleAtDepth)]
    [InlineData("ffff7f04", DecodeError.SizeImpossibleAtDepth)]
    [InlineData("800803", DecodeError.SizeImpossibleAtDepth)]
    [InlineData("818080800801", DecodeError.SizeImpossibleAtDepth)]
    [InlineData("81808080800802", DecodeError.SizeImpossibleAtDepth)]
    [InlineData("8180808080800803", DecodeError.SizeImpossibleAtDepth)]
    [InlineData("808080808080808080808001", DecodeError.BadVarint)]
    public void A_tree_s_size_and_depth_belong_together(string sizeAndDepth, DecodeError reason)
    {
        string bytes = "b0b1b2b30301 02 6d3a 00" + string.Concat(Enumerable.Repeat("01", 32)) + sizeAndDepth;
        Assert.Equal(reason, Vectors.Reason(() => BlobRef.Decode(Vectors.Bytes(bytes))));
    }

    [Fact]
    public void A_chunk_s_size_is_a_32_bit_number()
    {
        string chunk = string.Concat(Enumerable.Repeat("07", 32));
        byte[] bytes = Vectors.Bytes(ManifestHeader + "01" + chunk + "ffffffff1f" + "01");
        Assert.Equal(DecodeError.BadVarint, Vectors.Reason(() => BlobRef.Decode(bytes)));
    }

    [Theory]
    [InlineData("00", "00")]
    [InlineData("81808002", "81808002")]
    [InlineData("ffffffff0f", "ffffffff0f")]
    public void The_last_chunk_of_a_manifest_has_one_byte_to_four_mebibytes(string size, string total)
    {
        string chunk = string.Concat(Enumerable.Repeat("07", 32));
        byte[] bytes = Vectors.Bytes(ManifestHeader + "01" + chunk + size + total);
        Assert.Equal(DecodeError.ChunkSize, Vectors.Reason(() => BlobRef.Decode(bytes)));
    }
}
