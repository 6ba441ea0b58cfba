using System.Text;
using System.Text.Json;
using Dataforts.Cli.Tests.Running;
using Dataforts.Content;
using Dataforts.Testing;

namespace Dataforts.Cli.Tests.Blobs;

/// <summary>Bytes out: <c>get</c> and <c>cat</c> to standard output, ranges, and what cannot be had.</summary>
public sealed class GetCommandTests
{
    private static readonly byte[] Content = SpecRandom.Bytes(20, 300_000);

    [Fact]
    public async Task A_blob_comes_back_by_name_text_and_hex_of_every_kind()
    {
        using var cli = new StoreCli();
        foreach (string shape in (string[])["tree", "manifest", "small"])
        {
            JsonElement put = await cli.PutAsync(Content, "--as", shape, "--name", shape, "--chunking", shape == "tree" ? "fixed:1000" : "auto");
            foreach (string target in (string[])[shape, put.Text("ref"), put.Text("encoded")])
            {
                Assert.Equal(Content, await cli.GetAsync(target));
                Assert.Equal(Content, (await cli.RunAsync("cat", target, "--json")).Output);
                Assert.Equal(Content, await cli.GetAsync(target, "-o", "-"));
            }
        }
    }

    [Theory]
    [InlineData("--offset 0", 0, 300_000)]
    [InlineData("--offset 999 --length 2", 999, 2)]
    [InlineData("--length 1", 0, 1)]
    [InlineData("--length 0", 0, 0)]
    [InlineData("--offset 300000", 300_000, 0)]
    [InlineData("--offset 300000 --length 0", 300_000, 0)]
    [InlineData("--offset 299999 --length 1", 299_999, 1)]
    [InlineData("--length 300000", 0, 300_000)]
    [InlineData("--offset 1KiB --length 200KiB", 1024, 204_800)]
    public async Task A_range_is_exactly_that(string range, int start, int length)
    {
        using var cli = new StoreCli();
        foreach (string shape in (string[])["tree", "manifest", "small"])
        {
            string text = (await cli.PutAsync(Content, "--as", shape)).Text("ref");
            Assert.Equal(Content.AsSpan(start, length).ToArray(), await cli.GetAsync([text, .. range.Split(' ')]));
            Assert.Equal(Content.AsSpan(start, length).ToArray(), await cli.GetAsync([.. range.Split(' '), text]));
            CliRun file = await cli.RunAsync(["--json", "get", text, "-o", cli["out"], .. range.Split(' ')]);
            Assert.Equal((cli["out"], length), (file.Json.Text("path"), file.Json.Number("bytes")));
            Assert.Equal(length, new FileInfo(cli["out"]).Length);
        }
    }

    [Theory]
    [InlineData("--offset 300001")]
    [InlineData("--offset 300000 --length 1")]
    [InlineData("--length 300001")]
    [InlineData("--offset 1 --length 300000")]
    [InlineData("--offset 9223372036854775807")]
    [InlineData("--offset 1 --length 9223372036854775807")]
    [InlineData("--offset 9223372036854775808")]
    [InlineData("--offset -1")]
    [InlineData("--length -1")]
    [InlineData("--offset 1e3")]
    [InlineData("--offset=")]
    public async Task A_range_outside_exits_2_and_writes_nothing(string range)
    {
        using var cli = new StoreCli();
        await cli.PutAsync(Content, "--name", "n");
        await cli.FailsAsync(2, "InvalidArgument", ["get", "n", .. range.Split(' ')]);
        await cli.FailsAsync(2, "InvalidArgument", ["get", "n", "-o", cli["out"], .. range.Split(' ')]);
        await cli.FailsAsync(2, "InvalidArgument", ["cat", "n", .. range.Split(' ')]);
        Assert.False(File.Exists(cli["out"]));
    }

    [Theory]
    [InlineData("df1-")]
    [InlineData("df1-nonsense")]
    [InlineData("b0b1b2b3")]
    [InlineData("b0b1b2b30")]
    [InlineData("b0b1b2b3zz")]
    [InlineData("b0b1b2b3AB")]
    [InlineData("b0b1b2b301")]
    [InlineData("b0b1b2b3fe00")]
    [InlineData("-")]
    public async Task A_ref_that_does_not_parse_exits_2(string text)
    {
        using var cli = new StoreCli();
        await cli.PutAsync([1], "--name", "n");
        foreach (string[] command in (string[][])[["get", text], ["cat", text], ["stat", text], ["pin", text], ["unpin", text], ["name", "set", "x", text]])
        {
            CliRun run = await cli.RunAsync(["--json", .. command]);
            Assert.Equal((2, ""), (run.ExitCode, run.OutputText));
            Assert.NotEmpty(run.ErrorKind);
        }
    }

    [Fact]
    public async Task A_ref_with_an_unknown_version_says_so()
    {
        using var cli = new StoreCli();
        await cli.PutAsync([1]);
        await cli.FailsAsync(2, "UnsupportedVersion", "get", "b0b1b2b3fe" + new string('0', 80));
    }

