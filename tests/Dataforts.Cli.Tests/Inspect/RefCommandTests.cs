using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dataforts.Cli.Tests.Running;
using Dataforts.Content;

namespace Dataforts.Cli.Tests.Inspect;

public sealed class RefCommandTests
{
    public static TheoryData<string, string> Vectors => RefVectors.All;

    [Theory]
    [MemberData(nameof(Vectors))]
    public async Task Vectors_decode_and_encode(string hex, string json)
    {
        CliRun decoded = await Running.Cli.RunWithInputAsync(hex, "inspect", "ref-decode");
        CliRun encoded = await Running.Cli.RunWithInputAsync(json.ReplaceLineEndings(""), "inspect", "ref-encode");
        Assert.Equal(0, decoded.ExitCode);
        Assert.Equal(decoded.OutputText, encoded.OutputText);
        Assert.Equal(1, decoded.Json.GetProperty("line").GetInt32());
        JsonObject said = JsonNode.Parse(decoded.OutputText)!["ref"]!.AsObject();
        Assert.Equal(hex, (string?)said["encoded"]);
        string text = (string)said["text"]!;
        Assert.StartsWith("df1-", text, StringComparison.Ordinal);
        said.Remove("encoded");
        said.Remove("text");
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), said), said.ToJsonString());

        CliRun fromText = await Running.Cli.RunWithInputAsync(text + "\r\n", "inspect", "ref-decode");
        if ((string?)said["kind"] == "manifest")
            Assert.Equal("InvalidArgument", fromText.Json.GetProperty("error").GetProperty("kind").GetString());
        else
            Assert.Equal(decoded.OutputText, fromText.OutputText);
    }

    [Theory]
    [InlineData("", "NotARef")]
    [InlineData("b0b1b2", "NotARef")]
    [InlineData("b0b1b20001", "NotARef")]
    [InlineData("0001020304", "NotARef")]
    [InlineData("b0b1b2b3", "Decode")]
    [InlineData("b0b1b2b302", "Decode")]
    [InlineData("b0b1b2b30201000201", "Decode")]
    [InlineData("b0b1b2b3020100000000", "Decode")]
    [InlineData(RefVectors.Small + "ff", "Decode")]
    [InlineData(RefVectors.Manifest + "ee", "Decode")]
    [InlineData(RefVectors.Tree + "00", "Decode")]
    [InlineData("B0B1B2B3", "InvalidArgument")]
    [InlineData("b0b1b2b", "InvalidArgument")]
    [InlineData(" b0b1b2b3", "InvalidArgument")]
    [InlineData("b0b1b2b3 ", "InvalidArgument")]
    [InlineData("0x00", "InvalidArgument")]
    [InlineData("größe", "InvalidArgument")]
    [InlineData("df1-", "Decode")]
    [InlineData("df1-aaaa", "Decode")]
    public async Task Bad_items_are_answered_in_their_place(string line, string kind)
    {
        CliRun run = await Running.Cli.RunWithInputAsync($"{RefVectors.Small}\n{line}\n{RefVectors.Tree}", "--json", "inspect", "ref-decode");
        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Error);
        Assert.Equal(3, run.OutputLines.Length);
        Assert.Equal("small", run.JsonLine(0).GetProperty("ref").GetProperty("kind").GetString());
        Assert.Equal(2, run.JsonLine(1).GetProperty("line").GetInt32());
        JsonElement error = run.JsonLine(1).GetProperty("error");
        Assert.Equal(kind, error.GetProperty("kind").GetString());
        Assert.NotEmpty(error.GetProperty("message").GetString()!);
        Assert.Equal(3, run.JsonLine(2).GetProperty("line").GetInt32());
        Assert.Equal("tree", run.JsonLine(2).GetProperty("ref").GetProperty("kind").GetString());
    }

    [Theory]
    [InlineData(RefVectors.Small, 4, "fe", 254)]
    [InlineData(RefVectors.Small, 4, "00", 0)]
    [InlineData(RefVectors.Manifest, 5, "fe", 254)]
    [InlineData(RefVectors.Tree, 5, "ef", 239)]
    public async Task An_unknown_version_is_named(string vector, int at, string with, int version)
    {
        string line = vector.Remove(at * 2, 2).Insert(at * 2, with);
        CliRun run = await Running.Cli.RunWithInputAsync(line, "inspect", "ref-decode");
        JsonElement error = run.Json.GetProperty("error");
        Assert.Equal("UnsupportedVersion", error.GetProperty("kind").GetString());
        Assert.Equal(version, error.GetProperty("version").GetInt32());
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"kind":1}""")]
    [InlineData("""{"kind":"blob"}""")]
    [InlineData("""{"kind":"small","uri":"u","hash":"HASH"}""")]
    [InlineData("""{"kind":"small","uri":"u","hash":"HASH","size":1,"extra":1}""")]
    [InlineData("""{"kind":"small","uri":"u","hash":"HASH","size":1,"text":"df1-a"}""")]
    [InlineData("""{"kind":"small","uri":"u","uri":"u","hash":"HASH","size":1}""")]
    [InlineData("""{"kind":"small","uri":"u","hash":"HASH","size":1} {}""")]
    [InlineData("""{"kind":"small","uri":"u","hash":"HASH","size":1,}""")]
    [InlineData("""{"kind":"small","uri":"u","hash":"HASH","size":-1}""")]
    [InlineData("""{"kind":"small","uri":"u","hash":"HASH","size":1.5}""")]
    [InlineData("""{"kind":"small","uri":"u","hash":"HASH","size":1e3}""")]
    [InlineData("""{"kind":"small","uri":"u","hash":"HASH","size":"01"}""")]
    [InlineData("""{"kind":"small","uri":"u","hash":"HASH","size":" 1"}""")]
    [InlineData("""{"kind":"small","uri":"u","hash":"HASH","size":"18446744073709551616"}""")]
    [InlineData("""{"kind":"small","uri":"u","hash":"HASH","size":true}""")]
    [InlineData("""{"kind":"small","uri":null,"hash":"HASH","size":1}""")]
    [InlineData("""{"kind":"small","uri":"\ud800","hash":"HASH","size":1}""")]
    [InlineData("""{"kind":"small","uri":"u","hash":"ABHASH","size":1}""")]
    [InlineData("""{"kind":"small","uri":"u","hash":"00","size":1}""")]
    [InlineData("""{"kind":"tree","uri":"u","encoding":{"kind":"xor"},"rootHash":"HASH","size":1,"depth":1}""")]
    [InlineData("""{"kind":"tree","uri":"u","encoding":{"kind":"rs","k":2},"rootHash":"HASH","size":1,"depth":1}""")]
    [InlineData("""{"kind":"tree","uri":"u","encoding":{"kind":"replicated","k":2},"rootHash":"HASH","size":1,"depth":1}""")]
    [InlineData("""{"kind":"tree","uri":"u","encoding":"replicated","rootHash":"HASH","size":1,"depth":1}""")]
    [InlineData("""{"kind":"manifest","uri":"u","encoding":{"kind":"replicated"},"chunks":{},"size":1}""")]
    [InlineData("""{"kind":"manifest","uri":"u","encoding":{"kind":"replicated"},"chunks":[1],"size":1}""")]
    public Task What_is_not_a_refs_JSON_is_an_invalid_argument(string json) => RefusedAsync(json, "InvalidArgument");

    [Theory]
    [InlineData("""{"kind":"small","uri":"u","hash":"HASH","size":17179869185}""")]
    [InlineData("""{"kind":"tree","uri":"u","encoding":{"kind":"replicated"},"rootHash":"HASH","size":0,"depth":1}""")]
    [InlineData("""{"kind":"tree","uri":"u","encoding":{"kind":"replicated"},"rootHash":"HASH","size":127,"depth":2}""")]
    [InlineData("""{"kind":"tree","uri":"u","encoding":{"kind":"replicated"},"rootHash":"HASH","size":127,"depth":5}""")]
    [InlineData("""{"kind":"tree","uri":"u","encoding":{"kind":"replicated"},"rootHash":"HASH","size":127,"depth":300}""")]
    [InlineData("""{"kind":"tree","uri":"u","encoding":{"kind":"replicated"},"rootHash":"HASH","size":"144115188075855873","depth":4}""")]
    [InlineData("""{"kind":"tree","uri":"u","encoding":{"kind":"rs","k":0,"m":1},"rootHash":"HASH","size":1,"depth":1}""")]
    [InlineData("""{"kind":"tree","uri":"u","encoding":{"kind":"rs","k":100,"m":29},"rootHash":"HASH","size":1,"depth":1}""")]
    [InlineData("""{"kind":"tree","uri":"u","encoding":{"kind":"rs","k":1000,"m":1},"rootHash":"HASH","size":1,"depth":1}""")]
    [InlineData("""{"kind":"manifest","uri":"u","encoding":{"kind":"replicated"},"chunks":[],"size":0}""")]
    [InlineData("""{"kind":"manifest","uri":"u","encoding":{"kind":"replicated"},"chunks":[{"hash":"HASH","size":7}],"size":8}""")]
    [InlineData("""{"kind":"manifest","uri":"u","encoding":{"kind":"replicated"},"chunks":[{"hash":"HASH","size":5000000000}],"size":8}""")]
    public Task What_the_format_refuses_is_a_decode_error(string json) => RefusedAsync(json, "Decode");

    [Fact]
    public async Task Bytes_that_are_no_UTF8_are_an_invalid_argument()
    {
        CliRun run = await Running.Cli.RunWithInputAsync([.. "{\"kind\":\""u8, 0xff, .. "\"}"u8], "inspect", "ref-encode");
        Assert.Equal("InvalidArgument", run.Json.GetProperty("error").GetProperty("kind").GetString());
    }

    [Fact]
    public async Task A_Smalls_URI_may_have_a_mebibyte()
    {
        string uri = "s3://" + new string('ü', (1 << 19) - 3) + "x";
        Assert.Equal(1 << 20, Encoding.UTF8.GetByteCount(uri));
        string json = $$"""{"kind":"small","uri":"{{uri}}","hash":"{{RefVectors.Repeat("ab")}}","size":1}""";
        CliRun encoded = await Running.Cli.RunWithInputAsync(json, "inspect", "ref-encode");
        string hex = encoded.Json.GetProperty("ref").GetProperty("encoded").GetString()!;
        CliRun decoded = await Running.Cli.RunWithInputAsync(hex, "inspect", "ref-decode");
        Assert.Equal(uri, decoded.Json.GetProperty("ref").GetProperty("uri").GetString());
        Assert.Equal(encoded.OutputText, decoded.OutputText);
    }

    [Fact]
    public async Task A_Trees_URI_may_not()
    {
        string json = $$$"""
            {"kind":"tree","uri":"{{{new string('u', 1000)}}}","encoding":{"kind":"replicated"},"rootHash":"{{{RefVectors.Repeat("ab")}}}","size":1,"depth":1}
            """;
        await RefusedAsync(json, "Decode");
    }

    [Fact]
    public async Task A_mistyped_text_is_a_decode_error()
    {
        string text = BlobRef.Decode(Convert.FromHexString(RefVectors.Small)).ToText();
        CliRun run = await Running.Cli.RunWithInputAsync(text[..^1] + (text[^1] == 'a' ? 'b' : 'a'), "inspect", "ref-decode");
        Assert.Equal("Decode", run.Json.GetProperty("error").GetProperty("kind").GetString());
    }

    private static async Task RefusedAsync(string json, string kind)
    {
        string line = json
            .Replace("ABHASH", RefVectors.Repeat("AB"), StringComparison.Ordinal)
            .Replace("HASH", RefVectors.Repeat("ab"), StringComparison.Ordinal);
        CliRun run = await Running.Cli.RunWithInputAsync(line + "\n", "inspect", "ref-encode");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(kind, run.Json.GetProperty("error").GetProperty("kind").GetString());
    }
}
