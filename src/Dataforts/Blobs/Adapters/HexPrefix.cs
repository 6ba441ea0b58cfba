using Dataforts.Content;

namespace Dataforts.Blobs.Adapters;

/// <summary>Addresses by how their hex begins.</summary>
internal static class HexPrefix
{
    /// <summary>Whether the hash's lower-case hex begins with <paramref name="prefix"/>; allocates nothing.</summary>
    public static bool Matches(in BlobHash hash, ReadOnlySpan<char> prefix)
    {
        if (prefix.IsEmpty) return true;
        Span<char> digits = stackalloc char[BlobHash.HexLength];
        hash.WriteHex(digits);
        return digits.StartsWith(prefix);
    }
}
