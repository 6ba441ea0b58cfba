using System.Text.Json;
using Dataforts.Content;

namespace Dataforts.Cli.Json;

/// <summary>An encoding as JSON: <c>{"kind":"replicated"}</c> or <c>{"kind":"rs","k":10,"m":4}</c>.</summary>
internal static class EncodingJson
{
    public static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, BlobEncoding encoding)
    {
        json.WriteStartObject(name);
        json.WriteString("kind"u8, encoding.IsReedSolomon ? "rs"u8 : "replicated"u8);
        if (encoding.IsReedSolomon)
        {
            json.WriteNumber("k"u8, encoding.DataShards);
            json.WriteNumber("m"u8, encoding.ParityShards);
        }
        json.WriteEndObject();
    }

    /// <exception cref="ItemException">Not such an object.</exception>
    /// <exception cref="DecodeException">The format does not allow this k and m.</exception>
    public static BlobEncoding Read(JsonElement element)
    {
        string kind = JsonFields.KindOf(element, "an encoding");
        if (kind == "replicated")
        {
            _ = new JsonFields(element, "a replicated encoding", "kind");
            return BlobEncoding.Replicated;
        }
        if (kind != "rs") throw ItemException.Invalid($"an encoding is of the kind replicated or rs, not '{kind}'");
        var fields = new JsonFields(element, "an encoding of the kind rs", "kind", "k", "m");
        return BlobEncoding.ReedSolomon(fields.Small("k", byte.MaxValue), fields.Small("m", byte.MaxValue));
    }
}
