using System.Diagnostics;
using System.Runtime.InteropServices;
using Dataforts.Cli.Tests.Running;
using Dataforts.Testing;

namespace Dataforts.Cli.Tests;

/// <summary>What only a process of its own shows: streams, signals, locale, exit codes as a shell sees them.</summary>
public sealed partial class ProcessTests
{
    private const int Interrupt = 2;
    private const int Terminate = 15;

    private static readonly Dictionary<string, string?> Nothing = [];

    [Fact]
    public async Task The_version_is_answered_by_itself()
    {
        CliRun run = await Running.Cli.RunProcessAsync("", "--version");
        Assert.Equal(0, run.ExitCode);
        Assert.Matches(@"^dataforts \d+\.\d+\.\d+\n$", run.OutputText);
    }

    [Theory]
    [InlineData("C")]
    [InlineData("tr_TR.UTF-8")]
    [InlineData("de_DE.ISO-8859-1")]
    public async Task Streams_are_UTF8_without_a_byte_order_mark_whatever_the_locale(string locale)
    {
        using var folder = new TempFolder();
        string path = folder["größe-日本.txt"];
        await File.WriteAllTextAsync(path, "x", TestContext.Current.CancellationToken);
        var variables = new Dictionary<string, string?> { ["LC_ALL"] = locale, ["LANG"] = locale };
        CliRun hash = await Running.Cli.RunProcessAsync(variables, "", "hash", path, folder["fehlt-ü"]);
        Assert.Equal(3, hash.ExitCode);
        Assert.EndsWith(path, Assert.Single(hash.OutputLines), StringComparison.Ordinal);
        Assert.Contains("fehlt-ü", hash.ErrorText, StringComparison.Ordinal);
        string json = """{"kind":"small","uri":"s3://ä/ключ","hash":"HASH","size":1}""".Replace("HASH", new string('a', 64), StringComparison.Ordinal);
        CliRun encode = await Running.Cli.RunProcessAsync(variables, json, "inspect", "ref-encode");
        Assert.Equal("s3://ä/ключ", encode.Json.GetProperty("ref").GetProperty("uri").GetString());
    }

    [Theory]
    [InlineData(Interrupt)]
    [InlineData(Terminate)]
    public async Task A_signal_ends_a_wait_for_input_with_130(int signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals.");
        using Process process = Running.Cli.Start(Nothing, "--json", "inspect", "ref-decode");
        await process.StandardInput.WriteAsync("00\n");
        await process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        // The answer comes before more is written, and shows that the tool waits.
        Assert.Contains("NotARef", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(0, Kill(process.Id, signal));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(130, process.ExitCode);
        Assert.Contains("\"kind\":\"Cancelled\"", await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signal_ends_work_with_130()
    {
        Assert.SkipWhen(!File.Exists("/dev/zero"), "There is no endless file here.");
        using Process process = Running.Cli.Start(Nothing, "inspect", "chunks", "/dev/zero");
        // Something comes out, so it is at work.
        await process.StandardOutput.BaseStream.ReadExactlyAsync(new byte[1000], TestContext.Current.CancellationToken);
        Task drain = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken);
        Assert.Equal(0, Kill(process.Id, Interrupt));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await drain;
        Assert.Equal(130, process.ExitCode);
    }

    [Fact]
    public async Task A_reader_that_goes_away_ends_the_run_quietly()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows tells of it in another way.");
        using Process process = Running.Cli.Start(Nothing, "inspect", "ref-decode");
        process.StandardOutput.Close();
        try
        {
            while (!process.HasExited) await process.StandardInput.WriteAsync("00\n");
        }
        catch (IOException)
        {
            Assert.True(process.WaitForExit(TimeSpan.FromSeconds(30)));
        }
        Assert.Equal(1, process.ExitCode);
        Assert.Empty(await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Output_that_finds_no_room_exits_6()
    {
        Assert.SkipWhen(!File.Exists("/dev/full"), "There is no full device here.");
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"echo 00 | dotnet exec '{Program}' --json inspect ref-decode >/dev/full"])
        {
            RedirectStandardError = true,
        })!;
        string error = await shell.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(6, shell.ExitCode);
        Assert.StartsWith("""{"error":{"kind":"NoSpace",""", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_runs_into_one_file_overwrite_nothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The test is written for a POSIX shell.");
        using var folder = new TempFolder();
        string script = $"(dotnet exec '{Program}' hash - nope; dotnet exec '{Program}' hash -) </dev/null >'{folder["out"]}' 2>&1";
        using var shell = Process.Start("/bin/sh", ["-c", script]);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        const string Empty = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262  -";
        Assert.Equal(
            [Empty, "dataforts: there is no file at 'nope'", Empty],
            await File.ReadAllLinesAsync(folder["out"], TestContext.Current.CancellationToken));
    }

    private static string Program => Path.Combine(AppContext.BaseDirectory, "Dataforts.Cli.dll");

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
