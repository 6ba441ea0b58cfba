using System.Buffers;

namespace Dataforts.Content;

/// <summary>The text form of refs: one token of lower-case letters and digits behind <c>df1-</c>, protected against mistyping.</summary>
/// <remarks>
/// <para>A Small or Tree is in its text wholly, in under 200 characters when the URI is the default one. A Manifest is too long for
/// that: its text names the stored chunk that holds its encoding, so what is read is either a <see cref="Ref"/> or a <see cref="Manifest"/>.</para>
/// <para>The layout is specified in docs/FORMAT.md. Each ref has one text.</para>
/// </remarks>
public readonly record struct BlobRefText
{
    /// <summary>What every text form begins with.</summary>
    public const string Prefix = "df1-";

    private const byte WholeLayout = 0;
    private const byte DefaultUriLayout = 1;
    private const byte ManifestLayoutByte = 2;
    private const int CheckBytes = 4;
    private const int StackBytes = 256;

    private BlobRefText(BlobRef blobRef) => Ref = blobRef;

    private BlobRefText(ManifestAddress manifest) => Manifest = manifest;

    /// <summary>The Small or Tree the text holds; null when it names a Manifest.</summary>
    public BlobRef? Ref { get; }

    /// <summary>Where the Manifest is that the text names; null when it holds a ref.</summary>
    public ManifestAddress? Manifest { get; }

    /// <summary>Whether <paramref name="text"/> claims to be a text form: begins with <see cref="Prefix"/>.</summary>
    public static bool IsText(ReadOnlySpan<char> text) => text.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The text form of a ref. Of a Manifest this is <see cref="Format(ManifestAddress)"/> of its address.</summary>
    public static string Format(BlobRef blobRef)
    {
        ArgumentNullException.ThrowIfNull(blobRef);
        if (blobRef is ManifestRef manifest)
            return Format(ManifestAddress.Of(manifest));
        bool uriOmitted = blobRef.HasDefaultUri;
        int versioned = blobRef.EncodedLength - FormatLimits.RefMagic.Length - (uriOmitted ? blobRef.UriFieldLength : 0);
        int length = 1 + versioned + CheckBytes;
        byte[]? rented = length > StackBytes ? ArrayPool<byte>.Shared.Rent(length) : null;
        Span<byte> bytes = (rented ?? stackalloc byte[StackBytes])[..length];
        bytes[0] = uriOmitted ? DefaultUriLayout : WholeLayout;
        blobRef.EncodeVersioned(bytes[1..^CheckBytes], uriOmitted);
        string text = Seal(bytes);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        return text;
    }

    /// <summary>The text form of a Manifest, from the address of its encoding.</summary>
    public static string Format(ManifestAddress manifest)
    {
        Span<byte> bytes = stackalloc byte[1 + BlobHash.SizeBytes + CheckBytes];
        bytes[0] = ManifestLayoutByte;
        manifest.ChunkHash.CopyTo(bytes[1..]);
        return Seal(bytes);
    }

    /// <summary>Reads a text form.</summary>
    /// <exception cref="NotARefException">The text does not begin with <see cref="Prefix"/>.</exception>
    /// <exception cref="DecodeException"><see cref="DecodeError.MistypedOrCut"/>, or a rule of the ref within is broken.</exception>
    /// <exception cref="UnsupportedVersionException">A ref of a version from another time.</exception>
    public static BlobRefText Parse(ReadOnlySpan<char> text)
    {
        if (!IsText(text))
            throw new NotARefException($"This is not the text of a ref: it does not begin with \"{Prefix}\".");
        ReadOnlySpan<char> digits = text[Prefix.Length..];
        int length = Base32.ByteCount(digits.Length);
        byte[]? rented = length > StackBytes ? ArrayPool<byte>.Shared.Rent(length) : null;
        try
        {
            Span<byte> bytes = (rented ?? stackalloc byte[StackBytes])[..length];
            if (!Base32.TryDecode(digits, bytes))
                throw Mistyped("it holds a character, a length or spare bits that no text of a ref has");
            if (length <= CheckBytes || !HasCheck(bytes))
                throw Mistyped("its check does not match");
            return Read(bytes[..^CheckBytes]);
        }
        finally
        {
            if (rented is not null)
                ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Reads a text form, without saying what is wrong with what is none.</summary>
    /// <returns>Whether <paramref name="text"/> is the text of a ref this code knows.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out BlobRefText result)
    {
        try
        {
            result = Parse(text);
            return true;
        }
        catch (BlobFormatException)
        {
            result = default;
            return false;
        }
    }

    /// <summary>The text form again.</summary>
    public override string ToString() => Ref is not null ? Format(Ref) : Manifest is { } manifest ? Format(manifest) : "";

    private static BlobRefText Read(ReadOnlySpan<byte> body)
    {
        ReadOnlySpan<byte> versioned = body[1..];
        switch (body[0])
        {
            case ManifestLayoutByte when versioned.Length == BlobHash.SizeBytes:
                return new BlobRefText(new ManifestAddress(new BlobHash(versioned)));
            case ManifestLayoutByte:
                throw new DecodeException(DecodeError.TextLayout, $"The text of a Manifest holds {versioned.Length} bytes instead of a hash.");
            case WholeLayout or DefaultUriLayout:
                break;
            default:
                throw new DecodeException(DecodeError.TextLayout, $"The text of a ref has the unknown layout {body[0]}.");
        }
        bool uriOmitted = body[0] == DefaultUriLayout;
        if (!versioned.IsEmpty && versioned[0] == FormatLimits.ManifestVersion)
            throw new DecodeException(DecodeError.TextLayout, "The text of a Manifest names its chunk and does not hold the Manifest.");
        BlobRef blobRef = BlobRef.DecodeVersioned(versioned, uriOmitted);
        if (blobRef.HasDefaultUri != uriOmitted)
            throw new DecodeException(DecodeError.TextLayout, "The text of a ref with the default URI leaves the URI out.");
        return new BlobRefText(blobRef);
    }

    /// <summary>Fills in the check at the end of <paramref name="bytes"/> and writes all of it down.</summary>
    private static string Seal(Span<byte> bytes)
    {
        BlobHash.Compute(bytes[..^CheckBytes]).Span[..CheckBytes].CopyTo(bytes[^CheckBytes..]);
        return string.Create(Prefix.Length + Base32.TextLength(bytes.Length), (ReadOnlySpan<byte>)bytes, static (span, state) =>
        {
            Prefix.CopyTo(span);
            Base32.Encode(state, span[Prefix.Length..]);
        });
    }

    private static bool HasCheck(ReadOnlySpan<byte> bytes) =>
        BlobHash.Compute(bytes[..^CheckBytes]).Span[..CheckBytes].SequenceEqual(bytes[^CheckBytes..]);

    private static DecodeException Mistyped(string why) =>
        new(DecodeError.MistypedOrCut, $"The text of this ref was mistyped or cut: {why}.");
}
