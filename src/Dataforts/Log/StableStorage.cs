using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Dataforts.Log;

/// <summary>The calls that push bytes through to the device, where .NET has none of its own: fdatasync, and fsync of a folder.</summary>
internal static partial class StableStorage
{
    private const int OpenReadOnly = 0;

    /// <summary>Flushes a file's data and what is needed to read it back (its length), not its times.</summary>
    public static void FlushData(SafeFileHandle file, string path)
    {
        if (OperatingSystem.IsLinux())
        {
            bool added = false;
            try
            {
                file.DangerousAddRef(ref added);
                if (fdatasync((int)file.DangerousGetHandle()) != 0) throw LastError(path);
            }
            finally
            {
                if (added) file.DangerousRelease();
            }
            return;
        }
        RandomAccess.FlushToDisk(file);
    }

    /// <summary>Flushes a folder, so that files made, renamed or removed in it stay so. Windows needs and has no such call.</summary>
    public static void FlushFolder(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        int fd = open(path, OpenReadOnly);
        if (fd < 0) throw LastError(path);
        try
        {
            if (fsync(fd) != 0) throw LastError(path);
        }
        finally
        {
            _ = close(fd);
        }
    }

    /// <summary>Puts <paramref name="content"/> at <paramref name="path"/> whole or not at all, on stable storage when it returns.</summary>
    public static void ReplaceFile(string path, ReadOnlySpan<byte> content)
    {
        string aside = path + ".new";
        using (SafeFileHandle file = File.OpenHandle(aside, FileMode.Create, FileAccess.Write, FileShare.Read))
        {
            RandomAccess.Write(file, content, 0);
            FlushData(file, aside);
        }
        File.Move(aside, path, overwrite: true);
        FlushFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Reads a small file whole.</summary>
    /// <exception cref="DatafortsException">StoreDamaged: the file is missing, or longer than <paramref name="maxBytes"/>.</exception>
    public static byte[] ReadFile(string path, int maxBytes)
    {
        if (!File.Exists(path)) throw FileHeader.Damaged(path, 0, "the file is missing");
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        long length = RandomAccess.GetLength(file);
        if (length > maxBytes) throw FileHeader.Damaged(path, maxBytes, $"the file has {length} bytes, more than any of its kind");
        var bytes = new byte[length];
        int total = 0;
        while (total < bytes.Length && RandomAccess.Read(file, bytes.AsSpan(total), total) is > 0 and int read) total += read;
        return bytes[..total];
    }

    /// <summary>Asks the system to forget a file's cached pages, so that a read comes from the device. Only a hint; Linux only.</summary>
    public static void DropCache(SafeFileHandle file)
    {
        const int DontNeed = 4;
        if (OperatingSystem.IsLinux()) _ = posix_fadvise((int)file.DangerousGetHandle(), 0, 0, DontNeed);
    }

    /// <summary>Locks a file against every other process that asks so, for as long as the handle lives. .NET's own locks can be switched
    /// off by an environment variable; on Windows sharing modes cannot.</summary>
    /// <returns>Whether the lock was to be had.</returns>
    public static bool TryLock(SafeFileHandle file, string path)
    {
        const int Exclusive = 2, NotBlocking = 4, LinuxWouldBlock = 11, MacWouldBlock = 35;
        if (OperatingSystem.IsWindows()) return true;
        if (flock((int)file.DangerousGetHandle(), Exclusive | NotBlocking) == 0) return true;
        if (Marshal.GetLastPInvokeError() == (OperatingSystem.IsLinux() ? LinuxWouldBlock : MacWouldBlock)) return false;
        throw LastError(path);
    }

    /// <summary>What tells one boot of the machine from the next, or null where the system does not say.</summary>
    public static Guid? BootId()
    {
        const string Source = "/proc/sys/kernel/random/boot_id";
        return OperatingSystem.IsLinux() && File.Exists(Source) && Guid.TryParse(File.ReadAllText(Source).AsSpan().Trim(), out Guid id) ? id : null;
    }

    private static IOException LastError(string path)
    {
        int error = Marshal.GetLastPInvokeError();
        return new IOException($"{Marshal.GetPInvokeErrorMessage(error)}: {path}", error);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fdatasync(int fd);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int fd);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int fd);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int flock(int fd, int operation);

    [LibraryImport("libc")]
    private static partial int posix_fadvise(int fd, long offset, long length, int advice);
}
