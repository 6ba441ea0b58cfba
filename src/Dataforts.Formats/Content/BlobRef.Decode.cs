namespace Dataforts.Content;

public abstract partial class BlobRef
{
    /// <summary>Reads the wire form, which has to fill <paramref name="encoded"/> exactly and in the one way a ref is written.</summary>
    /// <exception cref="NotARefException">The bytes do not begin with the magic: inline data.</exception>
    /// <exception cref="UnsupportedVersionException">A ref of a version from another time.</exception>
    /// <exception cref="DecodeException">A ref that breaks a rule; <see cref="DecodeException.Reason"/> says which.</exception>
    public static BlobRef Decode(ReadOnlySpan<byte> encoded)
    {
        if (!IsRef(encoded))
            throw new NotARefException("These bytes are not a ref: a ref begins with the bytes b0 b1 b2 b3.");
        return DecodeVersioned(encoded[FormatLimits.RefMagic.Length..], uriOmitted: false);
    }

    /// <summary>Reads everything after the magic; with <paramref name="uriOmitted"/> the URI's field is not there and is the default.</summary>
    internal static BlobRef DecodeVersioned(ReadOnlySpan<byte> versioned, bool uriOmitted)
    {
        if (versioned.IsEmpty)
            throw new DecodeException(DecodeError.Truncated, "A ref ends before its version.");
        ReadOnlySpan<byte> body = versioned[1..];
        return versioned[0] switch
        {
            FormatLimits.SmallVersion => SmallRef.Read(body, uriOmitted),
            FormatLimits.ManifestVersion => ManifestRef.Read(body),
            FormatLimits.TreeVersion => TreeRef.Read(body, uriOmitted),
            byte other => throw new UnsupportedVersionException("Ref", other),
        };
    }

    /// <summary>The checks a body gets before anything in it is parsed: its length, then its version.</summary>
    /// <remarks>The version first, because a later version may lay out everything behind it differently.</remarks>
    private protected static PostcardReader OpenBody(BlobRefKind kind, ReadOnlySpan<byte> body, byte version)
    {
        RefRules.Body(kind, body.Length);
        var reader = new PostcardReader(body, kind == BlobRefKind.Tree ? "Tree" : "Manifest");
        byte found = reader.Byte();
        if (found != version)
            throw new UnsupportedVersionException($"{kind} body", found);
        return reader;
    }
}
