using System.Collections.Immutable;
using Dataforts.Content;

namespace Dataforts.Formats.Tests.Content;

/// <summary>What cannot be decoded cannot be constructed either.</summary>
public sealed class BlobRefRulesTests
{
    [Fact]
    public void A_small_above_sixteen_gibibytes_is_refused()
    {
        Assert.Equal(DecodeError.SizeOutOfRange, Vectors.Reason(() => SmallRef.Create(default, (16UL << 30) + 1)));
        Assert.Equal(DecodeError.SizeOutOfRange, Vectors.Reason(() => new SmallRef("x", default, ulong.MaxValue)));
    }

    [Theory]
    [InlineData(3, 1024)]
    [InlineData(2, 127)]
    [InlineData(1, (1L << 31) + 1)]
    [InlineData(2, (1L << 38) + 1)]
    [InlineData(3, (1L << 45) + 1)]
    public void A_tree_of_an_impossible_size_is_refused(int depth, ulong size) =>
        Assert.Equal(DecodeError.SizeImpossibleAtDepth, Vectors.Reason(() => TreeRef.Create(default, default, size, depth)));

    [Theory]
    [InlineData(1, 1L << 31)]
    [InlineData(2, 1L << 38)]
    [InlineData(3, 1L << 45)]
    [InlineData(4, 1L << 57)]
    public void A_tree_of_the_greatest_size_of_its_depth_is_accepted(int depth, ulong size) => Survives(TreeRef.Create(default, default, size, depth));

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(-1)]
    [InlineData(257)]
    public void A_depth_is_one_to_four(int depth) =>
        Assert.Equal(DecodeError.DepthOutOfRange, Vectors.Reason(() => TreeRef.Create(default, default, 1 << 30, depth)));

    [Theory]
    [InlineData(0UL)]
    [InlineData((1UL << 57) + 1)]
    public void A_tree_has_one_byte_to_128_pebibytes(ulong size) =>
        Assert.Equal(DecodeError.SizeOutOfRange, Vectors.Reason(() => TreeRef.Create(default, default, size, 4)));

    [Theory]
    [InlineData(1UL << 57, 4, false, 978)]
    [InlineData(1UL, 1, false, 986)]
    [InlineData(1UL << 57, 4, true, 976)]
    [InlineData(1UL, 1, true, 984)]
    public void A_tree_s_uri_fills_its_body_and_no_more(ulong size, int depth, bool coded, int uriBytes)
    {
        BlobEncoding encoding = coded ? BlobEncoding.ReedSolomon(10, 4) : BlobEncoding.Replicated;
        var longest = new TreeRef(new string('u', uriBytes), encoding, default, size, depth);
        Assert.Equal(FormatLimits.RefHeaderBytes + FormatLimits.TreeBodyMaxBytes, longest.EncodedLength);
        Survives(longest);
        Assert.Equal(DecodeError.UriTooLong, Vectors.Reason(() => new TreeRef(new string('u', uriBytes + 1), encoding, default, size, depth)));
        Assert.Equal(DecodeError.UriTooLong, Vectors.Reason(() => new TreeRef(new string('é', (uriBytes / 2) + 1), encoding, default, size, depth)));
    }

    [Theory]
    [InlineData(1, 1, 417_784)]
    [InlineData(4096, Vectors.FullChunk, 270_356)]
    public void A_manifest_s_uri_fills_its_body_and_no_more(int count, uint last, int uriBytes)
    {
        ImmutableArray<ChunkRef> chunks = Vectors.Chunks(count, last);
        var longest = new ManifestRef(new string('u', uriBytes), default, chunks);
        Assert.Equal(FormatLimits.RefHeaderBytes + FormatLimits.ManifestBodyMaxBytes, longest.EncodedLength);
        Survives(longest);
        Assert.Equal(DecodeError.UriTooLong, Vectors.Reason(() => new ManifestRef(new string('u', uriBytes + 1), default, chunks)));
    }

    [Fact]
    public void A_small_s_uri_may_have_a_mebibyte_and_more() => Survives(new SmallRef(new string('ü', 1 << 20), Vectors.Hash(1), 7));

    [Fact]
    public void A_lone_surrogate_is_refused()
    {
        foreach (string uri in (string[])["\ud800", "x\udc00y", "\udc00\ud800", "ends in \ud83d"])
        {
            Assert.Equal(DecodeError.UriNotUtf8, Vectors.Reason(() => new SmallRef(uri, default, 0)));
            Assert.Equal(DecodeError.UriNotUtf8, Vectors.Reason(() => new TreeRef(uri, default, default, 1, 1)));
            Assert.Equal(DecodeError.UriNotUtf8, Vectors.Reason(() => new ManifestRef(uri, default, Vectors.Chunks(1))));
        }
    }

    [Fact]
    public void A_manifest_s_chunks_follow_the_stride()
    {
        Assert.Equal(DecodeError.NoChunks, Vectors.Reason(() => new ManifestRef("", default, [])));
        Assert.Equal(DecodeError.NoChunks, Vectors.Reason(() => new ManifestRef("", default, default)));
        Assert.Equal(DecodeError.ChunkSize, Vectors.Reason(() => new ManifestRef("", default, Vectors.Chunks(2, 0))));
        Assert.Equal(DecodeError.ChunkSize, Vectors.Reason(() => new ManifestRef("", default, Vectors.Chunks(2, Vectors.FullChunk + 1))));
        Assert.Equal(
            DecodeError.ChunkSize,
            Vectors.Reason(() => new ManifestRef("", default, [new ChunkRef(default, 1), new ChunkRef(default, 1)])));
        Assert.Equal(DecodeError.SizeOutOfRange, Vectors.Reason(() => new ManifestRef("", default, Vectors.Chunks(4097, 1))));
        Assert.Equal(DecodeError.SizeOutOfRange, Vectors.Reason(() => new ManifestRef("", default, Vectors.Chunks(8192, 1))));
        Assert.Equal(DecodeError.TooManyEntries, Vectors.Reason(() => new ManifestRef("", default, Vectors.Chunks(8193, 1))));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(10, 4)]
    [InlineData(127, 1)]
    [InlineData(1, 127)]
    public void Erasure_parameters_within_a_leaf_are_accepted(int k, int m)
    {
        BlobEncoding encoding = BlobEncoding.ReedSolomon(k, m);
        Assert.Equal((true, k, m, $"rs:{k},{m}"), (encoding.IsReedSolomon, encoding.DataShards, encoding.ParityShards, encoding.ToString()));
        Survives(TreeRef.Create(encoding, default, 5, 1));
        Survives(new ManifestRef("", encoding, Vectors.Chunks(2)));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(0, 0)]
    [InlineData(-1, 2)]
    [InlineData(128, 1)]
    [InlineData(64, 65)]
    [InlineData(int.MaxValue, int.MaxValue)]
    [InlineData(257, 4)]
    public void Erasure_parameters_outside_a_leaf_are_refused(int k, int m) =>
        Assert.Equal(DecodeError.ErasureParameters, Vectors.Reason(() => BlobEncoding.ReedSolomon(k, m)));

    [Fact]
    public void The_default_uri_is_recognised_however_it_came_in()
    {
        BlobHash hash = Vectors.Hash(0x5A);
        SmallRef made = SmallRef.Create(hash, 1);
        var spelled = new SmallRef("mesh://" + hash.ToHex(), hash, 1);
        var foreign = new SmallRef("mesh://" + Vectors.Hash(0x5B).ToHex(), hash, 1);
        var upper = new SmallRef("mesh://" + hash.ToHex().ToUpperInvariant(), hash, 1);
        Assert.Equal("mesh://" + hash, made.Uri);
        Assert.Equal("mesh", made.Scheme);
        Assert.Equal(made, spelled);
        Assert.True(made == spelled && made != foreign && made != upper && made != null);
        Assert.Equal([true, true, false, false], new[] { made, spelled, foreign, upper }.Select(r => r.HasDefaultUri));
        foreach (SmallRef small in new[] { made, spelled, foreign, upper })
            Survives(small);
    }

    [Theory]
    [InlineData("s3://bucket/key", "s3")]
    [InlineData("", "")]
    [InlineData("no scheme", "")]
    [InlineData(":x", "")]
    [InlineData("ä:b:c", "ä")]
    public void The_scheme_is_what_stands_before_the_first_colon(string uri, string scheme)
    {
        var small = new SmallRef(uri, default, 0);
        Assert.Equal((uri, scheme), (small.Uri, small.Scheme));
    }

    [Fact]
    public void Refs_differ_when_any_field_does()
    {
        BlobRef[] refs =
        [
            new SmallRef("u", Vectors.Hash(1), 300), new SmallRef("v", Vectors.Hash(1), 300), new SmallRef("u", Vectors.Hash(2), 300),
            new SmallRef("u", Vectors.Hash(1), 301),
            new TreeRef("u", default, Vectors.Hash(1), 300, 1), new TreeRef("u", default, Vectors.Hash(1), 300, 2),
            new TreeRef("u", BlobEncoding.ReedSolomon(2, 1), Vectors.Hash(1), 300, 1), new TreeRef("u", default, Vectors.Hash(3), 300, 1),
            new ManifestRef("u", default, [new ChunkRef(Vectors.Hash(1), 300)]), new ManifestRef("u", default, [new ChunkRef(Vectors.Hash(2), 300)]),
            new ManifestRef("u", BlobEncoding.ReedSolomon(1, 1), [new ChunkRef(Vectors.Hash(1), 300)]),
        ];
        Assert.Equal(refs.Length, refs.Distinct().Count());
        foreach (BlobRef one in refs)
            Assert.Equal(one, BlobRef.Decode(one.Encode()));
    }

    [Fact]
    public void A_destination_that_is_too_short_is_refused_and_a_longer_one_is_left_alone()
    {
        BlobRef small = SmallRef.Create(Vectors.Hash(1), 2);
        Assert.Throws<ArgumentException>(() => small.Encode(new byte[small.EncodedLength - 1]));
        var longer = new byte[small.EncodedLength + 3];
        longer.AsSpan().Fill(0x77);
        Assert.Equal(small.EncodedLength, small.Encode(longer));
        Assert.Equal([0x77, 0x77, 0x77], longer[^3..]);
    }

    private static void Survives(BlobRef made)
    {
        byte[] encoded = made.Encode();
        BlobRef decoded = BlobRef.Decode(encoded);
        Assert.Equal(made, decoded);
        Assert.Equal(made.Uri, decoded.Uri);
        Assert.Equal(encoded, decoded.Encode());
    }
}
