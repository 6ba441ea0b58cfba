using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Dataforts.Content;

/// <summary>What stands for a blob: a <see cref="SmallRef"/>, a <see cref="ManifestRef"/> or a <see cref="TreeRef"/>.</summary>
/// <remarks>Immutable and thread-safe. A ref that exists obeys every rule of the format, so it can be encoded and decoded again.
/// Two refs are equal when their encodings are.</remarks>
public abstract partial class BlobRef : IEquatable<BlobRef>
{
    private const uint MagicAsUInt32 = 0xB3B2B1B0;

    private readonly RefUri _uri;
    private string? _uriText;

    private protected BlobRef(RefUri uri) => _uri = uri;

    /// <summary>Which of the three this is.</summary>
    public abstract BlobRefKind Kind { get; }

    /// <summary>How many bytes the blob has.</summary>
    public abstract ulong SizeBytes { get; }

    /// <summary>Bytes of the wire form; known without encoding, allocates nothing.</summary>
    public abstract int EncodedLength { get; }

    /// <summary>Where the blob is said to be; any text, by default <c>mesh://</c> + hash. Made on first use.</summary>
    public string Uri => _uriText ??= _uri.ToString();

    /// <summary>The URI's text before its first colon; empty when it has none.</summary>
    public string Scheme => _uri.Scheme;

    /// <summary>Whether the URI is <c>mesh://</c> + the hash the ref itself carries; a Manifest carries none, so never.</summary>
    public abstract bool HasDefaultUri { get; }

    /// <summary>Bytes the URI takes on the wire, its length prefix included where the kind has one.</summary>
    internal abstract int UriFieldLength { get; }

    private protected ref readonly RefUri RefUri => ref _uri;

    /// <summary>Whether <paramref name="payload"/> begins with the four bytes of a ref; if not, it is inline data.</summary>
    /// <remarks>Looks at no more than the magic, so a payload that passes can still fail to decode. Allocates nothing.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsRef(ReadOnlySpan<byte> payload) =>
        payload.Length >= sizeof(uint) && BinaryPrimitives.ReadUInt32LittleEndian(payload) == MagicAsUInt32;

    /// <summary>The wire form, in an array of exactly <see cref="EncodedLength"/> bytes.</summary>
    public byte[] Encode()
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(EncodedLength);
        Encode(bytes);
        return bytes;
    }

    /// <summary>Writes the wire form to the start of <paramref name="destination"/>; allocates nothing.</summary>
    /// <returns>The bytes written, <see cref="EncodedLength"/>.</returns>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    public int Encode(Span<byte> destination)
    {
        if (destination.Length < EncodedLength)
            throw new ArgumentException($"This ref needs {EncodedLength} bytes, not {destination.Length}.", nameof(destination));
        FormatLimits.RefMagic.CopyTo(destination);
        EncodeVersioned(destination[FormatLimits.RefMagic.Length..], uriOmitted: false);
        return EncodedLength;
    }

    /// <summary>Writes the wire form to <paramref name="writer"/>, asking it once for <see cref="EncodedLength"/> bytes.</summary>
    public void WriteTo(IBufferWriter<byte> writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Advance(Encode(writer.GetSpan(EncodedLength)));
    }

    /// <summary>The text form, one token: see <see cref="BlobRefText"/>. For a Manifest this encodes and hashes it.</summary>
    public string ToText() => BlobRefText.Format(this);

    /// <inheritdoc cref="ToText"/>
    public sealed override string ToString() => ToText();

    /// <inheritdoc/>
    public bool Equals(BlobRef? other) =>
        ReferenceEquals(this, other)
        || (other is not null && Kind == other.Kind && SizeBytes == other.SizeBytes && _uri.Equals(other._uri) && FieldsEqual(other));

    /// <inheritdoc/>
    public sealed override bool Equals(object? obj) => Equals(obj as BlobRef);

    /// <inheritdoc/>
    public sealed override int GetHashCode() => HashCode.Combine(SizeBytes, FieldsHashCode());

    /// <summary>Whether both are null or stand for the same encoding.</summary>
    public static bool operator ==(BlobRef? left, BlobRef? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Whether they stand for different encodings.</summary>
    public static bool operator !=(BlobRef? left, BlobRef? right) => !(left == right);

    /// <summary>Writes everything after the magic, without the URI's field when <paramref name="uriOmitted"/>.</summary>
    internal void EncodeVersioned(Span<byte> destination, bool uriOmitted)
    {
        var writer = new PostcardWriter(destination);
        writer.Byte((byte)Kind);
        WriteBody(ref writer, uriOmitted);
    }

    private protected abstract void WriteBody(ref PostcardWriter writer, bool uriOmitted);

    private protected abstract bool FieldsEqual(BlobRef other);

    private protected abstract int FieldsHashCode();
}
