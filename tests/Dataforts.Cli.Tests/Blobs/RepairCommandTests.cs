using System.Text.Json;
using Dataforts.Blobs;
using Dataforts.Cli.Tests.Running;
using Dataforts.Content;
using Dataforts.Store;
using Dataforts.Testing;

namespace Dataforts.Cli.Tests.Blobs;

public sealed class RepairCommandTests
{
    private static readonly string[] ThreeAndTwo = ["--encoding", "rs:3,2", "--chunking", "fixed:1000"];

    [Fact]
    public async Task Put_says_the_losses_tolerated_and_stat_too()
    {
        using var cli = new StoreCli();
        byte[] content = SpecRandom.Bytes(1, 6_500);
        JsonElement put = await cli.PutAsync(content, ["--name", "n", .. ThreeAndTwo]);
        Assert.Equal(2, put.GetProperty("toleratedLosses").GetInt32());
        Assert.Equal("tree", put.GetProperty("kind").GetString());
        Assert.Equal(7, put.GetProperty("chunks").GetInt32());
        JsonElement stat = await cli.JsonAsync("stat", "n");
        Assert.Equal(2, stat.GetProperty("toleratedLosses").GetInt32());
        Assert.Equal("rs", stat.GetProperty("encoding").GetProperty("kind").GetString());
        Assert.Equal(content, await cli.GetAsync("n"));
        Assert.Contains("any 2", (await cli.RunAsync("stat", "n")).OutputText, StringComparison.Ordinal);
        Assert.Equal(0, (await cli.PutAsync(content, "--as", "tree")).GetProperty("toleratedLosses").GetInt32());
        JsonElement bare = await cli.PutAsync(content, ["--rs-tail", "replicated", .. ThreeAndTwo]);
        Assert.Equal(0, bare.GetProperty("toleratedLosses").GetInt32());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_lost_within_the_code_is_served_and_put_back(bool all)
    {
        using var cli = new StoreCli();
        byte[] content = SpecRandom.Bytes(1, 6_500);
        await cli.PutAsync(content, ["--name", "n", .. ThreeAndTwo]);
        await cli.PutAsync([1, 2, 3], "--name", "small");
        await LoseAsync(cli, content, 1, 2);
        Assert.Equal(content, await cli.GetAsync("n"));
        JsonElement stat = await cli.JsonAsync("stat", "n");
        Assert.True(stat.GetProperty("present").GetBoolean());
        Assert.Equal(0, stat.GetProperty("toleratedLosses").GetInt32());
        Assert.Equal(2, stat.GetProperty("missingChunks").GetArrayLength());

        CliRun run = await cli.RunAsync(["--json", "repair", all ? "--all" : "n"]);
        Assert.Equal((0, ""), (run.ExitCode, run.ErrorText));
        string[] lines = run.OutputText.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(all ? 2 : 1, lines.Length);
        JsonElement report = JsonDocument.Parse(lines.Single(line => line.Contains("\"stripesWalked\":3", StringComparison.Ordinal))).RootElement;
        Assert.Equal(2, report.GetProperty("chunksRestored").GetInt32());
        Assert.Equal(1, report.GetProperty("repaired").GetInt32());
        Assert.Equal(2, report.GetProperty("alreadyHealthy").GetInt32());
        Assert.Equal(0, report.GetProperty("unrecoverable").GetInt32());
        Assert.Equal(2, report.GetProperty("toleratedLosses").GetInt32());
        JsonElement stripe = Assert.Single(report.GetProperty("stripes").EnumerateArray());
        Assert.Equal(("repaired", 0), (stripe.GetProperty("outcome").GetString(), stripe.GetProperty("stripe").GetInt32()));
        Assert.Equal(2, (await cli.JsonAsync("stat", "n")).GetProperty("toleratedLosses").GetInt32());
        Assert.Equal(0, (await cli.RunAsync("verify")).ExitCode);
    }

    [Fact]
    public async Task What_is_lost_for_good_exits_4_and_so_does_reading_it()
    {
        using var cli = new StoreCli();
        byte[] content = SpecRandom.Bytes(1, 3_000);
        await cli.PutAsync(content, ["--name", "n", .. ThreeAndTwo]);
        await LoseAsync(cli, content, 0, 1, 2);
        CliRun run = await cli.RunAsync("--json", "repair", "n");
        Assert.Equal(4, run.ExitCode);
        Assert.Equal(1, run.Json.GetProperty("unrecoverable").GetInt32());
        Assert.Equal(-1, run.Json.GetProperty("toleratedLosses").GetInt32());
        CliRun read = await cli.RunAsync("--json", "get", "n");
        Assert.Equal((4, "ChunkMissing"), (read.ExitCode, read.ErrorKind));
        Assert.Contains("unrecoverable", read.ErrorText, StringComparison.Ordinal);
        Assert.False((await cli.JsonAsync("stat", "n")).GetProperty("present").GetBoolean());
    }

    [Theory]
    [InlineData("repair")]
    [InlineData("repair n --all")]
    [InlineData("repair n m")]
    [InlineData("repair --all --from 3")]
    [InlineData("repair n --from -1")]
    public async Task What_does_not_fit_together_is_a_usage_error(string args)
    {
        using var cli = new StoreCli();
        await cli.PutAsync([1], "--name", "n");
        await cli.FailsAsync(2, "InvalidArgument", args.Split(' '));
    }

    [Fact]
    public async Task A_name_or_store_that_is_not_there_is_not_found_and_no_store_is_made()
    {
        using var cli = new StoreCli();
        await cli.FailsAsync(3, "StoreNotFound", "repair", "--all");
        Assert.False(Directory.Exists(cli.StorePath));
        await cli.PutAsync([1], "--name", "n");
        await cli.FailsAsync(3, "NameNotFound", "repair", "m");
        Assert.Equal(0, (await cli.RunAsync("repair", "n")).ExitCode);
    }

    // Chunks of 1,000 bytes each.
    private static async Task LoseAsync(StoreCli cli, byte[] content, params int[] chunks)
    {
        var options = new StoreOptions { Path = cli.StorePath, Writable = true };
        await using BlobStore store = await BlobStore.OpenAsync(options, TestContext.Current.CancellationToken);
        store.Chunks.Remove([.. chunks.Select(chunk => BlobHash.Compute(content.AsSpan(chunk * 1000, 1000)))]);
    }
}
