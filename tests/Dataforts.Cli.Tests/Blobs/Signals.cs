using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Dataforts.Cli.Tests.Blobs;

/// <summary>Signals to processes that a test has started.</summary>
internal static partial class Signals
{
    public const int Interrupt = 2;

    public static void Send(Process process, int signal) => Assert.Equal(0, Kill(process.Id, signal));

    /// <summary>The most memory a process has had in use; 0 when it has just ended.</summary>
    public static long PeakBytes(Process process)
    {
        try
        {
            string? line = File.ReadLines($"/proc/{process.Id}/status").FirstOrDefault(text => text.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.AsSpan(6).Trim().TrimEnd("kB "), System.Globalization.CultureInfo.InvariantCulture) * 1024;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
