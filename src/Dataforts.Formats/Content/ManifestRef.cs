using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Dataforts.Content;

/// <summary>A blob that is a list of chunks carried in the ref: 4 MiB each, the last one what is left.</summary>
public sealed partial class ManifestRef : BlobRef
{
    // A chunk is a hash and a varint of at least one byte.
    private const int MinChunkBytes = BlobHash.SizeBytes + 1;

    /// <summary>Makes a ref with a URI of its own.</summary>
    /// <param name="uri">Any text, also none; what fits beside the chunks, see <see cref="FormatLimits.ManifestBodyMaxBytes"/>.</param>
    /// <param name="encoding">How the content is protected.</param>
    /// <param name="chunks">At least one; all but the last of exactly <see cref="FormatLimits.ManifestChunkSizeBytes"/>,
    /// together at most <see cref="FormatLimits.RefMaxSizeBytes"/>.</param>
    /// <exception cref="DecodeException">A rule is broken.</exception>
    public ManifestRef(string uri, BlobEncoding encoding, ImmutableArray<ChunkRef> chunks)
        : this(RefUri.FromText(uri), encoding, chunks)
    {
    }

    private ManifestRef(RefUri uri, BlobEncoding encoding, ImmutableArray<ChunkRef> chunks)
        : base(uri)
    {
        SizeBytes = RefRules.Chunks(chunks);
        (Encoding, Chunks) = (encoding, chunks);
        long bodyLength = 1L + PostcardWriter.VarintLength((ulong)uri.LengthBytes) + uri.LengthBytes + encoding.EncodedLength
            + PostcardWriter.VarintLength((ulong)chunks.Length)
            + ((long)chunks.Length * BlobHash.SizeBytes)
            + ((long)(chunks.Length - 1) * PostcardWriter.VarintLength(FormatLimits.ManifestChunkSizeBytes))
            + PostcardWriter.VarintLength(chunks[^1].SizeBytes)
            + PostcardWriter.VarintLength(SizeBytes);
        RefRules.BodyWithUri(BlobRefKind.Manifest, bodyLength, uri.LengthBytes);
        EncodedLength = FormatLimits.RefHeaderBytes + (int)bodyLength;
    }

    /// <inheritdoc/>
    public override BlobRefKind Kind => BlobRefKind.Manifest;

    /// <summary>How the content is protected.</summary>
    public BlobEncoding Encoding { get; }

    /// <summary>The chunks in order.</summary>
    public ImmutableArray<ChunkRef> Chunks { get; }

    /// <inheritdoc/>
    public override ulong SizeBytes { get; }

    /// <inheritdoc/>
    public override int EncodedLength { get; }

    /// <inheritdoc/>
    public override bool HasDefaultUri => false;

    internal override int UriFieldLength => PostcardWriter.VarintLength((ulong)RefUri.LengthBytes) + RefUri.LengthBytes;

    /// <summary>Makes a ref whose URI is <c>mesh://</c> + <paramref name="contentHash"/>.</summary>
    /// <param name="contentHash">BLAKE3 of the whole content, which the ref keeps nowhere else.</param>
    /// <param name="encoding">As in the constructor.</param>
    /// <param name="chunks">As in the constructor.</param>
    /// <exception cref="DecodeException">A rule is broken.</exception>
    public static ManifestRef Create(BlobHash contentHash, BlobEncoding encoding, ImmutableArray<ChunkRef> chunks) =>
        new(RefUri.FromMesh(contentHash), encoding, chunks);

    internal static ManifestRef Read(ReadOnlySpan<byte> body)
    {
        PostcardReader reader = OpenBody(BlobRefKind.Manifest, body, FormatLimits.ManifestBodyVersion);
        RefUri uri = reader.Uri();
        BlobEncoding encoding = reader.Encoding();
        var chunks = new ChunkRef[reader.Count(FormatLimits.ManifestMaxChunks, MinChunkBytes, "chunks")];
        for (int i = 0; i < chunks.Length; i++)
            chunks[i] = new ChunkRef(reader.Hash(), reader.Varint32());
        ulong total = reader.Varint64();
        reader.End();
        var manifest = new ManifestRef(uri, encoding, ImmutableCollectionsMarshal.AsImmutableArray(chunks));
        if (total != manifest.SizeBytes)
        {
            throw new DecodeException(
                DecodeError.TotalMismatch, $"A Manifest declares {total} bytes, its chunks have {manifest.SizeBytes}.");
        }
        return manifest;
    }

    private protected override void WriteBody(ref PostcardWriter writer, bool uriOmitted)
    {
        writer.Byte(FormatLimits.ManifestBodyVersion);
        writer.Varint((ulong)RefUri.LengthBytes);
        writer.Uri(RefUri);
        writer.Encoding(Encoding);
        writer.Varint((ulong)Chunks.Length);
        foreach (ref readonly ChunkRef chunk in Chunks.AsSpan())
        {
            writer.Bytes(chunk.Hash.Span);
            writer.Varint(chunk.SizeBytes);
        }
        writer.Varint(SizeBytes);
    }

    private protected override bool FieldsEqual(BlobRef other) =>
        other is ManifestRef manifest && Encoding == manifest.Encoding && Chunks.AsSpan().SequenceEqual(manifest.Chunks.AsSpan());

    private protected override int FieldsHashCode() => HashCode.Combine(Chunks[0].Hash, Chunks[^1].Hash);
}
