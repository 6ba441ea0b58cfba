using System.Text.Json;
using Dataforts.Cli.Tests.Running;
using Dataforts.Content;
using Dataforts.Store;
using Dataforts.Testing;

namespace Dataforts.Cli.Tests.Blobs;

/// <summary>Stores that are full, or rot.</summary>
public sealed class BadDayTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_does_not_fit_the_capacity_exits_6_and_leaves_nothing_behind()
    {
        using var cli = new StoreCli();
        await cli.PutAsync(SpecRandom.Bytes(1, 1_000_000), "--as", "tree", "--name", "kept", "--capacity", "2MiB");
        string big = await cli.WriteAsync("big", SpecRandom.Bytes(2, 2_000_000));
        JsonElement before = await cli.JsonAsync("store", "info");
        CliRun run = await cli.RunAsync("--json", "put", big, "--as", "tree", "--name", "big", "--capacity", "2MiB");
        Assert.Equal((6, "LimitExceeded", ""), (run.ExitCode, run.ErrorKind, run.OutputText));
        Assert.Contains("CapacityBytes", run.JsonError.GetProperty("message").GetString(), StringComparison.Ordinal);
        JsonElement after = await cli.JsonAsync("store", "info");
        foreach (string field in (string[])["chunks", "liveBytes", "garbageBytes", "diskBytes", "segments"])
            Assert.Equal(before.GetProperty(field).ToString(), after.GetProperty(field).ToString());
        Assert.Single((await cli.RunAsync("--json", "ls")).OutputLines);
        // Without the limit it fits; and one that makes no sense is a mistake.
        await cli.JsonAsync("put", big, "--as", "tree");
        await cli.FailsAsync(2, "InvalidArgument", "put", big, "--capacity", "0");
        await cli.FailsAsync(2, "InvalidArgument", "put", big, "--capacity", "much");
    }

    [Fact]
    public async Task A_stream_that_meets_the_limit_exits_6_and_sets_no_name()
    {
        using var cli = new StoreCli();
        CliRun run = await cli.FeedAsync(SpecRandom.Bytes(3, 3_000_000), "--json", "put", "-", "--as", "tree", "--name", "n", "--capacity", "1MiB");
        Assert.Equal((6, "LimitExceeded"), (run.ExitCode, run.ErrorKind));
        Assert.Empty((await cli.RunAsync("--json", "ls")).OutputLines);
        JsonElement info = await cli.JsonAsync("store", "info", "--capacity", "1MiB");
        Assert.InRange(info.Long("diskBytes"), 1, 1 << 20);
        Assert.Equal(1 << 20, info.Number("capacityBytes"));
    }

    [Fact]
    public async Task Info_says_how_full_how_wasteful_and_how_well()
    {
        using var cli = new StoreCli();
        await cli.PutAsync(SpecRandom.Bytes(4, 1_000_000), "--as", "tree", "--name", "n");
        JsonElement info = await cli.JsonAsync("store", "info", "--capacity", "1MiB");
        Assert.Equal(("writable", JsonValueKind.Null), (info.Text("state"), info.GetProperty("readOnlyReason").ValueKind));
        Assert.Equal(info.Long("diskBytes") / (double)(1 << 20), info.GetProperty("fullness").GetDouble(), 3);
        Assert.True(info.GetProperty("aboveHighWater").GetBoolean());
        Assert.True(info.Long("freeBytes") > 0);
        Assert.Equal((0.0, 0.0), (info.GetProperty("garbageRatio").GetDouble(), info.GetProperty("worstSegmentGarbageRatio").GetDouble()));
        Assert.Equal(JsonValueKind.Null, info.GetProperty("oldestGarbageAt").ValueKind);
        Assert.Equal(0, info.Number("quarantined"));
        Assert.All(info.GetProperty("workers").EnumerateArray(), worker => Assert.Equal("idle", worker.Text("state")));
        await using (ChunkStore store = await ChunkStore.OpenAsync(new StoreOptions { Path = cli.StorePath, Writable = true }, Token))
            store.Remove([.. store.Enumerate().Take(5).Select(chunk => chunk.Key)]);
        info = await cli.JsonAsync("store", "info");
        Assert.InRange(info.GetProperty("garbageRatio").GetDouble(), 0.1, 0.9);
        Assert.InRange(DateTimeOffset.Parse(info.Text("oldestGarbageAt"), System.Globalization.CultureInfo.InvariantCulture),
            cli.Clock.GetUtcNow().AddHours(-1), cli.Clock.GetUtcNow().AddHours(1));
        CliRun plain = await cli.RunAsync("store", "info", "--capacity", "1MiB");
        Assert.Contains("ABOVE HIGH WATER", plain.OutputText, StringComparison.Ordinal);
        Assert.Contains("state     writable", plain.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scrub_takes_what_is_wrong_out_of_service_and_a_put_mends_it()
    {
        using var cli = new StoreCli();
        byte[] content = SpecRandom.Bytes(5, 100_000);
        await cli.PutAsync(content, "--as", "tree", "--chunking", "fixed:10000", "--name", "n");
        string hash = BlobHash.Compute(content.AsSpan(30_000, 10_000)).ToHex();
        await cli.DamageAsync(content[30_000..40_000]);
        CliRun scrub = await cli.RunAsync("--json", "verify", "--scrub");
        Assert.Equal(4, scrub.ExitCode);
        Assert.Equal([hash], scrub.Json.Texts("corrupt"));
        Assert.Equal([hash], scrub.Json.Texts("quarantined"));
        // In every process from now on, until the content is there again.
        foreach (string[] command in (string[][])[["verify"], ["verify", "--scrub"]])
        {
            CliRun run = await cli.RunAsync(["--json", .. command]);
            Assert.Equal(4, run.ExitCode);
            Assert.Equal(([hash], []), (run.Json.Texts("corrupt"), run.Json.Texts("missing")), Same);
            Assert.Equal([hash], run.Json.Texts("quarantined"));
        }
        Assert.Equal([hash], (await cli.JsonAsync("stat", "n")).Texts("corruptChunks"));
        CliRun get = await cli.RunAsync("--json", "get", "n");
        Assert.Equal((4, "ChunkMissing"), (get.ExitCode, get.ErrorKind));
        Assert.Equal(content[..get.Output.Length], get.Output);
        Assert.Equal(1, (await cli.JsonAsync("store", "info")).Number("quarantined"));
        Assert.Equal(10_000, (await cli.PutAsync(content, "--as", "tree", "--chunking", "fixed:10000")).Number("storedBytes"));
        Assert.Equal(0, (await cli.RunAsync("verify", "--scrub")).ExitCode);
        Assert.Equal(content, await cli.GetAsync("n"));
        Assert.Equal(0, (await cli.JsonAsync("store", "info")).Number("quarantined"));
    }

    [Fact]
    public async Task A_scrub_beside_a_writer_tells_and_changes_nothing()
    {
        using var cli = new StoreCli();
        byte[] content = SpecRandom.Bytes(6, 100_000);
        await cli.PutAsync(content, "--as", "small", "--name", "n");
        await cli.DamageAsync(content);
        await using ChunkStore writer = await ChunkStore.OpenAsync(new StoreOptions { Path = cli.StorePath, Writable = true }, Token);
        CliRun run = await cli.RunAsync("--json", "verify", "--scrub");
        Assert.Equal((4, ""), (run.ExitCode, run.ErrorText));
        Assert.Equal([BlobHash.Compute(content).ToHex()], run.Json.Texts("corrupt"));
        Assert.False(run.Json.TryGetProperty("quarantined", out _));
        CliRun plain = await cli.RunAsync("verify", "--scrub");
        Assert.Contains("stays in place", plain.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_root_node_in_quarantine_is_damage_and_not_an_unknown_blob()
    {
        using var cli = new StoreCli();
        JsonElement put = await cli.PutAsync(SpecRandom.Bytes(7, 100_000), "--as", "tree", "--chunking", "fixed:10000", "--name", "n");
        await using (ChunkStore store = await ChunkStore.OpenAsync(new StoreOptions { Path = cli.StorePath, Writable = true }, Token))
        {
            using ChunkBuffer node = store.Read(BlobHash.Parse(put.Text("rootHash")))!;
            await cli.DamageAsync(node.Memory.ToArray());
        }
        Assert.Equal(4, (await cli.RunAsync("verify", "--scrub")).ExitCode);
        await cli.FailsAsync(4, "ChunkMissing", "get", "n");
    }

    private static bool Same((string[] Corrupt, string[] Missing) x, (string[] Corrupt, string[] Missing) y) =>
        x.Corrupt.SequenceEqual(y.Corrupt) && x.Missing.SequenceEqual(y.Missing);
}
