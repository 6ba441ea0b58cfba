using CsCheck;
using Dataforts.Content;

namespace Dataforts.Formats.Tests.Content;

/// <summary>Generators of valid refs and nodes, and of bytes that are nearly or not at all such.</summary>
internal static class Arbitrary
{
    public static readonly Gen<BlobHash> Hash = Gen.Byte.Array[BlobHash.SizeBytes].Select(bytes => new BlobHash(bytes));

    public static readonly Gen<BlobEncoding> Encoding = Gen.OneOf(
        Gen.Const(BlobEncoding.Replicated),
        Gen.Int[1, 127].SelectMany(k => Gen.Int[1, 128 - k].Select(m => BlobEncoding.ReedSolomon(k, m))));

    private static readonly Gen<string> Uri = Gen.OneOf(
        Gen.OneOf(Gen.Int[0x20, 0x7E], Gen.Int[0, 0x10FFFF].Where(point => point is < 0xD800 or > 0xDFFF))
            .Select(char.ConvertFromUtf32).Array[0, 24].Select(string.Concat),
        Hash.Select(hash => hash.ToHex("mesh://")),
        Gen.Const("s3://bucket/key"));

    // Sizes of every length on the wire are equally likely.
    private static readonly Gen<ulong> Size = Gen.Int[0, 57].SelectMany(bits => Gen.ULong[0, 1UL << bits]);

    private static readonly Gen<uint> ChunkSize = Gen.Int[0, 24].SelectMany(bits => Gen.UInt[1, 1u << bits]);

    private static readonly Gen<BlobRef> Small = Gen.Select(Uri, Hash, Size)
        .Select(BlobRef (uri, hash, size) => new SmallRef(uri, hash, Math.Min(size, FormatLimits.RefMaxSizeBytes)));

    private static readonly Gen<BlobRef> DefaultSmall = Gen.Select(Hash, Size)
        .Select(BlobRef (hash, size) => SmallRef.Create(hash, Math.Min(size, FormatLimits.RefMaxSizeBytes)));

    private static readonly Gen<BlobRef> Manifest = Gen.Select(Uri, Encoding, Gen.Int[1, 6], Hash, Gen.UInt[1, FormatLimits.ManifestChunkSizeBytes])
        .Select(BlobRef (uri, encoding, count, hash, last) => new ManifestRef(
            uri,
            encoding,
            [.. Enumerable.Range(1, count).Select(i => new ChunkRef(hash, i == count ? last : FormatLimits.ManifestChunkSizeBytes))]));

    private static readonly Gen<BlobRef> Tree = Gen.Select(Uri, Encoding, Hash, Size, Gen.Int[1, 4], Gen.Bool)
        .Select(BlobRef (uri, encoding, hash, size, depth, named) =>
        {
            size = Math.Clamp(size, RefRules.TreeMinSizeBytes(depth), RefRules.TreeMaxSizeBytes(depth));
            return named ? new TreeRef(uri, encoding, hash, size, depth) : TreeRef.Create(encoding, hash, size, depth);
        });

    public static readonly Gen<BlobRef> Ref = Gen.OneOf(Small, DefaultSmall, Manifest, Tree);

    private static readonly Gen<TreeChunk> DataChunk = Gen.Select(Hash, ChunkSize).Select((hash, size) => new TreeChunk(hash, size, default));

    private static readonly Gen<TreeChunk> AnyChunk = Gen.Select(DataChunk, Gen.Bool, Gen.Byte)
        .Select((chunk, parity, index) => parity ? chunk with { Role = ChunkRole.Parity(index) } : chunk);

    private static readonly Gen<Stripe> Stripe = Gen.OneOf(
        DataChunk.Array[1, 4].Select(chunks => new Stripe(default, [.. chunks])),
        Gen.Select(Gen.Int[1, 6], Gen.Int[1, 4], DataChunk).Select((k, m, chunk) => new Stripe(
            BlobEncoding.ReedSolomon(k, m),
            [.. Enumerable.Range(0, k + m).Select(i => i < k ? chunk : chunk with { Role = ChunkRole.Parity((byte)(i - k)) })])));

    public static readonly Gen<TreeNode> Node = Gen.OneOf(
        Gen.Select(Hash, Size).Select((hash, size) => new TreeChild(hash, Math.Max(size, 1))).Array[1, 5]
            .Select(TreeNode (children) => new InternalNode([.. children])),
        AnyChunk.Array[1, 5].Select(TreeNode (chunks) => new LeafNode([.. chunks])),
        Stripe.Array[1, 3].Select(TreeNode (stripes) => new ErasureLeafNode([.. stripes])));

    /// <summary>Encodings with one to three bytes changed, dropped, inserted or cut off, and arbitrary bytes behind a magic or none.</summary>
    public static readonly Gen<byte[]> RefBytes = Gen.OneOf(
        Mutated(Ref.Select(valid => valid.Encode())),
        Mutated(Ref.Select(valid => valid.Encode())),
        Gen.Select(Gen.Byte[1, 3], Gen.Byte.Array[0, 120]).Select((version, rest) => (byte[])[0xB0, 0xB1, 0xB2, 0xB3, version, 1, .. rest]),
        Gen.Byte.Array[0, 80]);

    /// <summary>The same for nodes.</summary>
    public static readonly Gen<byte[]> NodeBytes = Gen.OneOf(
        Mutated(Node.Select(valid => valid.Encode())),
        Mutated(Node.Select(valid => valid.Encode())),
        Gen.Select(Gen.Byte[0, 2], Gen.Byte.Array[0, 120]).Select((tag, rest) => (byte[])[tag, .. rest]),
        Gen.Byte.Array[0, 80]);

    private static Gen<byte[]> Mutated(Gen<byte[]> valid) =>
        Gen.Select(valid, Gen.Select(Gen.Int[0, 5], Gen.Int[0, int.MaxValue], Gen.Byte).Array[1, 3]).Select((bytes, changes) =>
        {
            List<byte> mutated = [.. bytes];
            foreach ((int kind, int position, byte value) in changes)
                Mutate(mutated, kind, position % (mutated.Count + 1), value);
            return mutated.ToArray();
        });

    private static void Mutate(List<byte> bytes, int kind, int at, byte value)
    {
        if (kind == 0)
            bytes.Insert(at, value);
        else if (at == bytes.Count)
            bytes.Add(value);
        else if (kind == 1)
            bytes.RemoveAt(at);
        else if (kind == 2)
            bytes.RemoveRange(at, bytes.Count - at);
        else
            bytes[at] = kind == 3 ? value : (byte)(bytes[at] ^ (1 << (value % 8)));
    }
}
