using System.Diagnostics;

namespace Dataforts.Cli.Commands.Bench;

/// <summary>What everybody copies a folder with: <c>cp -r</c>, and <c>sync</c> behind it.</summary>
internal static class SystemCopy
{
    /// <summary>Copies a folder.</summary>
    /// <param name="from">The folder.</param>
    /// <param name="to">Where nothing is.</param>
    /// <param name="syncs">Whether to bring the device up to date behind it.</param>
    /// <param name="cancellationToken">Ends the wait, and the copy.</param>
    public static async Task RunAsync(string from, string to, bool syncs, CancellationToken cancellationToken)
    {
        await RunAsync("cp", ["-r", from, to], cancellationToken);
        if (syncs) await SyncAsync(cancellationToken);
    }

    /// <summary>Brings the device up to date.</summary>
    public static Task SyncAsync(CancellationToken cancellationToken) => RunAsync("sync", [], cancellationToken);

    private static async Task RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        using Process process = Process.Start(program, arguments);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} failed ({process.ExitCode})");
    }
}
