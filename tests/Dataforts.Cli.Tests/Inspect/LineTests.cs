using System.Diagnostics;
using System.Text;
using Dataforts.Cli.Tests.Running;
using Dataforts.Testing;

namespace Dataforts.Cli.Tests.Inspect;

/// <summary>How lines are told apart, whatever they hold.</summary>
public sealed class LineTests
{
    private const int MaxLineBytes = 8 << 20;

    [Fact]
    public async Task Every_line_is_an_item_the_last_one_without_its_end_too()
    {
        CliRun run = await Running.Cli.RunWithInputAsync("00\r\n\n\r\nzz\n00", "inspect", "ref-decode");
        Assert.Equal(
            ["1 NotARef", "2 NotARef", "3 NotARef", "4 InvalidArgument", "5 NotARef"],
            run.OutputLines.Select((_, i) => run.JsonLine(i)).Select(j => $"{j.GetProperty("line")} {j.GetProperty("error").GetProperty("kind")}"));
        Assert.Empty((await Running.Cli.RunWithInputAsync("", "inspect", "ref-decode")).Output);
        Assert.Single((await Running.Cli.RunWithInputAsync("\n", "inspect", "ref-decode")).OutputLines);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(70_000, true)]
    [InlineData(20 << 20, true)]
    public async Task A_line_has_at_most_8_MiB(int above, bool isRefused)
    {
        foreach (string end in (string[])["\n00\n", "\r\n00\n", ""])
        {
            string input = new string('a', MaxLineBytes + above) + end;
            CliRun run = await Running.Cli.RunWithInputAsync(input, "inspect", "ref-decode");
            Assert.Equal(end.Length > 0 ? 2 : 1, run.OutputLines.Length);
            string? message = run.JsonLine(0).GetProperty("error").GetProperty("message").GetString();
            Assert.Equal(isRefused, message!.Contains("8388608", StringComparison.Ordinal));
            Assert.Equal(isRefused ? "InvalidArgument" : "NotARef", run.JsonLine(0).GetProperty("error").GetProperty("kind").GetString());
            if (end.Length > 0) Assert.Equal(2, run.JsonLine(1).GetProperty("line").GetInt32());
        }
    }

    [Fact]
    public async Task Short_lines_go_by_ten_thousand_a_second_good_or_bad()
    {
        const int Lines = 100_000;
        string[] items = [RefVectors.Small, "00", "zz", RefVectors.Tree, "b0b1b2b3ff"];
        var input = new StringBuilder();
        for (int i = 0; i < Lines; i++) input.Append(items[i % items.Length]).Append('\n');
        long start = Stopwatch.GetTimestamp();
        CliRun run = await Running.Cli.RunProcessAsync(input.ToString(), "inspect", "ref-decode");
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(10), $"{Stopwatch.GetElapsedTime(start)}");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(Lines, run.OutputLines.Length);
        Assert.Equal(Lines, run.JsonLine(Lines - 1).GetProperty("line").GetInt32());
    }

    [Fact]
    public async Task Random_lines_yield_objects_and_nothing_else()
    {
        foreach (string command in (string[])["ref-decode", "ref-encode", "node-decode", "node-encode", "tree"])
        {
            byte[] input = SpecRandom.Bytes(7, 200_000);
            CliRun run = await Running.Cli.RunWithInputAsync(input, "inspect", command);
            Assert.Equal(0, run.ExitCode);
            Assert.Empty(run.Error);
            int lines = input.Count(b => b == '\n') + (input[^1] == '\n' ? 0 : 1);
            Assert.Equal(lines, run.OutputLines.Length);
            for (int i = 0; i < lines; i++) Assert.Equal(i + 1, run.JsonLine(i).GetProperty("line").GetInt32());
        }
    }
}
