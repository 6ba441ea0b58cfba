namespace Dataforts.Content;

/// <summary>A blob that is a tree of separately stored nodes.</summary>
/// <remarks>The encoding is advisory: what a reader goes by is in the leaves.</remarks>
public sealed class TreeRef : BlobRef
{
    private readonly BlobHash _rootHash;

    /// <summary>Makes a ref with a URI of its own.</summary>
    /// <param name="uri">Any text, also none; about 980 bytes fit, see <see cref="FormatLimits.TreeBodyMaxBytes"/>.</param>
    /// <param name="encoding">How the content is protected.</param>
    /// <param name="rootHash">The root node's address.</param>
    /// <param name="sizeBytes">The content's length, 1 to <see cref="FormatLimits.TreeMaxSizeBytes"/> and possible at the depth:
    /// at least 128^(depth-1), and below depth 4 at most 128^depth chunks of 16 MiB.</param>
    /// <param name="depth">Levels of the tree, 1 (the root is the leaf) to <see cref="FormatLimits.TreeMaxDepth"/>.</param>
    /// <exception cref="DecodeException">A rule is broken.</exception>
    public TreeRef(string uri, BlobEncoding encoding, BlobHash rootHash, ulong sizeBytes, int depth)
        : this(RefUri.FromText(uri), encoding, rootHash, sizeBytes, depth)
    {
    }

    private TreeRef(RefUri uri, BlobEncoding encoding, BlobHash rootHash, ulong sizeBytes, int depth)
        : base(uri)
    {
        RefRules.Tree(sizeBytes, depth);
        (Encoding, _rootHash, SizeBytes, Depth) = (encoding, rootHash, sizeBytes, depth);
        long bodyLength = 1L + UriFieldLengthOf(uri) + encoding.EncodedLength + BlobHash.SizeBytes
            + PostcardWriter.VarintLength(sizeBytes) + 1;
        RefRules.BodyWithUri(BlobRefKind.Tree, bodyLength, uri.LengthBytes);
        EncodedLength = FormatLimits.RefHeaderBytes + (int)bodyLength;
    }

    /// <inheritdoc/>
    public override BlobRefKind Kind => BlobRefKind.Tree;

    /// <summary>How the content is said to be protected.</summary>
    public BlobEncoding Encoding { get; }

    /// <summary>The root node's address.</summary>
    public BlobHash RootHash => _rootHash;

    /// <inheritdoc/>
    public override ulong SizeBytes { get; }

    /// <summary>Levels of the tree, 1 to 4.</summary>
    public int Depth { get; }

    /// <inheritdoc/>
    public override int EncodedLength { get; }

    /// <inheritdoc/>
    public override bool HasDefaultUri => RefUri.IsMesh(_rootHash);

    internal override int UriFieldLength => (int)UriFieldLengthOf(RefUri);

    /// <summary>Makes a ref whose URI is <c>mesh://</c> + <paramref name="rootHash"/>.</summary>
    /// <exception cref="DecodeException">A rule is broken.</exception>
    public static TreeRef Create(BlobEncoding encoding, BlobHash rootHash, ulong sizeBytes, int depth) =>
        new(RefUri.FromMesh(rootHash), encoding, rootHash, sizeBytes, depth);

    internal static TreeRef Read(ReadOnlySpan<byte> body, bool uriOmitted)
    {
        PostcardReader reader = OpenBody(BlobRefKind.Tree, body, FormatLimits.TreeBodyVersion);
        RefUri uri = uriOmitted ? default : reader.Uri();
        BlobEncoding encoding = reader.Encoding();
        BlobHash rootHash = reader.Hash();
        ulong size = reader.Varint64();
        byte depth = reader.Byte();
        reader.End();
        return new TreeRef(uriOmitted ? RefUri.FromMesh(rootHash) : uri, encoding, rootHash, size, depth);
    }

    private protected override void WriteBody(ref PostcardWriter writer, bool uriOmitted)
    {
        writer.Byte(FormatLimits.TreeBodyVersion);
        if (!uriOmitted)
        {
            writer.Varint((ulong)RefUri.LengthBytes);
            writer.Uri(RefUri);
        }
        writer.Encoding(Encoding);
        writer.Hash(_rootHash);
        writer.Varint(SizeBytes);
        writer.Byte((byte)Depth);
    }

    private protected override bool FieldsEqual(BlobRef other) =>
        other is TreeRef tree && Depth == tree.Depth && Encoding == tree.Encoding && _rootHash == tree._rootHash;

    private protected override int FieldsHashCode() => _rootHash.GetHashCode();

    private static long UriFieldLengthOf(in RefUri uri) => (long)PostcardWriter.VarintLength((ulong)uri.LengthBytes) + uri.LengthBytes;
}
