using System.Text.Json;
using Dataforts.Cli.Tests.Running;
using Dataforts.Simulation.Catalog;
using Dataforts.Testing;

namespace Dataforts.Cli.Tests.Simulation;

public sealed class SimCommandTests
{
    private const string Trace = "0 1 10\n1 2 10\n2 1 10\n3 3 10\n4 1 10\n5 2 12\n6 9 500\n";

    [Fact]
    public async Task A_trace_is_replayed_for_each_policy_and_capacity()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["t"], Trace, TestContext.Current.CancellationToken);
        CliRun run = await Running.Cli.RunAsync("--json", "sim", "cache", "--trace", folder["t"], "--capacity", "20,1KiB");
        Assert.Equal(0, run.ExitCode);
        JsonElement[] objects = [.. run.OutputLines.Select((_, i) => run.JsonLine(i))];
        Assert.Equal(
            ["default 20", "lru 20", "fifo 20", "belady 20", "default 1024", "lru 1024", "fifo 1024", "belady 1024"],
            objects.Select(o => $"{o.GetProperty("policy").GetString()} {o.GetProperty("capacityBytes").GetInt64()}"));
        JsonElement lru = objects[1];
        Assert.Equal(7, lru.GetProperty("requests").GetInt64());
        Assert.Equal(2, lru.GetProperty("hits").GetInt64());
        Assert.Equal(2.0 / 7, lru.GetProperty("hitRatio").GetDouble());
        Assert.Equal(20.0 / 562, lru.GetProperty("byteHitRatio").GetDouble());
        Assert.Equal(3, lru.GetProperty("evictions").GetInt64());
        Assert.Equal(1, objects[2].GetProperty("hits").GetInt64());
        Assert.StartsWith("adaptive", objects[0].GetProperty("implementation").GetString(), StringComparison.Ordinal);
        Assert.False(lru.TryGetProperty("implementation", out _));
    }

    [Fact]
    public async Task Standard_input_is_replayed_without_the_optimum_that_reads_twice()
    {
        CliRun run = await Running.Cli.RunWithInputAsync(Trace, "--json", "sim", "cache", "--trace", "-", "--capacity", "20");
        Assert.Equal(["default", "lru", "fifo"], run.OutputLines.Select((_, i) => run.JsonLine(i).GetProperty("policy").GetString()));
        CliRun twice = await Running.Cli.RunWithInputAsync(Trace, "--json", "sim", "cache", "--trace", "-", "--capacity", "20", "--policy", "belady");
        Assert.Equal((2, "InvalidArgument"), (twice.ExitCode, twice.ErrorKind));
    }

    [Theory]
    [InlineData("20", "lru", "0 1 10\n0 x 10\n")]
    [InlineData("0", "lru", Trace)]
    [InlineData("20,", "lru", Trace)]
    [InlineData("20", "mru", Trace)]
    [InlineData("9223372036854775807", "lru", Trace)]
    public async Task What_does_not_parse_exits_2(string capacity, string policy, string trace)
    {
        CliRun run = await Running.Cli.RunWithInputAsync(trace, "--json", "sim", "cache", "--trace", "-", "--capacity", capacity, "--policy", policy);
        Assert.Equal((2, "InvalidArgument"), (run.ExitCode, run.ErrorKind));
        if (trace != Trace) Assert.Contains("line 2", run.JsonError.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trace_that_is_not_there_exits_3()
    {
        using var folder = new TempFolder();
        CliRun run = await Running.Cli.RunAsync("--json", "sim", "cache", "--trace", folder["t"], "--capacity", "20");
        Assert.Equal((3, "PathNotFound"), (run.ExitCode, run.ErrorKind));
    }

    [Fact]
    public async Task A_made_up_trace_can_be_replayed()
    {
        using var folder = new TempFolder();
        CliRun file = await Running.Cli.RunAsync("sim", "trace", "cdn", "--seed", "9", "--requests", "500", "-o", folder["t"]);
        Assert.Equal(0, file.ExitCode);
        CliRun output = await Running.Cli.RunAsync("sim", "trace", "cdn", "--seed", "9", "--requests", "500");
        Assert.Equal(await File.ReadAllTextAsync(folder["t"], TestContext.Current.CancellationToken), output.OutputText);
        Assert.Equal(500, output.OutputLines.Length);
        CliRun run = await Running.Cli.RunAsync("--json", "sim", "cache", "--trace", folder["t"], "--capacity", "100KiB", "--policy", "default");
        Assert.Equal(500, run.Json.GetProperty("requests").GetInt64());
        Assert.Equal(2, (await Running.Cli.RunAsync("sim", "trace", "nothing")).ExitCode);
    }

    [Fact]
    public async Task Experiments_are_listed_and_an_unknown_one_exits_2()
    {
        CliRun list = await Running.Cli.RunAsync("--json", "sim", "ls");
        Assert.Equal(ExperimentCatalog.All.Select(e => e.Name), list.OutputLines.Select((_, i) => list.JsonLine(i).GetProperty("name").GetString()));
        CliRun unknown = await Running.Cli.RunAsync("--json", "sim", "e99");
        Assert.Equal((2, "InvalidArgument"), (unknown.ExitCode, unknown.ErrorKind));
        Assert.Equal(2, (await Running.Cli.RunAsync("--json", "sim")).ExitCode);
        Assert.Equal(2, (await Running.Cli.RunAsync("--json", "sim", "caching", "--seed", "-1")).ExitCode);
    }

    [Fact]
    [Slow]
    public async Task An_experiment_leaves_its_figures_plots_and_trace()
    {
        using var folder = new TempFolder();
        CliRun run = await Running.Cli.RunAsync("--json", "sim", "caching", "--seed", "3", "--out", folder["deep/out"]);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal("caching", run.Json.GetProperty("name").GetString());
        Assert.Equal(3, run.Json.GetProperty("seed").GetInt64());
        Assert.True(run.Json.GetProperty("accepted").GetBoolean());
        Assert.True(run.Json.GetProperty("metrics").GetProperty("meanHitRatio").GetDouble() > 0);
        Assert.All(
            run.Json.GetProperty("plots").EnumerateArray(),
            plot => Assert.StartsWith("<svg", File.ReadAllText(plot.GetString()!), StringComparison.Ordinal));
        Assert.Equal(2, Directory.GetFiles(folder["deep/out"]).Length);
    }
}
