using System.Diagnostics;
using System.Text.Json;
using Dataforts.Cli.Tests.Blobs;
using Dataforts.Cli.Tests.Running;
using Dataforts.Store;
using Dataforts.Testing;

namespace Dataforts.Cli.Tests.Workers;

/// <summary><c>worker</c>: what is decided in one process holds in the next, and beside a writer.</summary>
public sealed class WorkerCommandTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task List_shows_each_worker_with_its_fields()
    {
        using StoreCli cli = await FilledAsync();
        JsonElement[] workers = await ListAsync(cli);
        Assert.Contains("scrub", workers.Select(worker => worker.Text("name")));
        Assert.Contains("compact", workers.Select(worker => worker.Text("name")));
        Assert.All(workers, worker =>
        {
            Assert.Equal(["name", "state", "progress", "lastError", "nextRun"], worker.EnumerateObject().Take(5).Select(field => field.Name));
            Assert.Equal("idle", worker.Text("state"));
            Assert.Equal(JsonValueKind.Null, worker.GetProperty("progress").ValueKind);
            Assert.True(DateTimeOffset.Parse(worker.Text("nextRun"), System.Globalization.CultureInfo.InvariantCulture) > cli.Clock.GetUtcNow());
        });
        CliRun plain = await cli.RunAsync("worker", "list");
        Assert.Equal((0, workers.Length), (plain.ExitCode, plain.OutputLines.Length));
    }

    [Fact]
    public async Task Run_runs_to_the_end_and_the_next_process_knows()
    {
        using StoreCli cli = await FilledAsync();
        foreach (string name in (string[])["scrub", "compact"])
        {
            JsonElement ran = await cli.JsonAsync("worker", "run", name);
            Assert.Equal((name, "idle", JsonValueKind.Null), (ran.Text("name"), ran.Text("state"), ran.GetProperty("lastError").ValueKind));
            JsonElement listed = (await ListAsync(cli)).Single(worker => worker.Text("name") == name);
            Assert.Equal(ran.ToString(), listed.ToString());
            Assert.Equal(1, listed.Number("runs"));
        }
        JsonElement progress = (await cli.JsonAsync("worker", "run", "scrub")).GetProperty("progress");
        Assert.Equal((await cli.JsonAsync("store", "info")).Long("diskBytes"), progress.Long("bytesDone"));
        Assert.Equal(progress.Long("bytesTotal"), progress.Long("bytesDone"));
    }

    [Fact]
    public async Task A_pause_holds_in_the_next_process_until_it_is_resumed()
    {
        using StoreCli cli = await FilledAsync();
        JsonElement paused = await cli.JsonAsync("worker", "pause", "scrub");
        Assert.Equal(("paused", JsonValueKind.Null), (paused.Text("state"), paused.GetProperty("nextRun").ValueKind));
        Assert.Equal("paused", (await ListAsync(cli)).Single(worker => worker.Text("name") == "scrub").Text("state"));
        Assert.Equal("idle", (await ListAsync(cli)).Single(worker => worker.Text("name") == "compact").Text("state"));
        await cli.FailsAsync(1, "WorkerPaused", "worker", "run", "scrub");
        Assert.Equal("idle", (await cli.JsonAsync("worker", "resume", "scrub")).Text("state"));
        await cli.JsonAsync("worker", "run", "scrub");
        Assert.Equal("idle", (await cli.JsonAsync("worker", "resume", "scrub")).Text("state"));
    }

    [Fact]
    public async Task Workers_are_listed_and_paused_beside_a_writer_and_run_by_one_only()
    {
        using StoreCli cli = await FilledAsync();
        await using ChunkStore writer = await ChunkStore.OpenAsync(new StoreOptions { Path = cli.StorePath, Writable = true }, Token);
        Assert.NotEmpty(await ListAsync(cli));
        Assert.Equal("paused", (await cli.JsonAsync("worker", "pause", "compact")).Text("state"));
        await cli.JsonAsync("worker", "pace", "compact", "1MiB");
        await cli.FailsAsync(7, "StoreInUse", "--lock-timeout", "0", "worker", "run", "scrub");
    }

    [Fact]
    public async Task A_worker_that_runs_in_another_process_is_seen_and_can_be_paused_and_goes_on()
    {
        using StoreCli cli = await FilledAsync();
        await cli.JsonAsync("worker", "pace", "scrub", "100KiB");
        using Process running = cli.Start("--json", "worker", "run", "scrub");
        try
        {
            Assert.True(await SeesAsync(cli, "running"), "it is not seen running");
            await cli.JsonAsync("worker", "pause", "scrub");
            await running.WaitForExitAsync(Token).WaitAsync(TimeSpan.FromSeconds(60), Token);
            Assert.Equal(1, running.ExitCode);
            Assert.Contains("WorkerPaused", await running.StandardError.ReadToEndAsync(Token), StringComparison.Ordinal);
        }
        finally
        {
            if (!running.HasExited) running.Kill();
        }
        Assert.True(await SeesAsync(cli, "paused"));
        await cli.JsonAsync("worker", "resume", "scrub");
        await cli.JsonAsync("worker", "pace", "scrub", "none");
        Assert.Equal(1, (await cli.JsonAsync("worker", "run", "scrub")).Number("runs"));
    }

    [Fact]
    public async Task A_worker_whose_process_was_killed_is_not_taken_for_running()
    {
        using StoreCli cli = await FilledAsync();
        await cli.JsonAsync("worker", "pace", "scrub", "100KiB");
        using Process running = cli.Start("worker", "run", "scrub");
        Assert.True(await SeesAsync(cli, "running"), "it is not seen running");
        running.Kill();
        await running.WaitForExitAsync(Token);
        JsonElement scrub = (await ListAsync(cli)).Single(worker => worker.Text("name") == "scrub");
        Assert.Equal("idle", scrub.Text("state"));
        await cli.JsonAsync("worker", "pace", "scrub", "none");
        await cli.JsonAsync("worker", "run", "scrub");
    }

    [Fact]
    public async Task A_scrub_that_finds_something_exits_4_and_says_what()
    {
        using StoreCli cli = await FilledAsync();
        byte[] content = SpecRandom.Bytes(80, 30_000);
        string hash = (await cli.PutAsync(content, "--as", "small", "--name", "s")).Text("hash");
        await cli.DamageAsync(content);
        CliRun run = await cli.RunAsync("--json", "worker", "run", "scrub");
        Assert.Equal(4, run.ExitCode);
        Assert.Contains($"1 chunks corrupt and quarantined, the first {hash}", run.Json.Text("lastError"), StringComparison.Ordinal);
        JsonElement info = await cli.JsonAsync("store", "info");
        Assert.Equal(1, info.Number("quarantined"));
        Assert.Contains(hash, info.GetProperty("workers").ToString(), StringComparison.Ordinal);
        await cli.FailsAsync(4, "ChunkMissing", "get", "s");
    }

    [Theory]
    [InlineData("run")]
    [InlineData("pause")]
    [InlineData("resume")]
    public async Task A_worker_or_store_that_is_not_there_exits_3(string command)
    {
        using var cli = new StoreCli();
        await cli.FailsAsync(3, "StoreNotFound", "worker", command, "scrub");
        Assert.False(Directory.Exists(cli.StorePath));
        await cli.PutAsync([1]);
        await cli.FailsAsync(3, "WorkerNotFound", "worker", command, "sweep");
        await cli.FailsAsync(3, "WorkerNotFound", "worker", command, "../scrub");
        await cli.FailsAsync(2, "InvalidArgument", "worker", "pace", "scrub", "fast");
    }

    private static async Task<JsonElement[]> ListAsync(StoreCli cli)
    {
        CliRun run = await cli.RunAsync("--json", "worker", "list");
        Assert.Equal((0, ""), (run.ExitCode, run.ErrorText));
        return [.. run.OutputLines.Select(line => JsonDocument.Parse(line).RootElement)];
    }

    private static async Task<bool> SeesAsync(StoreCli cli, string state)
    {
        for (int i = 0; i < 600; i++)
        {
            if ((await ListAsync(cli)).Single(worker => worker.Text("name") == "scrub").Text("state") == state) return true;
            await Task.Delay(50, Token);
        }
        return false;
    }

    private static async Task<StoreCli> FilledAsync()
    {
        var cli = new StoreCli();
        await cli.PutAsync(SpecRandom.Bytes(70, 3_000_000), "--as", "tree", "--name", "n");
        return cli;
    }
}
