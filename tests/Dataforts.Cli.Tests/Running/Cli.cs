using System.Diagnostics;
using System.Text;
using Dataforts.Cli.Invocation;

namespace Dataforts.Cli.Tests.Running;

/// <summary>Runs the tool, in this process or as one of its own.</summary>
internal static class Cli
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "Dataforts.Cli.dll");

    /// <summary>In this process, without input.</summary>
    public static Task<CliRun> RunAsync(params string[] args) => RunWithInputAsync([], args);

    /// <summary>In this process.</summary>
    public static Task<CliRun> RunWithInputAsync(string input, params string[] args) => RunWithInputAsync(Encoding.UTF8.GetBytes(input), args);

    /// <summary>In this process.</summary>
    public static async Task<CliRun> RunWithInputAsync(byte[] input, params string[] args)
    {
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        int exitCode = await Dispatcher.RunAsync(
            args,
            new CliEnvironment { OpenInput = () => new MemoryStream(input), Output = output, Error = error },
            TestContext.Current.CancellationToken);
        return new CliRun(exitCode, output.ToArray(), error.ToArray());
    }

    /// <summary>As a process of its own, with its streams as pipes. The caller ends and disposes it.</summary>
    public static Process Start(IReadOnlyDictionary<string, string?> variables, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = new UTF8Encoding(false),
            StandardErrorEncoding = new UTF8Encoding(false),
        };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(Program);
        foreach (string arg in args) start.ArgumentList.Add(arg);
        foreach ((string name, string? value) in variables) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>As a process of its own, to its end.</summary>
    public static Task<CliRun> RunProcessAsync(string input, params string[] args) =>
        RunProcessAsync(new Dictionary<string, string?>(), input, args);

    /// <summary>As a process of its own with some variables, to its end.</summary>
    public static async Task<CliRun> RunProcessAsync(IReadOnlyDictionary<string, string?> variables, string input, params string[] args)
    {
        using Process process = Start(variables, args);
        Task<byte[]> output = ReadAllAsync(process.StandardOutput.BaseStream);
        Task<byte[]> error = ReadAllAsync(process.StandardError.BaseStream);
        await using (Stream stdin = process.StandardInput.BaseStream) await stdin.WriteAsync(Encoding.UTF8.GetBytes(input));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new CliRun(process.ExitCode, await output, await error);
    }

    private static async Task<byte[]> ReadAllAsync(Stream stream)
    {
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, TestContext.Current.CancellationToken);
        return bytes.ToArray();
    }
}
