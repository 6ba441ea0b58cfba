using System.Globalization;
using System.Text;
using System.Text.Json;
using Dataforts.Blobs;
using Dataforts.Cli.Tests.Running;
using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Cli.Tests.Blobs;

/// <summary>Names and pins: <c>ls</c>, <c>rm</c>, <c>name set</c>, <c>pin</c>, <c>unpin</c>, <c>pins</c>.</summary>
public sealed class NameCommandTests
{
    [Fact]
    public async Task A_listing_has_exactly_its_fields()
    {
        using var cli = new StoreCli();
        string text = (await cli.PutAsync([1, 2, 3], "--name", "plain")).Text("ref");
        await cli.PutAsync([1, 2, 3], "--name", "until", "--expires", "30d");
        CliRun run = await cli.RunAsync("--json", "ls");
        Assert.Equal(["name", "ref", "size", "createdAt", "expiresAt"], run.JsonLine(0).EnumerateObject().Select(p => p.Name));
        Assert.Equal(("plain", text, 3), (run.JsonLine(0).Text("name"), run.JsonLine(0).Text("ref"), run.JsonLine(0).Number("size")));
        Assert.Equal(JsonValueKind.Null, run.JsonLine(0).GetProperty("expiresAt").ValueKind);
        DateTimeOffset made = DateTimeOffset.Parse(run.JsonLine(1).Text("createdAt"), CultureInfo.InvariantCulture);
        Assert.InRange(cli.Clock.GetUtcNow() - made, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Equal(made.AddDays(30), DateTimeOffset.Parse(run.JsonLine(1).Text("expiresAt"), CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Names_come_in_the_order_of_their_bytes_and_in_pages()
    {
        using var cli = new StoreCli();
        // In UTF-16 the emoji would come before the last one of the first plane.
        string[] ordered = ["A", "B", "a", "a/1", "a/10", "a/2", "b", "é", "日本", "\uff5e", "😀"];
        foreach (string name in ordered.Reverse()) await cli.PutAsync([1], "--name", name);
        Assert.Equal(ordered, await ListAsync(cli));
        Assert.Equal(["a", "a/1", "a/10", "a/2"], await ListAsync(cli, "--prefix", "a"));
        Assert.Equal(["a/1", "a/10", "a/2"], await ListAsync(cli, "--prefix", "a/"));
        Assert.Equal(["日本"], await ListAsync(cli, "--prefix", "日"));
        Assert.Equal(ordered, await ListAsync(cli, "--prefix", ""));
        Assert.Empty(await ListAsync(cli, "--prefix", "zz"));
        Assert.Equal(["A", "B"], await ListAsync(cli, "--limit", "2"));
        Assert.Equal(["a", "a/1"], await ListAsync(cli, "--limit", "2", "--after", "B"));
        Assert.Equal(["a/10"], await ListAsync(cli, "--limit", "1", "--after", "a/1", "--prefix", "a/"));
        Assert.Equal(["b", "é"], await ListAsync(cli, "--limit", "2", "--after", "a0"));
        Assert.Equal(["😀"], await ListAsync(cli, "--after", "\uff5e"));
        Assert.Empty(await ListAsync(cli, "--after", "😀"));
        Assert.Empty(await ListAsync(cli, "--limit", "0"));
        foreach (string limit in (string[])["-1", "x", "1.5", ""]) await cli.FailsAsync(2, "InvalidArgument", "ls", "--limit", limit);
    }

    [Fact]
    public async Task Thousands_of_names_are_listed_and_paged()
    {
        using var cli = new StoreCli();
        await using (BlobStore store = await BlobStore.OpenAsync(
            new StoreOptions { Path = cli.StorePath, Writable = true, Time = cli.Clock }, TestContext.Current.CancellationToken))
        {
            SmallRef blob = SmallRef.Create(BlobHash.Compute([]), 0);
            store.Chunks.Put(ChunkVerifier.Hash(default));
            for (int i = 0; i < 2500; i++) store.Chunks.SetName($"n/{i:D5}", blob);
        }
        Assert.Equal(Enumerable.Range(0, 2500).Select(i => $"n/{i:D5}"), await ListAsync(cli));
        Assert.Equal(Enumerable.Range(1001, 1100).Select(i => $"n/{i:D5}"), await ListAsync(cli, "--after", "n/01000", "--limit", "1100"));
        Assert.Equal(100, (await ListAsync(cli, "--prefix", "n/020")).Length);
    }

    [Fact]
    public async Task Names_are_shown_to_people_without_control_over_their_terminal()
    {
        using var cli = new StoreCli();
        await cli.PutAsync([1], "--name", "evil\u202etxt.exe\u2066");
        CliRun run = await cli.RunAsync("ls");
        Assert.Contains("evil\\u{202e}txt.exe\\u{2066}", Assert.Single(run.OutputLines), StringComparison.Ordinal);
        Assert.Equal("evil\u202etxt.exe\u2066", (await cli.JsonAsync("ls")).Text("name"));
        CliRun missing = await cli.RunAsync("get", "no\u202ename");
        Assert.Contains("no\\u{202e}name", missing.ErrorText, StringComparison.Ordinal);
        string text = (await cli.PutAsync([2], "--uri", "x:\u001b[31m\u202e")).Text("encoded");
        CliRun stat = await cli.RunAsync("stat", text);
        Assert.Contains("x:\\u{1b}[31m\\u{202e}", stat.OutputText, StringComparison.Ordinal);
        Assert.Equal("x:\u001b[31m\u202e", (await cli.JsonAsync("stat", text)).Text("uri"));
    }

    [Fact]
    public async Task A_name_ceases_at_its_time()
    {
        using var cli = new StoreCli();
        string text = (await cli.PutAsync("x"u8.ToArray(), "--name", "n", "--expires", "1h")).Text("ref");
        cli.Clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal("x"u8.ToArray(), await cli.GetAsync("n"));
        cli.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Empty(await ListAsync(cli));
        foreach (string command in (string[])["get", "cat", "stat", "rm"]) await cli.FailsAsync(3, "NameNotFound", command, "n");
        Assert.Equal("x"u8.ToArray(), await cli.GetAsync(text));
        Assert.False((await cli.PutAsync("x"u8.ToArray())).GetProperty("rooted").GetBoolean());
        await cli.PutAsync("y"u8.ToArray(), "--name", "n", "--if-absent");
        Assert.Equal("y"u8.ToArray(), await cli.GetAsync("n"));
        Assert.Equal(JsonValueKind.Null, (await cli.JsonAsync("ls")).GetProperty("expiresAt").ValueKind);
        Assert.Equal(0, (await cli.RunAsync("verify")).ExitCode);
    }

    [Fact]
    public async Task A_name_is_removed_once()
    {
        using var cli = new StoreCli();
        string text = (await cli.PutAsync([1], "--name", "n")).Text("ref");
        Assert.Equal(0, (await cli.RunAsync("rm", "n")).ExitCode);
        await cli.FailsAsync(3, "NameNotFound", "rm", "n");
        await cli.FailsAsync(2, "InvalidArgument", "rm", text);
        Assert.Equal([1], await cli.GetAsync(text));
    }

    [Fact]
    public async Task A_name_is_set_to_a_ref_of_any_kind_and_form()
    {
        using var cli = new StoreCli();
        byte[] content = new byte[10_000];
        foreach (string shape in (string[])["small", "manifest", "tree"])
        {
            JsonElement put = await cli.PutAsync(content, "--as", shape);
            await cli.JsonAsync("name", "set", $"{shape}-text", put.Text("ref"));
            await cli.JsonAsync("name", "set", $"{shape}-hex", put.Text("encoded"), "--expires", "2w");
            Assert.Equal(put.Text("encoded"), (await cli.JsonAsync("stat", $"{shape}-text")).Text("encoded"));
            Assert.Equal(content, await cli.GetAsync($"{shape}-hex"));
        }
        string other = (await cli.PutAsync([7])).Text("ref");
        await cli.FailsAsync(1, "Exists", "name", "set", "small-text", other, "--if-absent");
        Assert.Equal(content, await cli.GetAsync("small-text"));
        await cli.JsonAsync("name", "set", "small-text", other);
        Assert.Equal([7], await cli.GetAsync("small-text"));
        await cli.FailsAsync(2, "InvalidArgument", "name", "set", "n", "small-text");
        await cli.FailsAsync(2, "InvalidArgument", "name", "set", other, other);
        await cli.FailsAsync(2, "InvalidArgument", "name", "set", "-", other);
        await cli.FailsAsync(2, "InvalidArgument", "name", "set", "n");
        await cli.FailsAsync(3, "BlobNotFound", "name", "set", "n", SmallRef.Create(default, 1).ToText());
    }

    [Fact]
    public async Task Pins_are_set_listed_and_ended()
    {
        using var cli = new StoreCli();
        Assert.Empty((await cli.PutAsync([0])).Text("name") ?? "");
        Assert.Empty((await cli.RunAsync("pins")).Output);
        string[] texts = new string[3];
        string[] shapes = ["small", "manifest", "tree"];
        for (int i = 0; i < shapes.Length; i++)
        {
            texts[i] = (await cli.PutAsync(new byte[10_000], "--as", shapes[i])).Text("ref");
            await cli.JsonAsync("pin", texts[i]);
            await cli.JsonAsync("pin", texts[i]);
            cli.Clock.Advance(TimeSpan.FromSeconds(1));
        }
        CliRun run = await cli.RunAsync("--json", "pins");
        Assert.Equal(texts, run.OutputLines.Select((_, i) => run.JsonLine(i).Text("ref")));
        foreach (string text in texts)
        {
            await cli.JsonAsync("unpin", text);
            await cli.FailsAsync(3, "PinNotFound", "unpin", text);
        }
        Assert.Empty((await cli.RunAsync("pins")).Output);
        await cli.FailsAsync(2, "InvalidArgument", "pin", "a-name");
        await cli.FailsAsync(3, "BlobNotFound", "pin", SmallRef.Create(default, 1).ToText());
    }

    [Fact]
    public async Task A_pinned_manifest_keeps_its_text_form_alive()
    {
        using var cli = new StoreCli();
        BlobHash chunk = BlobHash.Parse((await cli.PutAsync(Encoding.UTF8.GetBytes("chunk"))).Text("hash"));
        // Known by its hex alone until now: nobody has stored its encoding.
        ManifestRef manifest = ManifestRef.Create(chunk, BlobEncoding.Replicated, [new ChunkRef(chunk, 5)]);
        await cli.FailsAsync(3, "BlobNotFound", "get", manifest.ToText());
        await cli.JsonAsync("pin", StoreCli.HexOf(manifest));
        Assert.Equal("chunk"u8.ToArray(), await cli.GetAsync(manifest.ToText()));
        Assert.Equal(0, (await cli.RunAsync("verify")).ExitCode);
    }

    [Fact]
    public async Task Of_many_that_want_a_name_to_be_absent_one_gets_it()
    {
        using var cli = new StoreCli();
        await cli.PutAsync([0]);
        Task<CliRun>[] racers = [.. Enumerable.Range(1, 8).Select(i => cli.FeedAsync([(byte)i], "--json", "put", "-", "--name", "n", "--if-absent"))];
        await AdvanceUntilAsync(cli, Task.WhenAll(racers));
        CliRun[] runs = await Task.WhenAll(racers);
        Assert.Equal(7, runs.Count(run => run.ExitCode == 1 && run.ErrorKind == "Exists"));
        CliRun winner = Assert.Single(runs, run => run.ExitCode == 0);
        Assert.Equal(winner.Json.Text("ref"), (await cli.JsonAsync("ls")).Text("ref"));
    }

    private static async Task AdvanceUntilAsync(StoreCli cli, Task work)
    {
        // Waiting for the lock goes by the test's clock.
        while (await Task.WhenAny(work, Task.Delay(5, TestContext.Current.CancellationToken)) != work) cli.Clock.Advance(TimeSpan.FromMilliseconds(5));
    }

    private static async Task<string[]> ListAsync(StoreCli cli, params string[] options)
    {
        CliRun run = await cli.RunAsync(["--json", "ls", .. options]);
        Assert.Equal((0, ""), (run.ExitCode, run.ErrorText));
        return [.. run.OutputLines.Select((_, i) => run.JsonLine(i).Text("name"))];
    }
}
