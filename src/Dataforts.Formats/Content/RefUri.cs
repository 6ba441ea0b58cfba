using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Dataforts.Content;

/// <summary>A ref's URI as its UTF-8 bytes. The usual one, <c>mesh://</c> + hash, is kept as the hash and costs no allocation.</summary>
internal readonly struct RefUri : IEquatable<RefUri>
{
    public const string MeshPrefix = "mesh://";
    public const string MeshScheme = "mesh";
    private const int MeshLength = 7 + BlobHash.HexLength;

    // Null when the URI is mesh:// + _mesh.
    private readonly byte[]? _utf8;
    private readonly BlobHash _mesh;

    private RefUri(byte[] utf8) => _utf8 = utf8;

    private RefUri(BlobHash mesh) => _mesh = mesh;

    private static ReadOnlySpan<byte> MeshPrefixUtf8 => "mesh://"u8;

    public int LengthBytes => _utf8?.Length ?? MeshLength;

    public string Scheme
    {
        get
        {
            if (_utf8 is null)
                return MeshScheme;
            int colon = _utf8.AsSpan().IndexOf((byte)':');
            return colon < 0 ? "" : Encoding.UTF8.GetString(_utf8.AsSpan(0, colon));
        }
    }

    public static RefUri FromMesh(BlobHash hash) => new(hash);

    public static RefUri FromText(string uri)
    {
        ArgumentNullException.ThrowIfNull(uri);
        if (uri.Length == MeshLength && uri.StartsWith(MeshPrefix, StringComparison.Ordinal)
            && BlobHash.TryParse(uri.AsSpan(MeshPrefix.Length), out BlobHash mesh))
        {
            return new RefUri(mesh);
        }
        // A string within the limit has a byte count within an int.
        long length = uri.Length > FormatLimits.SmallUriMaxBytes ? uri.Length : Encoding.UTF8.GetByteCount(uri);
        EnsureLength(length);
        var utf8 = new byte[length];
        if (Utf8.FromUtf16(uri, utf8, out _, out int written, replaceInvalidSequences: false) != OperationStatus.Done || written != length)
            throw new DecodeException(DecodeError.UriNotUtf8, "The URI holds a lone surrogate, which UTF-8 cannot carry.");
        return new RefUri(utf8);
    }

    public static RefUri FromUtf8(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length == MeshLength && utf8.StartsWith(MeshPrefixUtf8)
            && BlobHash.TryParse(utf8[MeshPrefixUtf8.Length..], out BlobHash mesh))
        {
            return new RefUri(mesh);
        }
        EnsureLength(utf8.Length);
        if (!Utf8.IsValid(utf8))
            throw new DecodeException(DecodeError.UriNotUtf8, "The URI is not UTF-8.");
        return new RefUri(utf8.ToArray());
    }

    public bool IsMesh(in BlobHash hash) => _utf8 is null && _mesh == hash;

    public int Write(Span<byte> destination)
    {
        if (_utf8 is not null)
        {
            _utf8.CopyTo(destination);
            return _utf8.Length;
        }
        MeshPrefixUtf8.CopyTo(destination);
        _mesh.WriteHex(destination[MeshPrefixUtf8.Length..]);
        return MeshLength;
    }

    public bool Equals(RefUri other) => _utf8 is null
        ? other._utf8 is null && _mesh == other._mesh
        : other._utf8 is not null && _utf8.AsSpan().SequenceEqual(other._utf8);

    public override bool Equals(object? obj) => obj is RefUri other && Equals(other);

    public override int GetHashCode() => _utf8 is null ? _mesh.GetHashCode() : _utf8.Length;

    public override string ToString() => _utf8 is null ? _mesh.ToHex(MeshPrefix) : Encoding.UTF8.GetString(_utf8);

    private static void EnsureLength(long lengthBytes)
    {
        if (lengthBytes > FormatLimits.SmallUriMaxBytes)
        {
            throw new DecodeException(
                DecodeError.UriTooLong,
                $"A URI of {lengthBytes} bytes is above the limit of {FormatLimits.SmallUriMaxBytes} bytes.");
        }
    }
}
