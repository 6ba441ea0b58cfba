using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Dataforts.Channels;
using Dataforts.Cli.Tests.Blobs;
using Dataforts.Cli.Tests.Running;
using Dataforts.Content;
using Dataforts.Store;
using Dataforts.Testing;

namespace Dataforts.Cli.Tests.Channels;

/// <summary><c>channel</c>: what one process publishes, another reads.</summary>
public sealed class ChannelCommandTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_published_is_read_with_its_fields()
    {
        using var cli = new StoreCli();
        JsonElement first = await cli.JsonAsync("channel", "publish", "a/b", "--payload", "one");
        Assert.Equal(("a/b", 0, 1), (first.Text("channel"), first.Number("seq"), first.Number("count")));
        Assert.True(WriteToken.TryParse(first.Text("token"), out WriteToken token));
        Assert.Equal(0UL, token.Sequence);
        byte[] bytes = SpecRandom.Bytes(1, 500);
        CliRun second = await cli.FeedAsync(bytes, "--json", "channel", "publish", "a/b", "-", "--durability", "durable");
        Assert.Equal((0, 1), (second.ExitCode, second.Json.Number("seq")));
        JsonElement[] events = await LinesAsync(cli, "channel", "read", "a/b");
        Assert.Equal([0, 1], events.Select(one => one.Number("seq")));
        Assert.All(events, one => Assert.Equal(["seq", "time", "payload"], one.EnumerateObject().Select(field => field.Name)));
        Assert.Equal("one", Encoding.UTF8.GetString(events[0].GetProperty("payload").GetBytesFromBase64()));
        Assert.Equal(bytes, events[1].GetProperty("payload").GetBytesFromBase64());
        Assert.Equal(cli.Clock.GetUtcNow().ToUnixTimeSeconds(), events[0].GetProperty("time").GetDateTimeOffset().ToUnixTimeSeconds());
        Assert.Equal(1, Assert.Single(await LinesAsync(cli, "channel", "read", "a/b", "--from", "1", "--limit", "5")).Number("seq"));
        Assert.Equal(0, Assert.Single(await LinesAsync(cli, "channel", "tail", "a/b", "--count", "1")).Number("seq"));
        CliRun plain = await cli.RunAsync("channel", "read", "a/b", "--limit", "1");
        Assert.EndsWith("  one", Assert.Single(plain.OutputLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_payload_or_one_that_is_to_be_a_blob_is_published_as_a_ref_and_kept_by_it()
    {
        using var cli = new StoreCli();
        byte[] content = SpecRandom.Bytes(2, 100_000);
        CliRun run = await cli.FeedAsync(content, "--json", "channel", "publish", "c");
        string text = run.Json.Text("ref");
        Assert.Equal(text, Assert.Single(await LinesAsync(cli, "channel", "read", "c")).Text("ref"));
        JsonElement forced = await cli.JsonAsync("channel", "publish", "c", "--payload", "x", "--blob");
        await cli.JsonAsync("gc", "--now");
        Assert.Equal(content, await cli.GetAsync(text));
        Assert.Equal("x"u8.ToArray(), await cli.GetAsync(forced.Text("ref")));
        await cli.JsonAsync("channel", "publish", "c", "--payload", "y", "--keep-count", "1");
        await cli.JsonAsync("gc", "--now");
        await cli.FailsAsync(3, "BlobNotFound", "get", text);
    }

    [Fact]
    public async Task Lines_become_events_and_retention_is_told_as_a_gap()
    {
        using var cli = new StoreCli();
        byte[] lines = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 1000).Select(i => $"line {i}\n")));
        CliRun run = await cli.FeedAsync(lines, "--json", "channel", "publish", "logs", "--lines", "--expect-next", "0");
        Assert.Equal((0, 0, 1000), (run.ExitCode, run.Json.Number("seq"), run.Json.Number("count")));
        await cli.JsonAsync("channel", "publish", "logs", "--payload", "z", "--keep-count", "100");
        JsonElement info = await cli.JsonAsync("channel", "info", "logs");
        Assert.Equal((901, 1001, 100), (info.Number("first"), info.Number("next"), info.Number("count")));
        Assert.Equal(100, info.GetProperty("retention").Number("maxCount"));
        JsonElement[] read = await LinesAsync(cli, "channel", "read", "logs", "--from", "5", "--limit", "2");
        JsonElement gap = read[0].GetProperty("gap");
        Assert.Equal((5, 900, "dropped"), (gap.Number("from"), gap.Number("to"), gap.Text("reason")));
        Assert.Equal([901, 902], read[1..].Select(one => one.Number("seq")));
        await cli.JsonAsync("channel", "publish", "a", "--payload", "1");
        Assert.Equal(["a", "logs"], (await LinesAsync(cli, "channel", "ls")).Select(one => one.Text("name")));
    }

    [Fact]
    public async Task Store_info_tells_of_channels_and_verify_of_their_events_and_of_what_these_keep()
    {
        using var cli = new StoreCli();
        byte[] content = SpecRandom.Bytes(3, 50_000);
        await cli.FeedAsync(content, "--json", "channel", "publish", "a");
        cli.Clock.Advance(TimeSpan.FromSeconds(90));
        await cli.JsonAsync("channel", "publish", "b/c", "--payload", "some words that are looked for");
        JsonElement info = await cli.JsonAsync("store", "info");
        Assert.Equal((2, 2, 90), (info.Number("channels"), info.Number("events"), info.Number("oldestEventAgeSeconds")));
        int bytes = (await LinesAsync(cli, "channel", "ls")).Sum(one => one.Number("bytes"));
        Assert.Equal(bytes, info.Number("eventBytes"));
        Assert.True(info.GetProperty("oldestEventAt").GetDateTimeOffset() < cli.Clock.GetUtcNow() - TimeSpan.FromSeconds(80));
        Assert.Contains($"channels  2, with 2 events of {bytes} bytes", (await cli.RunAsync("store", "info")).OutputText, StringComparison.Ordinal);
        await cli.JsonAsync("verify");
        await cli.DamageAsync("some words that are looked for"u8.ToArray());
        CliRun rotten = await cli.RunAsync("--json", "verify");
        Assert.Equal(4, rotten.ExitCode);
        Assert.Single(rotten.Json.GetProperty("damagedFiles").EnumerateArray());
        await cli.JsonAsync("channel", "publish", "b/c", "--payload", "x", "--keep-count", "1");
        await cli.JsonAsync("verify");
        await using (ChunkStore store = await ChunkStore.OpenAsync(new StoreOptions { Path = cli.StorePath, Writable = true }, Token))
            Assert.True(store.Remove([BlobHash.Compute(content)]) == 1, "the blob is one chunk");
        CliRun lost = await cli.RunAsync("--json", "verify");
        Assert.Equal((4, 1), (lost.ExitCode, lost.Json.GetProperty("missing").GetArrayLength()));
    }

    [Fact]
    public async Task What_is_not_there_or_wrong_has_its_exit_code()
    {
        using var cli = new StoreCli();
        foreach (string command in (string[])["read", "tail", "info"]) await cli.FailsAsync(3, "StoreNotFound", "channel", command, "a");
        Assert.False(Directory.Exists(cli.StorePath));
        await cli.JsonAsync("channel", "publish", "a", "--payload", "1");
        foreach (string command in (string[])["read", "tail", "info"])
        {
            await cli.FailsAsync(3, "ChannelNotFound", "channel", command, "b");
            await cli.FailsAsync(2, "InvalidArgument", "channel", command, "B");
        }
        await cli.FailsAsync(2, "InvalidArgument", "channel", "publish", "a//b", "--payload", "1");
        await cli.FailsAsync(2, "InvalidArgument", "channel", "publish", "a", "--payload", "1", "--lines");
        await cli.FailsAsync(2, "InvalidArgument", "channel", "read", "a", "--from", "-1");
        await cli.FailsAsync(1, "SequenceMismatch", "channel", "publish", "a", "--payload", "1", "--expect-next", "7");
        await cli.FailsAsync(3, "PathNotFound", "channel", "publish", "a", cli["nothing"]);
        foreach (string kept in (string[])["--keep-count", "--keep-bytes", "--keep-age"])
        {
            foreach (string value in (string[])["0", "-1", "99999999999999999999", "x", ""])
                await cli.FailsAsync(2, "InvalidArgument", "channel", "publish", "made", "--payload", "1", kept, value);
        }
        await cli.FailsAsync(3, "ChannelNotFound", "channel", "info", "made");
        foreach (string name in (string[])["", "/", "a/", "/a", ".", "a/../b", "é", "a b", "a\u0007", new string('a', 256)])
            await cli.FailsAsync(2, "InvalidArgument", "channel", "publish", name, "--payload", "1");
        Assert.Empty(await LinesAsync(cli, "channel", "read", "a", "--from", ulong.MaxValue.ToString(CultureInfo.InvariantCulture)));
        Assert.Single(await LinesAsync(cli, "channel", "read", "a", "--limit", long.MaxValue.ToString(CultureInfo.InvariantCulture)));
        Assert.Equal(1, (await cli.JsonAsync("channel", "info", "a")).Number("next"));
    }

    [Fact]
    public async Task A_line_that_is_too_long_is_told_with_how_many_were_published_before_it()
    {
        using var cli = new StoreCli();
        byte[] lines = [.. "one\ntwo\n"u8, .. new byte[ChannelLimits.MaxEventBytes + 1].AsSpan(), .. "\nfour\n"u8];
        lines.AsSpan(8, ChannelLimits.MaxEventBytes + 1).Fill((byte)'x');
        CliRun run = await cli.FeedAsync(lines, "--json", "channel", "publish", "a", "--lines");
        Assert.Equal(6, run.ExitCode);
        Assert.Contains("the 2 lines before it were published", run.ErrorText, StringComparison.Ordinal);
        Assert.Equal(2, (await cli.JsonAsync("channel", "info", "a")).Number("next"));
    }

    [Fact]
    public async Task A_reader_whose_output_is_closed_ends_and_a_tail_tells_a_gap_at_once()
    {
        using var cli = new StoreCli();
        byte[] lines = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 20_000).Select(i => $"line {i}\n")));
        await cli.FeedAsync(lines, "--json", "channel", "publish", "a", "--lines");
        using Process read = cli.Start("--json", "channel", "read", "a");
        await read.StandardOutput.ReadLineAsync(Token);
        read.StandardOutput.Close();
        await read.WaitForExitAsync(Token).WaitAsync(TimeSpan.FromSeconds(60), Token);
        Assert.Equal(1, read.ExitCode);
        await cli.JsonAsync("channel", "publish", "a", "--payload", "x", "--keep-count", "1");
        using Process tail = cli.Start("--json", "channel", "tail", "a", "--from", "5");
        Assert.Contains("\"gap\":{\"from\":5,\"to\":19999", await tail.StandardOutput.ReadLineAsync(Token), StringComparison.Ordinal);
        tail.Kill();
        await tail.WaitForExitAsync(Token);
        await cli.JsonAsync("channel", "publish", "a", "--payload", "y");
    }

    [Fact]
    public async Task Readers_work_beside_a_writer_and_a_second_writer_is_told_to_wait()
    {
        using var cli = new StoreCli();
        await cli.JsonAsync("channel", "publish", "a", "--payload", "0");
        await using ChunkStore store = await ChunkStore.OpenAsync(new StoreOptions { Path = cli.StorePath, Writable = true }, Token);
        await using var channels = new EventChannels(store);
        IEventChannel channel = await channels.OpenAsync(ChannelName.Parse("a"), cancellationToken: Token);
        using Process tail = cli.Start("--json", "channel", "tail", "a", "--count", "3");
        Assert.Contains("\"seq\":0", await tail.StandardOutput.ReadLineAsync(Token), StringComparison.Ordinal);
        for (ulong i = 1; i < 3; i++)
        {
            await channel.AppendAsync(new byte[1], cancellationToken: Token);
            Assert.Contains($"\"seq\":{i}", await tail.StandardOutput.ReadLineAsync(Token), StringComparison.Ordinal);
        }
        await tail.WaitForExitAsync(Token).WaitAsync(TimeSpan.FromSeconds(60), Token);
        Assert.Equal(0, tail.ExitCode);
        await cli.FailsAsync(7, "StoreInUse", "--lock-timeout", "0", "channel", "publish", "a", "--payload", "x");
        Assert.Equal(3, (await cli.JsonAsync("channel", "info", "a")).Number("next"));
    }

    private static async Task<JsonElement[]> LinesAsync(StoreCli cli, params string[] args)
    {
        CliRun run = await cli.RunAsync(["--json", .. args]);
        Assert.Equal((0, ""), (run.ExitCode, run.ErrorText));
        return [.. Enumerable.Range(0, run.OutputLines.Length).Select(run.JsonLine)];
    }
}
