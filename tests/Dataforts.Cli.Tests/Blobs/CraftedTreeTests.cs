using System.Diagnostics;
using System.Text.Json;
using Dataforts.Cli.Tests.Running;
using Dataforts.Content;
using Dataforts.Testing;

namespace Dataforts.Cli.Tests.Blobs;

/// <summary>Trees that nobody's <c>put</c> makes, through refs that somebody typed.</summary>
public sealed class CraftedTreeTests
{
    private const ulong Claimed = 1ul << 52;

    [Fact]
    public async Task Five_stored_nodes_that_claim_2_to_the_52_bytes_cost_what_they_are()
    {
        using var cli = new StoreCli();
        CraftedTree tree = await CraftedTree.RepeatingAsync(cli);
        Assert.Equal(Claimed, tree.Ref.SizeBytes);
        JsonElement stat = await cli.JsonAsync("stat", tree.Hex);
        Assert.True(stat.GetProperty("present").GetBoolean());
        Assert.Equal(Claimed, stat.GetProperty("size").GetUInt64());
        Assert.Empty(stat.Texts("missingChunks"));
        await cli.JsonAsync("pin", tree.Text);
        await cli.JsonAsync("name", "set", "huge", tree.Hex);
        Assert.Equal(5, (await cli.JsonAsync("verify")).Number("chunks"));
        Assert.Equal(new byte[10], await cli.GetAsync("huge", "--offset", "4503599627370486", "--length", "10"));
        Assert.Equal(new byte[10], await cli.GetAsync("huge", "--offset", "2251799813685243", "--length", "10"));
        await cli.FailsAsync(6, "NoSpace", "get", "huge", "-o", cli["out"]);
        await cli.JsonAsync("rm", "huge");
        await cli.JsonAsync("unpin", tree.Hex);
        await cli.FailsAsync(3, "PinNotFound", "unpin", tree.Hex);
    }

    [Fact]
    public async Task It_takes_little_time_and_memory_as_a_process()
    {
        Assert.SkipWhen(!OperatingSystem.IsLinux(), "The test reads /proc.");
        using var cli = new StoreCli();
        CraftedTree tree = await CraftedTree.RepeatingAsync(cli);
        await cli.JsonAsync("name", "set", "huge", tree.Hex);
        foreach (string command in (string[])["stat huge", "verify", "rm huge"])
        {
            var watch = Stopwatch.StartNew();
            using Process process = cli.Start(["--json", .. command.Split(' ')]);
            Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            long peak = 0;
            while (!process.WaitForExit(10)) peak = Math.Max(peak, process.HasExited ? 0 : Signals.PeakBytes(process));
            Assert.Equal(0, process.ExitCode);
            Assert.NotEmpty(await output);
            Assert.InRange(watch.Elapsed.TotalSeconds, 0, 20);
            Assert.InRange(peak, 0, 256L << 20);
        }
    }

    [Fact]
    public async Task A_size_that_no_json_reader_keeps_is_a_string()
    {
        using var cli = new StoreCli();
        await cli.PutAsync([1]);
        const string Vector = "b0b1b2b30301086d6573683a2f2f6d00cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd80808080808080800204";
        JsonElement stat = await cli.JsonAsync("stat", Vector);
        Assert.Equal("144115188075855872", stat.Text("size"));
        Assert.False(stat.GetProperty("present").GetBoolean());
        Assert.Equal([string.Concat(Enumerable.Repeat("cd", 32))], stat.Texts("missingChunks"));
        await cli.FailsAsync(3, "BlobNotFound", "get", Vector);
        await cli.FailsAsync(3, "BlobNotFound", "pin", Vector);
        await cli.FailsAsync(3, "BlobNotFound", "name", "set", "n", Vector);
        TreeRef exact = TreeRef.Create(BlobEncoding.Replicated, default, (1ul << 53) - 1, 4);
        Assert.Equal(JsonValueKind.Number, (await cli.JsonAsync("stat", exact.ToText())).GetProperty("size").ValueKind);
        TreeRef beyond = TreeRef.Create(BlobEncoding.Replicated, default, 1ul << 53, 4);
        Assert.Equal(JsonValueKind.String, (await cli.JsonAsync("stat", beyond.ToText())).GetProperty("size").ValueKind);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(-1, 0)]
    [InlineData(0, 1)]
    [InlineData(0, 2)]
    [InlineData(1000, 3)]
    public async Task A_ref_that_lies_about_size_or_depth_exits_4(int moreBytes, int moreDepth)
    {
        using var cli = new StoreCli();
        // Large enough for claims of depth 4 to parse.
        byte[] content = SpecRandom.Bytes(30, 2_200_000);
        JsonElement put = await cli.PutAsync(content, "--as", "tree", "--chunking", "fixed:20000");
        ulong size = (ulong)(put.Long("size") + moreBytes);
        BlobHash root = BlobHash.Parse(put.Text("rootHash"));
        string lie = TreeRef.Create(BlobEncoding.Replicated, root, size, 1 + moreDepth).ToText();
        await cli.FailsAsync(4, "NodeInvalid", "get", lie);
        await cli.FailsAsync(4, "NodeInvalid", "get", lie, "-o", cli["out"]);
        JsonElement stat = await cli.JsonAsync("stat", lie);
        Assert.False(stat.GetProperty("present").GetBoolean());
        Assert.Equal([root.ToHex()], stat.Texts("corruptChunks"));
        await cli.JsonAsync("pin", lie);
        CliRun verify = await cli.RunAsync("--json", "verify");
        Assert.Equal(4, verify.ExitCode);
        Assert.Equal([root.ToHex()], verify.Json.Texts("corrupt"));
        await cli.JsonAsync("unpin", lie);
        Assert.Equal(0, (await cli.RunAsync("verify")).ExitCode);
    }

