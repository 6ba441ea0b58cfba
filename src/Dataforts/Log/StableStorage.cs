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

    /// <summary>Flushes all of the file system that an open folder is on, in one call; elsewhere than on Linux the folder alone.</summary>
    public static void FlushFileSystem(SafeFileHandle folder, string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            FlushFolder(path);
            return;
        }
        bool added = false;
        try
        {
            folder.DangerousAddRef(ref added);
            if (syncfs((int)folder.DangerousGetHandle()) != 0) throw LastError(path);
        }
        finally
        {
            if (added) folder.DangerousRelease();
        }
    }

    /// <summary>Lets two paths on one file system change places in one step. Linux only.</summary>
    /// <returns>Whether they did; not where the system or the file system cannot do it, and then nothing has changed.</returns>
    /// <exception cref="IOException">It could be done, but not to these.</exception>
    public static bool TryExchange(string left, string right)
    {
        const int Exchange = 2, Here = -100, Invalid = 22, NoSystemCall = 38, NotSupported = 95;
        if (!OperatingSystem.IsLinux()) return false;
        try
        {
            if (renameat2(Here, left, Here, right, Exchange) == 0) return true;
        }
        catch (EntryPointNotFoundException)
        {
            // A C library from before the call.
            return false;
        }
        return Marshal.GetLastPInvokeError() is Invalid or NoSystemCall or NotSupported ? false : throw LastError(right);
    }

    /// <summary>Cuts a file off or makes it longer. On Linux by the call itself, because .NET leaves it out where the length is the same,
    /// and it is what gives back the room set aside behind the end.</summary>
    public static void SetLength(SafeFileHandle file, long length, string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.SetLength(file, length);
            return;
        }
        bool added = false;
        try
        {
            file.DangerousAddRef(ref added);
            if (ftruncate((int)file.DangerousGetHandle(), length) != 0) throw LastError(path);
        }
        finally
        {
            if (added) file.DangerousRelease();
        }
    }

    /// <summary>Sets room aside for a file without making it longer, so that its blocks lie together and a write need not look for them.
    /// Only a help, and Linux only: a system that cannot do it is none the worse.</summary>
    public static void Preallocate(SafeFileHandle file, long start, long end)
    {
        const int KeepSize = 1;
        if (!OperatingSystem.IsLinux()) return;
        bool added = false;
        try
        {
            file.DangerousAddRef(ref added);
            _ = fallocate((int)file.DangerousGetHandle(), KeepSize, start, end - start);
        }
        finally
        {
            if (added) file.DangerousRelease();
        }
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

    [LibraryImport("libc", SetLastError = true)]
    private static partial int syncfs(int fd);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int renameat2(int leftFolder, string left, int rightFolder, string right, uint flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int fd);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ftruncate(int fd, long length);

    [LibraryImport("libc")]
    private static partial int fallocate(int fd, int mode, long offset, long length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int flock(int fd, int operation);

    [LibraryImport("libc")]
    private static partial int posix_fadvise(int fd, long offset, long length, int advice);
}
