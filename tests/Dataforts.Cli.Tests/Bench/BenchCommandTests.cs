using System.Diagnostics;
using System.Text.Json;
using Dataforts.Cli.Commands.Bench;
using Dataforts.Cli.Tests.Blobs;
using Dataforts.Cli.Tests.Running;
using Dataforts.Testing;

namespace Dataforts.Cli.Tests.Bench;

public sealed class BenchCommandTests
{
    [Fact]
    public async Task Every_measurement_gives_its_rows_with_all_keys_and_leaves_nothing_behind()
    {
        using var folder = new TempFolder();
        CliRun run = await Running.Cli.RunAsync("--json", "bench", "--quick", "--size", "2MiB", "--dir", folder.Path);
        Assert.True(run.ErrorText.Length == 0, run.ErrorText);
        Assert.Equal(0, run.ExitCode);
        string[] names = new string[run.OutputLines.Length];
        for (int i = 0; i < names.Length; i++)
        {
            JsonElement row = run.JsonLine(i);
            names[i] = row.GetProperty("name").GetString()!;
            Assert.NotEmpty(row.GetProperty("unit").GetString()!);
            Assert.NotEmpty(row.GetProperty("limitOf").GetString()!);
            (double value, double limit, double ratio) = (Number("value"), Number("limit"), Number("ratio"));
            Assert.True(value >= 0 && limit >= 0 && ratio >= 0, run.OutputLines[i]);
            double Number(string key) => row.GetProperty(key).GetDouble();
        }
        Assert.Equal(BenchList.All.SelectMany(measurement => measurement.Rows), names);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData("has-1m", "has-1m-known", "has-1m-unknown")]
    [InlineData("open-killed", "open-clean", "open-killed")]
    public async Task A_name_of_a_row_stands_for_its_measurement(string name, params string[] rows)
    {
        using var folder = new TempFolder();
        CliRun run = await Running.Cli.RunAsync("--json", "bench", name, name, "--quick", "--dir", folder.Path);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(rows, Enumerable.Range(0, run.OutputLines.Length).Select(i => run.JsonLine(i).GetProperty("name").GetString()));
    }

    [Theory]
    [InlineData("bench", "no-such-thing")]
    [InlineData("bench", "--size", "1")]
    [InlineData("bench", "--size", "2GiB")]
    [InlineData("bench", "--turns", "0")]
    public async Task What_cannot_be_measured_exits_2(params string[] words)
    {
        CliRun run = await Running.Cli.RunAsync(["--json", .. words]);
        Assert.Equal((2, ""), (run.ExitCode, run.OutputText));
    }

    [Fact]
    public async Task A_folder_that_is_not_there_exits_3()
    {
        using var folder = new TempFolder();
        CliRun run = await Running.Cli.RunAsync("--json", "bench", "has-1m", "--dir", folder["nothing"]);
        Assert.Equal((3, "PathNotFound"), (run.ExitCode, run.ErrorKind));
    }

    [Fact]
    public async Task A_run_that_is_called_off_exits_130_and_leaves_nothing_behind()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("no such signals");
        using var folder = new TempFolder();
        string[] words = ["--json", "bench", "put-64k", "--size", "16MiB", "--turns", "99", "--dir", folder.Path];
        using Process bench = Running.Cli.Start(new Dictionary<string, string?>(), words);
        while (Directory.GetFileSystemEntries(folder.Path).Length == 0) await Task.Delay(10, TestContext.Current.CancellationToken);
        Signals.Send(bench, Signals.Interrupt);
        await bench.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(130, bench.ExitCode);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData(0.5, 0.5, true)]
    [InlineData(0.49, 0.5, false)]
    public void A_goal_is_met_from_its_figure_on(double ratio, double figure, bool isMet)
    {
        var turns = new PairedTurns();
        foreach (double noise in (double[])[1, 7, 3]) turns.Add(ratio * noise, noise);
        BenchRow row = turns.Row("name", "MB/s", "limit", BenchGoal.RatioAtLeast(figure));
        Assert.Equal((3 * ratio, 3, ratio, isMet), (row.Value, row.Limit, row.Ratio, row.IsMet));
        Assert.Equal(!isMet || ratio == figure, BenchRow.Single("name", ratio, "s", 1, "limit", BenchGoal.ValueAtMost(figure)).IsMet);
    }

    [Fact]
    public void Content_is_the_same_however_it_is_read()
    {
        byte[] whole = new byte[1003], parts = new byte[1003];
        new BenchContent(whole.Length).ReadExactly(whole);
        var source = new BenchContent(parts.Length);
        for (int at = 0; at < parts.Length;) at += source.Read(parts.AsSpan(at, Math.Min(64, parts.Length - at)));
        Assert.Equal(whole, parts);
        Assert.Equal(0, source.Read(new byte[8]));
        Assert.True(whole.Distinct().Count() > 200);
    }
}
