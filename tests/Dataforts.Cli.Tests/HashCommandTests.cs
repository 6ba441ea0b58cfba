using Dataforts.Cli.Tests.Running;
using Dataforts.Content;
using Dataforts.Testing;

namespace Dataforts.Cli.Tests;

public sealed class HashCommandTests
{
    private const string HelloWorld = "d74981efa70a0c880b8d8c1985d075dbcbf679b99a5f9914e5aaf96b831a9e24";

    [Fact]
    public async Task Lines_are_those_of_b3sum()
    {
        using var folder = new TempFolder();
        foreach (string name in (string[])["plain", "with space", "back\\slash", "line\nfeed"])
            await File.WriteAllTextAsync(folder[name], "hello world", TestContext.Current.CancellationToken);
        string[] paths = [folder["plain"], folder["with space"], folder["back\\slash"], folder["line\nfeed"], "-"];
        CliRun run = await Running.Cli.RunWithInputAsync("hello world", ["hash", .. paths]);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            [
                $"{HelloWorld}  {folder["plain"]}",
                $"{HelloWorld}  {folder["with space"]}",
                $"\\{HelloWorld}  {folder["back\\\\slash"]}",
                $"\\{HelloWorld}  {folder["line\\nfeed"]}",
                $"{HelloWorld}  -",
            ],
            run.OutputLines);
    }

    [Fact]
    public async Task Characters_that_could_fool_a_terminal_are_shown_by_number()
    {
        using var folder = new TempFolder();
        string path = folder["a\u001b[31m\u202ebad"];
        await File.WriteAllTextAsync(path, "", TestContext.Current.CancellationToken);
        CliRun run = await Running.Cli.RunAsync("hash", path, folder["\u0007"]);
        Assert.EndsWith(@"a\u{1b}[31m\u{202e}bad", Assert.Single(run.OutputLines), StringComparison.Ordinal);
        Assert.Contains(@"\u{7}", run.ErrorText, StringComparison.Ordinal);
        CliRun json = await Running.Cli.RunAsync("--json", "hash", path);
        Assert.Equal(path, json.Json.GetProperty("path").GetString());
    }

    [Fact]
    public async Task JSON_has_path_hash_and_size()
    {
        using var folder = new TempFolder();
        byte[] content = SpecRandom.Bytes(42, 3_000_000);
        await File.WriteAllBytesAsync(folder["a"], content, TestContext.Current.CancellationToken);
        CliRun run = await Running.Cli.RunAsync("hash", folder["a"], "--json");
        Assert.Equal(folder["a"], run.Json.GetProperty("path").GetString());
        Assert.Equal(BlobHash.Compute(content).ToHex(), run.Json.GetProperty("hash").GetString());
        Assert.Equal(content.Length, run.Json.GetProperty("size").GetInt32());
    }

    [Fact]
    public async Task A_missing_file_exits_3_behind_the_others()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["a"], "hello world", TestContext.Current.CancellationToken);
        CliRun run = await Running.Cli.RunAsync("--json", "hash", folder["missing"], folder["a"], folder["a/below a file"], "");
        Assert.Equal(3, run.ExitCode);
        Assert.Equal(HelloWorld, run.Json.GetProperty("hash").GetString());
        Assert.Equal(3, run.ErrorLines.Length);
        Assert.Equal("PathNotFound", run.ErrorKind);
    }

    [Fact]
    public async Task A_folder_exits_2()
    {
        using var folder = new TempFolder();
        CliRun run = await Running.Cli.RunAsync("--json", "hash", folder.Path);
        Assert.Equal(2, run.ExitCode);
        Assert.Equal("InvalidArgument", run.ErrorKind);
    }
}
