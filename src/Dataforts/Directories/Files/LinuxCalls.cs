using System.Runtime.InteropServices;

namespace Dataforts.Directories.Files;

/// <summary>The calls of Linux that work below an open folder, which .NET has none of, and their constants.</summary>
internal static unsafe partial class LinuxCalls
{
    public const int ReadOnly = 0, WriteOnly = 1, Create = 0x40, Exclusive = 0x80, NoTerminal = 0x100, NonBlocking = 0x800, CloseOnExec = 0x80000;
    public const int NoFollowAt = 0x100, RemoveFolderAt = 0x200, EmptyPath = 0x1000;
    public const uint BasicStats = 0x7FF;
    public const long OpenAt2 = 437;
    public const ulong NoLinksBeneath = 0x02 | 0x04 | 0x08;
    private const int Interrupted = 4;
    private const uint UsualMask = 0x12;

    /// <summary>Whether the numbers below are those of this machine.</summary>
    public static bool AreKnown { get; } =
        RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64 or Architecture.RiscV64 && sizeof(nint) == 8;

    public static int FolderOnly { get; } = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x4000 : 0x10000;

    public static int NoFollow { get; } = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8000 : 0x20000;

    /// <summary>The permission bits that the process withholds from what it makes; the usual ones where that is not known.</summary>
    public static uint WithheldModes { get; } = ReadMask();

    /// <summary>The last error as .NET would have it.</summary>
    public static IOException LastError(string folder, ReadOnlySpan<byte> path)
    {
        int error = Marshal.GetLastPInvokeError();
        return new IOException($"{Marshal.GetPInvokeErrorMessage(error)}: {folder}/{System.Text.Encoding.UTF8.GetString(path)}", error);
    }

    /// <summary>Whether a call is to be made again.</summary>
    public static bool WasInterrupted => Marshal.GetLastPInvokeError() == Interrupted;

    private static uint ReadMask()
    {
        const string Source = "/proc/self/status", Key = "Umask:";
        try
        {
            string? line = OperatingSystem.IsLinux() ? File.ReadLines(Source).FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal)) : null;
            return line is null ? UsualMask : Convert.ToUInt32(line[Key.Length..].Trim(), 8);
        }
        catch (IOException)
        {
            // No /proc.
            return UsualMask;
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    public static partial int openat(int folder, byte* path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial nint openat2(nint number, nint folder, byte* path, ulong* how, nint size);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int statx(int folder, byte* path, int flags, uint mask, byte* buffer);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint pread(int file, byte* buffer, nint count, long offset);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint write(int file, byte* buffer, nint count);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint readlinkat(int folder, byte* path, byte* buffer, nint size);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int mkdirat(int folder, byte* path, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int symlinkat(byte* target, int folder, byte* path);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int linkat(int fromFolder, byte* from, int folder, byte* path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int unlinkat(int folder, byte* path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fchmod(int file, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fchmodat(int folder, byte* path, uint mode, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int futimens(int file, long* times);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int utimensat(int folder, byte* path, long* times, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial byte* fdopendir(int folder);

    [LibraryImport("libc", SetLastError = true)]
    public static partial byte* readdir(byte* stream);

    [LibraryImport("libc")]
    public static partial int closedir(byte* stream);

    [LibraryImport("libc")]
    public static partial int close(int file);
}
