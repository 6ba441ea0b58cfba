using System.Text.Json;
using Dataforts.Cli.Json;
using Dataforts.Cli.Output;
using Dataforts.Content;

namespace Dataforts.Cli.Commands.Inspect;

/// <summary>The answer to a line that is a ref.</summary>
internal static class RefLine
{
    public static void Write(ResultWriter results, long line, BlobRef blobRef)
    {
        Utf8JsonWriter json = results.BeginObject();
        json.WriteNumber("line"u8, line);
        json.WriteStartObject("ref"u8);
        RefJson.WriteFields(json, blobRef);
        json.WriteEndObject();
        results.EndObject();
    }
}
