using System.Text.Json;

namespace Dataforts.Cli.Tests.Blobs;

/// <summary>Fields of results, of the JSON type they must have.</summary>
internal static class JsonReading
{
    public static string Text(this JsonElement json, string name) => json.GetProperty(name).GetString()!;

    public static int Number(this JsonElement json, string name) => json.GetProperty(name).GetInt32();

    public static long Long(this JsonElement json, string name) => json.GetProperty(name).GetInt64();

    public static string[] Texts(this JsonElement json, string name) => [.. json.GetProperty(name).EnumerateArray().Select(item => item.GetString()!)];
}