    [Fact]
    public async Task A_plain_leaf_that_holds_parity_exits_4()
    {
        using var cli = new StoreCli();
        BlobHash chunk = BlobHash.Parse((await cli.PutAsync([1, 2, 3], "--as", "small")).Text("hash"));
        var leaf = new LeafNode([new TreeChunk(chunk, 3, ChunkRole.Data), new TreeChunk(chunk, 3, ChunkRole.Parity(0))]);
        BlobHash address = await CraftedTree.StoreAsync(cli, leaf);
        await cli.FailsAsync(4, "NodeInvalid", "get", TreeRef.Create(BlobEncoding.Replicated, address, 6, 1).ToText());
        await cli.FailsAsync(4, "NodeInvalid", "get", TreeRef.Create(BlobEncoding.Replicated, address, 3, 1).ToText());
    }

    [Fact]
    public async Task An_inner_node_that_lies_about_a_child_exits_4_where_the_lie_is()
    {
        using var cli = new StoreCli();
        byte[] content = SpecRandom.Bytes(31, 1000);
        BlobHash chunk = BlobHash.Parse((await cli.PutAsync(content, "--as", "small")).Text("hash"));
        BlobHash leaf = await CraftedTree.StoreAsync(cli, new LeafNode([new TreeChunk(chunk, 1000, ChunkRole.Data)]));
        BlobHash inner = await CraftedTree.StoreAsync(cli, new InternalNode([new TreeChild(leaf, 1000), new TreeChild(leaf, 1001)]));
        string text = TreeRef.Create(BlobEncoding.Replicated, inner, 2001, 2).ToText();
        Assert.Equal(content, await cli.GetAsync(text, "--length", "1000"));
        await cli.FailsAsync(4, "NodeInvalid", "get", text, "--offset", "1000");
        Assert.Equal([leaf.ToHex()], (await cli.JsonAsync("stat", text)).Texts("corruptChunks"));
    }

    [Fact]
    public async Task Bytes_that_are_no_node_exit_4()
    {
        using var cli = new StoreCli();
        BlobHash text = BlobHash.Parse((await cli.PutAsync("no node"u8.ToArray())).Text("hash"));
        BlobHash large = BlobHash.Parse((await cli.PutAsync(new byte[65_537], "--as", "small")).Text("hash"));
        foreach (BlobHash root in (BlobHash[])[text, large])
        {
            CliRun run = await cli.RunAsync("--json", "get", TreeRef.Create(BlobEncoding.Replicated, root, 7, 1).ToText());
            Assert.Equal((4, ""), (run.ExitCode, run.OutputText));
        }
    }

    [Fact]
    public async Task Missing_parts_are_listed_once_each()
    {
        using var cli = new StoreCli();
        BlobHash absent = BlobHash.Compute("absent"u8);
        BlobHash leaf = await CraftedTree.StoreAsync(cli, new LeafNode([.. Enumerable.Repeat(new TreeChunk(absent, 6, ChunkRole.Data), 100)]));
        TreeRef tree = TreeRef.Create(BlobEncoding.Replicated, leaf, 600, 1);
        JsonElement stat = await cli.JsonAsync("stat", tree.ToText());
        Assert.False(stat.GetProperty("present").GetBoolean());
        Assert.Equal([absent.ToHex()], stat.Texts("missingChunks"));
        await cli.JsonAsync("name", "set", "n", tree.ToText());
        CliRun verify = await cli.RunAsync("--json", "verify");
        Assert.Equal(4, verify.ExitCode);
        Assert.Equal([absent.ToHex()], verify.Json.Texts("missing"));
        Assert.Empty(verify.Json.Texts("corrupt"));
    }
}
