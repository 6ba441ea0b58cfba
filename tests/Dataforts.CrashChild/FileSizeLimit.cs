using System.Runtime.InteropServices;

namespace Dataforts.CrashChild;

/// <summary>Linux's cap on the length of the files a process writes, as a stand-in for a device that takes no more.</summary>
internal static partial class FileSizeLimit
{
    private const int FileSize = 1;
    private const int SignalFileSize = 25;
    private static readonly nint Ignore = 1;

    /// <summary>Sets the soft limit; a write beyond it is an error then, not the end of the process.</summary>
    public static void Set(ulong? bytes)
    {
        _ = signal(SignalFileSize, Ignore);
        if (setrlimit(FileSize, [bytes ?? ulong.MaxValue, ulong.MaxValue]) != 0) throw new InvalidOperationException("setrlimit failed");
    }

    [LibraryImport("libc")]
    private static partial nint signal(int number, nint handler);

    [LibraryImport("libc")]
    private static partial int setrlimit(int resource, ulong[] limits);
}
