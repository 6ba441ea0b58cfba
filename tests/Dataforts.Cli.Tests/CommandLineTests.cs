using Dataforts.Cli.Tests.Running;
using Dataforts.Testing;

namespace Dataforts.Cli.Tests;

/// <summary>Words that were typed, and what they mean.</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("bogus")]
    [InlineData("hash")]
    [InlineData("inspect")]
    [InlineData("inspect bogus")]
    [InlineData("hash --bogus x")]
    [InlineData("hash -x y")]
    [InlineData("hash -hx")]
    [InlineData("hash --json=false x")]
    [InlineData("hash --quiet:1 x")]
    [InlineData("hash x --store")]
    [InlineData("hash x --store a --store b")]
    [InlineData("hash x --store=")]
    [InlineData("hash x --lock-timeout -1")]
    [InlineData("hash x --lock-timeout soon")]
    [InlineData("inspect tree surplus")]
    [InlineData("inspect chunks - --chunking cdc:1,2")]
    [InlineData("inspect chunks - --chunking fixed:0")]
    [InlineData("inspect chunks - --feed 0")]
    [InlineData("inspect chunks - --feed -5")]
    [InlineData("inspect chunks - --encoding rs:0,1")]
    [InlineData("inspect chunks - --encoding rs:100,29")]
    [InlineData("inspect chunks - --encoding raid")]
    [InlineData("inspect chunks - --rs-tail bogus")]
    [InlineData("inspect chunks - --rs-tail protected")]
    [InlineData("completion tcsh")]
    public async Task What_does_not_parse_exits_2_and_says_so_in_JSON_too(string line)
    {
        string[] words = line.Split(' ');
        CliRun plain = await Running.Cli.RunAsync(words);
        Assert.Equal(2, plain.ExitCode);
        Assert.Empty(plain.Output);
        Assert.StartsWith("dataforts: ", plain.ErrorLines[^1], StringComparison.Ordinal);
        foreach (string[] json in (string[][])[["--json", .. words], [.. words, "--json"]])
        {
            // An option that wants a value takes the word behind it, whatever it is.
            if (line.EndsWith("--store", StringComparison.Ordinal) && json[^1] == "--json") continue;
            CliRun run = await Running.Cli.RunAsync(json);
            Assert.Equal(2, run.ExitCode);
            Assert.Empty(run.Output);
            Assert.Single(run.ErrorLines);
            Assert.Equal("InvalidArgument", run.ErrorKind);
        }
    }

    [Fact]
    public async Task Without_a_word_help_goes_to_standard_error()
    {
        CliRun run = await Running.Cli.RunAsync();
        Assert.Equal(2, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Contains("Usage: dataforts COMMAND", run.ErrorText, StringComparison.Ordinal);
        CliRun json = await Running.Cli.RunAsync("--json");
        Assert.Equal(2, json.ExitCode);
        Assert.Equal("InvalidArgument", json.ErrorKind);
    }

    [Fact]
    public async Task Global_options_stand_before_or_after_the_command()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["a"], "hello world", TestContext.Current.CancellationToken);
        string[] options = ["--json", "--quiet", "--store", folder["store"], "--lock-timeout", "2.5"];
        CliRun before = await Running.Cli.RunAsync([.. options, "hash", folder["a"]]);
        CliRun after = await Running.Cli.RunAsync(["hash", folder["a"], .. options]);
        Assert.Equal(0, before.ExitCode);
        Assert.Equal(before.OutputText, after.OutputText);
        Assert.False(Directory.Exists(folder["store"]));
    }

    [Fact]
    public async Task A_flag_takes_no_word_and_behind_two_dashes_everything_is_a_path()
    {
        using var folder = new TempFolder();
        string here = Directory.GetCurrentDirectory();
        CliRun run = await Running.Cli.RunAsync("hash", "--json", "true", "--", "--json", "-x", "@y");
        Assert.Equal(3, run.ExitCode);
        Assert.Equal(4, run.ErrorLines.Length);
        Assert.Equal(here, Directory.GetCurrentDirectory());
        CliRun plain = await Running.Cli.RunAsync("hash", "--", "--json");
        Assert.Equal("dataforts: there is no file at '--json'", Assert.Single(plain.ErrorLines));
    }

    [Theory]
    [InlineData("")]
    [InlineData("hash")]
    [InlineData("inspect")]
    [InlineData("inspect chunks")]
    [InlineData("inspect ref-decode")]
    [InlineData("completion")]
    public async Task Help_tells_usage_options_environment_and_exit_codes(string command)
    {
        string[] words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        foreach (string option in (string[])["--help", "-h"])
        {
            CliRun run = await Running.Cli.RunAsync([.. words, option]);
            Assert.Equal(0, run.ExitCode);
            Assert.Empty(run.Error);
            foreach (string part in (string[])["Usage: " + string.Join(' ', words.Prepend("dataforts")), "--store DIR", "DATAFORTS_STORE", "130  cancelled"])
                Assert.Contains(part, run.OutputText, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_version_is_printed_anywhere_and_as_JSON()
    {
        CliRun plain = await Running.Cli.RunAsync("hash", "--version");
        Assert.Matches(@"^dataforts \d+\.\d+\.\d+\n$", plain.OutputText);
        CliRun json = await Running.Cli.RunAsync("--version", "--json");
        Assert.Matches(@"^\d+\.\d+\.\d+$", json.Json.GetProperty("version").GetString());
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    [InlineData("pwsh")]
    public async Task A_shell_gets_a_script_that_asks_back(string shell)
    {
        CliRun run = await Running.Cli.RunAsync("completion", shell);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("[suggest:", run.OutputText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dataforts ins", "inspect")]
    [InlineData("dataforts inspect ref", "ref-decode ref-encode")]
    [InlineData("/opt/bin/dataforts inspect ref-d", "ref-decode")]
    [InlineData("dataforts hash --js", "--json")]
    [InlineData("dataforts inspect chunks --rs-tail ", "protected replicated")]
    public async Task Completions_are_what_may_stand_there(string line, string expected)
    {
        CliRun run = await Running.Cli.RunAsync($"[suggest:{line.Length}]", line);
        Assert.Equal(0, run.ExitCode);
        Assert.Subset(run.OutputLines.ToHashSet(), expected.Split(' ').ToHashSet());
    }

    [Fact]
    public async Task A_completion_of_a_line_without_its_last_space_offers_the_next_word()
    {
        CliRun run = await Running.Cli.RunAsync("[suggest:18]", "dataforts inspect");
        Assert.Contains("tree", run.OutputLines);
    }
}
