using System.Diagnostics;
using System.Text.Json;
using Dataforts.Cli.Invocation;
using Dataforts.Cli.Tests.Running;
using Dataforts.Content;
using Dataforts.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Dataforts.Cli.Tests.Blobs;

/// <summary>The tool on a store of its own, in a folder that is gone when the test is.</summary>
internal sealed class StoreCli : IDisposable
{
    private readonly TempFolder _folder = new();

    /// <summary>The time that runs in this process see; those in a process of their own have the machine's.</summary>
    public FakeTimeProvider Clock { get; } = new(TimeProvider.System.GetUtcNow());

    public string StorePath => _folder["store"];

    public string LogPath => Path.Combine(StorePath, "log");

    /// <summary>The path of something beside the store.</summary>
    public string this[string name] => _folder[name];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>In this process, without input.</summary>
    public Task<CliRun> RunAsync(params string[] args) => FeedAsync([], args);

    /// <summary>In this process, with bytes on standard input.</summary>
    public async Task<CliRun> FeedAsync(byte[] input, params string[] args)
    {
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        var environment = new CliEnvironment
        {
            OpenInput = () => new MemoryStream(input),
            Output = output,
            Error = error,
            GetVariable = name => name == StoreLocation.Variable ? StorePath : null,
            Time = Clock,
        };
        int exitCode = await Dispatcher.RunAsync(args, environment, Token);
        return new CliRun(exitCode, output.ToArray(), error.ToArray());
    }

    /// <summary>The one object that a run with <c>--json</c> prints.</summary>
    public async Task<JsonElement> JsonAsync(params string[] args)
    {
        CliRun run = await RunAsync(["--json", .. args]);
        Assert.Equal((0, ""), (run.ExitCode, run.ErrorText));
        return run.Json;
    }

    /// <summary>Stores bytes; what <c>put --json</c> says.</summary>
    public async Task<JsonElement> PutAsync(byte[] content, params string[] args)
    {
        CliRun run = await FeedAsync(content, ["--json", "put", "-", .. args]);
        Assert.Equal((0, ""), (run.ExitCode, run.ErrorText));
        return run.Json;
    }

    /// <summary>Expects a failure: the exit code and kind, nothing on standard output, a message on standard error with and without <c>--json</c>.</summary>
    public async Task FailsAsync(int exitCode, string kind, params string[] args)
    {
        CliRun json = await RunAsync(["--json", .. args]);
        Assert.Equal((exitCode, kind, ""), (json.ExitCode, json.ErrorKind, json.OutputText));
        Assert.NotEmpty(json.JsonError.GetProperty("message").GetString()!);
        CliRun plain = await RunAsync(args);
        Assert.Equal((exitCode, ""), (plain.ExitCode, plain.OutputText));
        Assert.StartsWith("dataforts: ", plain.ErrorLines[^1], StringComparison.Ordinal);
    }

    /// <summary>The content of a blob as <c>get</c> writes it.</summary>
    public async Task<byte[]> GetAsync(params string[] args)
    {
        CliRun run = await RunAsync(["get", .. args]);
        Assert.Equal((0, ""), (run.ExitCode, run.ErrorText));
        return run.Output;
    }

    /// <summary>Writes a file beside the store.</summary>
    /// <returns>Its path.</returns>
    public async Task<string> WriteAsync(string name, byte[] content)
    {
        await File.WriteAllBytesAsync(_folder[name], content, Token);
        return _folder[name];
    }

    /// <summary>As a process of its own. The caller ends and disposes it.</summary>
    public Process Start(params string[] args) =>
        Running.Cli.Start(new Dictionary<string, string?> { [StoreLocation.Variable] = StorePath }, args);

    /// <summary>As a process of its own, to its end.</summary>
    public Task<CliRun> RunProcessAsync(params string[] args) =>
        Running.Cli.RunProcessAsync(new Dictionary<string, string?> { [StoreLocation.Variable] = StorePath }, "", args);

    /// <summary>A shell script to its end; <c>cli</c> in it is the tool.</summary>
    public Task<CliRun> ShellAsync(string script) => BashAsync(["bash"], script);

    /// <summary>The same as the superuser of a Linux where mounts may come and are gone with the script; 77 where there can be none.</summary>
    public Task<CliRun> InMountNamespaceAsync(string script) =>
        BashAsync(["bash", "-c", "unshare -m true 2> /dev/null || exit 77; exec unshare -m bash \"$@\"", "bash"], script);

    private async Task<CliRun> BashAsync(string[] command, string script)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "Dataforts.Cli.dll");
        string[] args = [.. command[1..], "-c", "cli() { dotnet exec \"$PROGRAM\" \"$@\"; }; " + script];
        using var shell = Process.Start(new ProcessStartInfo(command[0], args)
        {
            WorkingDirectory = _folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { [StoreLocation.Variable] = StorePath, ["PROGRAM"] = program },
        })!;
        Task<string> error = shell.StandardError.ReadToEndAsync(Token);
        string output = await shell.StandardOutput.ReadToEndAsync(Token);
        await shell.WaitForExitAsync(Token);
        return new CliRun(shell.ExitCode, System.Text.Encoding.UTF8.GetBytes(output), System.Text.Encoding.UTF8.GetBytes(await error));
    }

    /// <summary>Every path below the test's folder, with length and time of change; not the one in which readers say what they read.</summary>
    public string[] Listing() =>
    [
        .. new DirectoryInfo(_folder.Path).EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
            .Where(info => info.Name != "readers" && Path.GetFileName(Path.GetDirectoryName(info.FullName)) != "readers")
            .Select(info => $"{info.FullName} {(info as FileInfo)?.Length} {info.LastWriteTimeUtc:O}")
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Turns over one bit of a stored chunk on disk, where its bytes lie.</summary>
    public async Task DamageAsync(byte[] chunk)
    {
        foreach (string path in Directory.GetFiles(LogPath))
        {
            byte[] segment = await File.ReadAllBytesAsync(path, Token);
            int at = segment.AsSpan().IndexOf(chunk);
            if (at < 0) continue;
            segment[at + (chunk.Length / 2)] ^= 1;
            await File.WriteAllBytesAsync(path, segment, Token);
            return;
        }
        Assert.Fail("the chunk is in no segment");
    }

    /// <summary>A ref as the hex of its bytes.</summary>
    public static string HexOf(BlobRef blob) => Convert.ToHexStringLower(blob.Encode());

    public void Dispose() => _folder.Dispose();
}
