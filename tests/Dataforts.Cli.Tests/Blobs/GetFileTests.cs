using System.Diagnostics;
using System.Runtime.Versioning;
using Dataforts.Cli.Tests.Running;
using Dataforts.Content;
using Dataforts.Testing;

namespace Dataforts.Cli.Tests.Blobs;

/// <summary><c>get -o</c>: a file whole or not at all.</summary>
public sealed class GetFileTests
{
    private static readonly byte[] Content = SpecRandom.Bytes(21, 1_000_000);
    private static readonly byte[] Old = "what was there before"u8.ToArray();

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_file_is_made_or_replaced_and_keeps_its_mode_and_link()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has neither modes nor links of this sort.");
        using var cli = new StoreCli();
        await cli.PutAsync(Content, "--name", "n");
        string file = await cli.WriteAsync("file", Old);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.CreateSymbolicLink(cli["link"], "file");
        foreach (string target in (string[])[cli["fresh"], file, cli["link"]])
        {
            CliRun run = await cli.RunAsync("--json", "get", "n", "-o", target);
            Assert.Equal((0, target, Content.Length), (run.ExitCode, run.Json.Text("path"), run.Json.Number("bytes")));
            Assert.Equal(["path", "bytes"], run.Json.EnumerateObject().Select(p => p.Name));
            Assert.Equal(Content, await File.ReadAllBytesAsync(target, TestContext.Current.CancellationToken));
        }
        Assert.Equal("file", new FileInfo(cli["link"]).LinkTarget);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(file));
        Assert.Empty((await cli.RunAsync("get", "n", "-o", file)).Output);
        NoLitter(cli);
    }

    [Fact]
    public async Task Names_may_be_as_long_as_the_system_allows()
    {
        using var cli = new StoreCli();
        await cli.PutAsync(Content, "--name", "n");
        Assert.Equal(0, (await cli.RunAsync("get", "n", "-o", cli[new string('x', 255)])).ExitCode);
        Assert.Equal(Content.Length, new FileInfo(cli[new string('x', 255)]).Length);
    }

    [Fact]
    public async Task A_folder_exits_2_and_a_place_that_is_not_there_fails()
    {
        using var cli = new StoreCli();
        await cli.PutAsync(Content, "--name", "n");
        Directory.CreateDirectory(cli["folder"]);
        await cli.FailsAsync(2, "InvalidArgument", "get", "n", "-o", cli["folder"]);
        await cli.FailsAsync(2, "InvalidArgument", "get", "n", "-o", cli["folder"] + "/");
        await cli.FailsAsync(2, "InvalidArgument", "get", "n", "-o", "");
        await cli.FailsAsync(3, "PathNotFound", "get", "n", "-o", Path.Combine(cli["nowhere"], "file"));
        Assert.False(Directory.Exists(cli["nowhere"]));
        Assert.Empty(Directory.GetFileSystemEntries(cli["folder"]));
    }

    [Fact]
    public async Task A_chunk_that_is_wrong_in_the_middle_leaves_the_old_file_and_no_litter()
    {
        using var cli = new StoreCli();
        await cli.PutAsync(Content, "--name", "n", "--chunking", "fixed:65536");
        await cli.DamageAsync(Content[(7 * 65536)..(8 * 65536)]);
        string hash = BlobHash.Compute(Content.AsSpan(7 * 65536, 65536)).ToHex();
        string file = await cli.WriteAsync("file", Old);
        CliRun run = await cli.RunAsync("--json", "get", "n", "-o", file);
        Assert.Equal((4, "ChunkCorrupt", ""), (run.ExitCode, run.ErrorKind, run.OutputText));
        Assert.Contains(hash, run.ErrorText, StringComparison.Ordinal);
        Assert.Equal(Old, await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
        await cli.FailsAsync(4, "ChunkCorrupt", "get", "n", "-o", cli["fresh"]);
        Assert.False(File.Exists(cli["fresh"]));
        NoLitter(cli);
        // To standard output nothing but verified bytes go, and the exit code tells that they are not all.
        CliRun piped = await cli.RunAsync("--json", "get", "n");
        Assert.Equal((4, "ChunkCorrupt"), (piped.ExitCode, piped.ErrorKind));
        Assert.Equal(Content.AsSpan(0, piped.Output.Length).ToArray(), piped.Output);
        Assert.InRange(piped.Output.Length, 0, 7 * 65536);
        // A range beside the damage is whole.
        Assert.Equal(Content[(8 * 65536)..], await cli.GetAsync("n", "--offset", $"{8 * 65536}"));
    }

    [Fact]
    public async Task More_than_there_is_room_for_is_refused_before_anything_is_written()
    {
        using var cli = new StoreCli();
        string file = await cli.WriteAsync("file", Old);
        CraftedTree huge = await CraftedTree.RepeatingAsync(cli);
        await cli.FailsAsync(6, "NoSpace", "get", huge.Text, "-o", file);
        Assert.Equal(Old, await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
        NoLitter(cli);
    }

    [Fact]
    public async Task A_device_or_pipe_is_written_directly()
    {
        Assert.SkipWhen(!OperatingSystem.IsLinux(), "The test uses Linux devices.");
        using var cli = new StoreCli();
        await cli.PutAsync(Content, "--name", "n");
        Assert.Equal(0, (await cli.RunAsync("get", "n", "-o", "/dev/null")).ExitCode);
        Assert.True(File.Exists("/dev/null"));
        CliRun piped = await cli.ShellAsync(
            "mkfifo pipe; cat pipe > copy & cli --json get n -o pipe; wait; test -p pipe && cmp -n 9999999 copy - < <(cli get n)");
        Assert.Equal((0, "pipe", Content.Length), (piped.ExitCode, piped.Json.Text("path"), piped.Json.Number("bytes")));
        await cli.FailsAsync(6, "NoSpace", "get", "n", "-o", "/dev/full");
    }

    [Fact]
    public async Task A_signal_in_the_middle_leaves_the_old_file_and_no_litter()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals.");
        using var cli = new StoreCli();
        string file = await cli.WriteAsync("file", Old);
        // 2 GiB of zeros that are 16 MiB in the store: long enough to be interrupted.
        CraftedTree large = await CraftedTree.RepeatingAsync(cli, depth: 1);
        using Process process = cli.Start("--json", "get", large.Text, "-o", file);
        string folder = Path.GetDirectoryName(file)!;
        while (!Directory.EnumerateFiles(folder, ".dataforts-*").Any(part => new FileInfo(part).Length > 0) && !process.HasExited)
            await Task.Delay(5, TestContext.Current.CancellationToken);
        Signals.Send(process, Signals.Interrupt);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(130, process.ExitCode);
        Assert.Contains("\"kind\":\"Cancelled\"", await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(Old, await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
        NoLitter(cli);
    }

    private static void NoLitter(StoreCli cli) =>
        Assert.DoesNotContain(Directory.EnumerateFiles(Path.GetDirectoryName(cli["x"])!), path => path.EndsWith(".part", StringComparison.Ordinal));
}
