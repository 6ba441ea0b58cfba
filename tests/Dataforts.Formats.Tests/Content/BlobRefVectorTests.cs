using System.Collections.Immutable;
using Dataforts.Content;
using Dataforts.Testing;

namespace Dataforts.Formats.Tests.Content;

public sealed class BlobRefVectorTests
{
    [Fact]
    public void Vector_a_a_small_with_a_uri_of_its_own() =>
        BothWays(Vectors.SmallS3, new SmallRef("s3://bucket/key", Vectors.Hash(0xAB), 12_345));

    [Fact]
    public void Vector_b_a_manifest_of_two_chunks() =>
        BothWays(
            Vectors.ManifestTwoChunks,
            new ManifestRef(
                "mesh://x",
                BlobEncoding.Replicated,
                [new ChunkRef(Vectors.Hash(1), Vectors.FullChunk), new ChunkRef(Vectors.Hash(2), 1024)]));

    [Fact]
    public void Vector_c_a_tree() =>
        BothWays(Vectors.TreeCafe, new TreeRef("mesh://cafe", BlobEncoding.Replicated, Vectors.Hash(0xAB), 1UL << 30, 1));

    [Fact]
    public void Vector_d_a_tree_with_parity() =>
        BothWays(Vectors.TreeReedSolomon, new TreeRef("mesh://ff", BlobEncoding.ReedSolomon(10, 4), Vectors.Hash(0xAB), 1UL << 40, 3));

    [Fact]
    public void Vector_e_a_manifest_with_parity() =>
        BothWays(
            Vectors.ManifestReedSolomon,
            new ManifestRef("mesh://rs", BlobEncoding.ReedSolomon(4, 2), [new ChunkRef(Vectors.Hash(0xAA), 1024)]));

    [Fact]
    public void Vector_f_the_empty_small() => BothWays(Vectors.SmallEmpty, new SmallRef("", default, 0));

    [Fact]
    public void Vector_g_a_small_of_real_bytes() =>
        BothWays(Vectors.SmallLazyDog, new SmallRef("file:///x", BlobHash.Compute("the lazy dog"u8), 12));

    [Fact]
    public void Vector_h_a_tree_at_the_limits() =>
        BothWays(Vectors.TreeAtTheLimits, new TreeRef("mesh://m", BlobEncoding.Replicated, Vectors.Hash(0xCD), 1UL << 57, 4));

    [Fact]
    public void Vectors_i_and_j_a_payload_of_nine_mebibytes_as_tree_and_as_manifest()
    {
        byte[] payload = SpecRandom.Bytes(1, 9 << 20);
        var builder = new TreeBuilder();
        ImmutableArray<ChunkRef>.Builder chunks = ImmutableArray.CreateBuilder<ChunkRef>();
        for (int i = 0; i < ManifestLayout.ChunkCount((ulong)payload.Length); i++)
        {
            int size = (int)ManifestLayout.ChunkSizeBytes((ulong)payload.Length, i);
            BlobHash hash = BlobHash.Compute(payload.AsSpan(i * (int)Vectors.FullChunk, size));
            chunks.Add(new ChunkRef(hash, (uint)size));
            builder.Add(hash, (uint)size);
        }
        BothWays(Vectors.TreeOfNineMebibytes, builder.Finish().ToRef(BlobEncoding.Replicated));
        BothWays(
            Vectors.ManifestOfNineMebibytes,
            ManifestRef.Create(BlobHash.Compute(payload), BlobEncoding.Replicated, chunks.ToImmutable()));
    }

    [Fact]
    public void Chunks_of_a_manifest_of_eight_mebibytes_and_seventeen_bytes()
    {
        byte[] payload = [.. Enumerable.Range(0, 8_388_625).Select(i => (byte)(i % 251))];
        Assert.Equal("6cbe97538ff151a60c70079b6290b88cf295f77e99fa34f6da49e1b68e29d580", BlobHash.Compute(payload).ToHex());
        string[] hashes =
        [
            "4e94e6f582581a0f3855f3ce504b153e951e65036fe9e2f010b7e25473c54f98",
            "046f90301fa8a38b2bcfc87db934d243f2cbccb1c66021255697277ac6b956b8",
            "b8bc431da8853a2b07c39acb47ef998044703c152180dcb471999cb3bcf879ec",
        ];
        uint[] sizes = [4_194_304, 4_194_304, 17];
        Assert.Equal(3, ManifestLayout.ChunkCount((ulong)payload.Length));
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(sizes[i], ManifestLayout.ChunkSizeBytes((ulong)payload.Length, i));
            Assert.Equal(hashes[i], BlobHash.Compute(payload.AsSpan(i * 4_194_304, (int)sizes[i])).ToHex());
        }
        var manifest = new ManifestRef("", default, [.. hashes.Select((hash, i) => new ChunkRef(BlobHash.Parse(hash), sizes[i]))]);
        Assert.EndsWith("91808004", Vectors.Hex(manifest.Encode()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_manifest_of_sixteen_gibibytes_has_the_published_length()
    {
        var manifest = new ManifestRef("mesh://x", default, Vectors.Chunks(4096));
        Assert.Equal(147_479, manifest.EncodedLength);
        Assert.Equal(16UL << 30, manifest.SizeBytes);
        BothWays(Vectors.Hex(manifest.Encode()), manifest);
    }

    [Fact]
    public void Trees_at_the_least_size_of_their_depth()
    {
        foreach ((int depth, ulong least) in new[] { (2, 128UL), (3, 16_384UL), (4, 2_097_152UL) })
        {
            var tree = new TreeRef("m:", default, Vectors.Hash(1), least, depth);
            BothWays(Vectors.Hex(tree.Encode()), tree);
        }
    }

    private static void BothWays(string hex, BlobRef expected)
    {
        byte[] bytes = Vectors.Bytes(hex);
        Assert.True(BlobRef.IsRef(bytes));
        BlobRef decoded = BlobRef.Decode(bytes);
        Assert.Equal(expected, decoded);
        Assert.Equal(expected.GetHashCode(), decoded.GetHashCode());
        Assert.Equal(hex, Vectors.Hex(expected.Encode()));
        Assert.Equal(hex, Vectors.Hex(decoded.Encode()));
        Assert.Equal(bytes.Length, decoded.EncodedLength);
        Assert.Equal((expected.Kind, expected.SizeBytes, expected.Uri, expected.Scheme), (decoded.Kind, decoded.SizeBytes, decoded.Uri, decoded.Scheme));
        var writer = new System.Buffers.ArrayBufferWriter<byte>();
        decoded.WriteTo(writer);
        Assert.Equal(bytes, writer.WrittenSpan.ToArray());
    }
}
