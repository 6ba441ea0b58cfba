using System.Text.Json;
using Dataforts.Cli.Json;
using Dataforts.Cli.Output;
using Dataforts.Content;

namespace Dataforts.Cli.Commands.Inspect;

/// <summary>The answer to a line that is a tree node.</summary>
internal static class NodeLine
{
    public static void Write(ResultWriter results, long line, TreeNode node)
    {
        Utf8JsonWriter json = results.BeginObject();
        json.WriteNumber("line"u8, line);
        json.WriteStartObject("node"u8);
        NodeJson.WriteFields(json, node);
        json.WriteEndObject();
        results.EndObject();
    }
}
