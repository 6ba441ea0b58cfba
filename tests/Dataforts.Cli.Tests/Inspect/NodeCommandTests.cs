using System.Text.Json;
using System.Text.Json.Nodes;
using Dataforts.Cli.Tests.Running;

namespace Dataforts.Cli.Tests.Inspect;

public sealed class NodeCommandTests
{
    private const string Hash = "abababababababababababababababababababababababababababababababab";

    public static TheoryData<string, string, string, long> Vectors => NodeVectors.All;

    [Theory]
    [MemberData(nameof(Vectors))]
    public async Task Vectors_decode_and_encode(string hex, string address, string json, long coveredBytes)
    {
        CliRun decoded = await Running.Cli.RunWithInputAsync(hex, "inspect", "node-decode");
        CliRun encoded = await Running.Cli.RunWithInputAsync(json.ReplaceLineEndings(""), "inspect", "node-encode");
        Assert.Equal(0, decoded.ExitCode);
        Assert.Equal(decoded.OutputText, encoded.OutputText);
        JsonObject said = JsonNode.Parse(decoded.OutputText)!["node"]!.AsObject();
        Assert.Equal(hex, (string?)said["encoded"]);
        Assert.Equal(address, (string?)said["address"]);
        Assert.Equal(coveredBytes, (long?)said["coveredBytes"]);
        foreach (string name in (string[])["encoded", "address", "coveredBytes"]) said.Remove(name);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), said), said.ToJsonString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("0301")]
    [InlineData("0000")]
    [InlineData("0100")]
    [InlineData("0200")]
    [InlineData("02010000")]
    [InlineData("0101" + Hash + "0000")]
    [InlineData("0101" + Hash + "8180800800")]
    [InlineData("0101" + Hash + "0102")]
    [InlineData("0101" + Hash + "010000")]
    [InlineData("00ffffffff0f")]
    [InlineData("02ffffffffffffffffff01")]
    public async Task What_breaks_the_format_is_a_decode_error(string hex)
    {
        CliRun run = await Running.Cli.RunWithInputAsync(hex + "\n", "inspect", "node-decode");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal("Decode", run.Json.GetProperty("error").GetProperty("kind").GetString());
    }

    [Fact]
    public async Task Long_nodes_are_decode_errors()
    {
        CliRun run = await Running.Cli.RunWithInputAsync(new string('0', 2 * 65_537) + "\n" + new string('f', 64), "inspect", "node-decode");
        Assert.Equal(["Decode", "Decode"], run.OutputLines.Select((_, i) => run.JsonLine(i).GetProperty("error").GetProperty("kind").GetString()));
    }

    [Fact]
    public async Task Sizes_above_2_to_the_53_are_strings_both_ways()
    {
        string json = $$"""{"kind":"internal","children":[{"hash":"{{Hash}}","size":9007199254740991},{"hash":"{{Hash}}","size":"9007199254740992"}]}""";
        CliRun run = await Running.Cli.RunWithInputAsync(json, "inspect", "node-encode");
        JsonElement node = run.Json.GetProperty("node");
        Assert.Equal(9007199254740991, node.GetProperty("children")[0].GetProperty("size").GetInt64());
        Assert.Equal("9007199254740992", node.GetProperty("children")[1].GetProperty("size").GetString());
        Assert.Equal("18014398509481983", node.GetProperty("coveredBytes").GetString());
    }

    [Theory]
    [InlineData("""{"kind":"leaf","chunks":[{"hash":"HASH","size":1}]}""", "InvalidArgument")]
    [InlineData("""{"kind":"leaf","chunks":[{"hash":"HASH","size":1,"role":"spare"}]}""", "InvalidArgument")]
    [InlineData("""{"kind":"leaf","chunks":[{"hash":"HASH","size":1,"role":"data","index":0}]}""", "InvalidArgument")]
    [InlineData("""{"kind":"leaf","chunks":[{"hash":"HASH","size":1,"role":"parity"}]}""", "InvalidArgument")]
    [InlineData("""{"kind":"leaf","chunks":[{"hash":"HASH","size":1,"role":"parity","index":256}]}""", "Decode")]
    [InlineData("""{"kind":"leaf","chunks":[{"hash":"HASH","size":0,"role":"data"}]}""", "Decode")]
    [InlineData("""{"kind":"leaf","chunks":[{"hash":"HASH","size":16777217,"role":"data"}]}""", "Decode")]
    [InlineData("""{"kind":"leaf","chunks":[]}""", "Decode")]
    [InlineData("""{"kind":"leaf","chunks":[],"address":"HASH"}""", "InvalidArgument")]
    [InlineData("""{"kind":"leaf","children":[]}""", "InvalidArgument")]
    [InlineData("""{"kind":"internal","children":[{"hash":"HASH","size":"18446744073709551615"},{"hash":"HASH","size":1}]}""", "Decode")]
    [InlineData("""{"kind":"erasureLeaf","stripes":[{"encoding":{"kind":"rs","k":2,"m":1},"chunks":[]}]}""", "Decode")]
    [InlineData("""{"kind":"erasureLeaf","stripes":[{"chunks":[]}]}""", "InvalidArgument")]
    public async Task JSON_is_read_strictly(string json, string kind)
    {
        CliRun run = await Running.Cli.RunWithInputAsync(json.Replace("HASH", Hash, StringComparison.Ordinal), "inspect", "node-encode");
        Assert.Equal(kind, run.Json.GetProperty("error").GetProperty("kind").GetString());
    }
}
