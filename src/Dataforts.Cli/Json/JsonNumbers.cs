using System.Globalization;
using System.Text.Json;
using Dataforts.Content;

namespace Dataforts.Cli.Json;

/// <summary>How numbers, hashes and bytes are written in JSON.</summary>
internal static class JsonNumbers
{
    /// <summary>The largest integer that every JSON reader keeps exactly.</summary>
    private const ulong LargestExact = (1UL << 53) - 1;

    /// <summary>A JSON number, or a decimal string where a reader might round it.</summary>
    public static void WriteUInt64(this Utf8JsonWriter json, ReadOnlySpan<byte> name, ulong value)
    {
        if (value <= LargestExact)
            json.WriteNumber(name, value);
        else
            json.WriteString(name, value.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>64 hex digits.</summary>
    public static void WriteHash(this Utf8JsonWriter json, ReadOnlySpan<byte> name, BlobHash hash)
    {
        Span<byte> hex = stackalloc byte[BlobHash.HexLength];
        hash.WriteHex(hex);
        json.WriteString(name, hex);
    }

    /// <summary>Bytes in hex.</summary>
    public static void WriteHex(this Utf8JsonWriter json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> bytes) =>
        json.WriteString(name, Hex.Format(bytes));

    /// <summary>Hashes in a list.</summary>
    public static void WriteHashes(this Utf8JsonWriter json, ReadOnlySpan<byte> name, IEnumerable<BlobHash> hashes)
    {
        Span<byte> hex = stackalloc byte[BlobHash.HexLength];
        json.WriteStartArray(name);
        foreach (BlobHash hash in hashes)
        {
            hash.WriteHex(hex);
            json.WriteStringValue(hex);
        }
        json.WriteEndArray();
    }
}