    [Fact]
    public async Task What_is_not_there_exits_3_and_the_kind_says_what()
    {
        using var cli = new StoreCli();
        string absent = SmallRef.Create(BlobHash.Compute("absent"u8), 6).ToText();
        await cli.FailsAsync(3, "StoreNotFound", "get", "n");
        await cli.FailsAsync(3, "StoreNotFound", "get", absent);
        await cli.PutAsync([1], "--name", "there");
        await cli.FailsAsync(3, "NameNotFound", "get", "n");
        await cli.FailsAsync(3, "BlobNotFound", "get", absent);
        await cli.FailsAsync(3, "BlobNotFound", "get", absent, "-o", cli["out"]);
        await cli.FailsAsync(3, "BlobNotFound", "cat", "there", absent);
        await cli.FailsAsync(3, "NameNotFound", "cat", "there", "n");
        Assert.False(File.Exists(cli["out"]));
        ManifestRef manifest = ManifestRef.Create(default, BlobEncoding.Replicated, [new ChunkRef(BlobHash.Compute("absent"u8), 6)]);
        await cli.FailsAsync(3, "BlobNotFound", "get", manifest.ToText());
        await cli.FailsAsync(3, "BlobNotFound", "get", StoreCli.HexOf(manifest));
        await cli.FailsAsync(3, "BlobNotFound", "get", TreeRef.Create(BlobEncoding.Replicated, default, 1, 1).ToText());
    }

    [Fact]
    public async Task What_is_partly_there_exits_4()
    {
        using var cli = new StoreCli();
        BlobHash here = BlobHash.Parse((await cli.PutAsync(new byte[4 << 20], "--as", "small")).Text("hash"));
        var chunks = new[] { new ChunkRef(here, 4 << 20), new ChunkRef(BlobHash.Compute("absent"u8), 6) };
        string half = StoreCli.HexOf(ManifestRef.Create(default, BlobEncoding.Replicated, [.. chunks]));
        CliRun run = await cli.RunAsync("--json", "get", half);
        Assert.Equal((4, "ChunkMissing"), (run.ExitCode, run.ErrorKind));
        Assert.Contains(BlobHash.Compute("absent"u8).ToHex(), run.ErrorText, StringComparison.Ordinal);
        await cli.FailsAsync(4, "ChunkMissing", "get", half, "-o", cli["out"]);
        Assert.False(File.Exists(cli["out"]));
        // What is there can be had.
        Assert.Equal(new byte[10], await cli.GetAsync(half, "--length", "10"));
    }

    [Fact]
    public async Task A_ref_that_lies_about_a_chunks_size_exits_4()
    {
        using var cli = new StoreCli();
        BlobHash hash = BlobHash.Parse((await cli.PutAsync(Content, "--as", "small")).Text("hash"));
        foreach (ulong size in (ulong[])[0, 1, 299_999, 300_001, 16 << 20, (16 << 20) + 1, 1ul << 34])
        {
            string lie = SmallRef.Create(hash, size).ToText();
            CliRun run = await cli.RunAsync("--json", "get", lie);
            Assert.Equal((4, ""), (run.ExitCode, run.OutputText));
            JsonElement stat = await cli.JsonAsync("stat", lie);
            Assert.False(stat.GetProperty("present").GetBoolean());
            Assert.Equal([hash.ToHex()], stat.Texts("corruptChunks").Concat(stat.Texts("missingChunks")));
        }
    }

    [Fact]
    public async Task A_manifest_whose_stored_encoding_is_none_exits_4()
    {
        using var cli = new StoreCli();
        BlobHash hash = BlobHash.Parse((await cli.PutAsync(Encoding.UTF8.GetBytes("no manifest"))).Text("hash"));
        string text = BlobRefText.Format(new ManifestAddress(hash));
        foreach (string command in (string[])["get", "stat", "pin"]) await cli.FailsAsync(4, "NodeInvalid", command, text);
    }

    [Fact]
    public async Task Several_blobs_are_joined_and_one_that_is_wrong_writes_nothing()
    {
        using var cli = new StoreCli();
        await cli.PutAsync("12345"u8.ToArray(), "--name", "a");
        await cli.PutAsync("67"u8.ToArray(), "--name", "b");
        Assert.Equal("1234567"u8.ToArray(), (await cli.RunAsync("cat", "a", "b")).Output);
        Assert.Equal("27"u8.ToArray(), (await cli.RunAsync("cat", "a", "b", "--offset", "1", "--length", "1")).Output);
        await cli.FailsAsync(2, "InvalidArgument", "cat", "a", "b", "--offset", "3");
        await cli.FailsAsync(2, "InvalidArgument", "cat", "a", "-");
        await cli.FailsAsync(2, "InvalidArgument", "cat");
    }
}
