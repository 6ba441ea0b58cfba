using System.Buffers.Binary;

namespace Dataforts.Content;

/// <summary>A blob that is one chunk.</summary>
public sealed class SmallRef : BlobRef
{
    private readonly BlobHash _hash;

    /// <summary>Makes a ref with a URI of its own.</summary>
    /// <param name="uri">Any text, also none; at most <see cref="FormatLimits.SmallUriMaxBytes"/> bytes of UTF-8.</param>
    /// <param name="hash">The content's address.</param>
    /// <param name="sizeBytes">The content's length, at most <see cref="FormatLimits.RefMaxSizeBytes"/>.</param>
    /// <exception cref="DecodeException">A rule is broken.</exception>
    public SmallRef(string uri, BlobHash hash, ulong sizeBytes)
        : this(RefUri.FromText(uri), hash, sizeBytes)
    {
    }

    private SmallRef(RefUri uri, BlobHash hash, ulong sizeBytes)
        : base(uri)
    {
        RefRules.Small(sizeBytes);
        _hash = hash;
        SizeBytes = sizeBytes;
    }

    /// <inheritdoc/>
    public override BlobRefKind Kind => BlobRefKind.Small;

    /// <summary>The content's address.</summary>
    public BlobHash Hash => _hash;

    /// <inheritdoc/>
    public override ulong SizeBytes { get; }

    /// <inheritdoc/>
    public override int EncodedLength => FormatLimits.SmallHeaderBytes + RefUri.LengthBytes;

    /// <inheritdoc/>
    public override bool HasDefaultUri => RefUri.IsMesh(_hash);

    internal override int UriFieldLength => RefUri.LengthBytes;

    /// <summary>Makes a ref whose URI is <c>mesh://</c> + <paramref name="hash"/>.</summary>
    /// <exception cref="DecodeException">The size is above the limit.</exception>
    public static SmallRef Create(BlobHash hash, ulong sizeBytes) => new(RefUri.FromMesh(hash), hash, sizeBytes);

    internal static SmallRef Read(ReadOnlySpan<byte> body, bool uriOmitted)
    {
        var reader = new PostcardReader(body, "Small");
        BlobHash hash = reader.Hash();
        ulong size = BinaryPrimitives.ReadUInt64LittleEndian(reader.Bytes(sizeof(ulong)));
        RefRules.Small(size);
        if (!uriOmitted)
            return new SmallRef(RefUri.FromUtf8(body[(BlobHash.SizeBytes + sizeof(ulong))..]), hash, size);
        reader.End();
        return Create(hash, size);
    }

    private protected override void WriteBody(ref PostcardWriter writer, bool uriOmitted)
    {
        writer.Hash(_hash);
        writer.FixedUInt64(SizeBytes);
        if (!uriOmitted)
            writer.Uri(RefUri);
    }

    private protected override bool FieldsEqual(BlobRef other) => other is SmallRef small && _hash == small._hash;

    private protected override int FieldsHashCode() => _hash.GetHashCode();
}
