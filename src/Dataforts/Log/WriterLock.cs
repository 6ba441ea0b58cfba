using System.Diagnostics;
using System.Globalization;

namespace Dataforts.Log;

/// <summary>The one writer's claim on a store. The operating system holds it, so it ends with the process, however that ends.</summary>
internal sealed class WriterLock : IDisposable
{
    private const string FileName = "lock";
    private const string OwnerFileName = "lock.owner";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    private readonly FileStream _file;
    private readonly string _ownerPath;

    private WriterLock(FileStream file, string ownerPath)
    {
        _file = file;
        _ownerPath = ownerPath;
    }

    /// <summary>Waits for the claim up to <paramref name="timeout"/>.</summary>
    /// <exception cref="DatafortsException">Kind StoreInUse, naming the process that has it and since when.</exception>
    public static async Task<WriterLock> AcquireAsync(string folder, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        string path = Path.Combine(folder, FileName);
        string ownerPath = Path.Combine(folder, OwnerFileName);
        long start = time.GetTimestamp();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TryOpen(path) is { } file)
            {
                var claim = new WriterLock(file, ownerPath);
                try
                {
                    claim.Announce(time);
                    return claim;
                }
                catch
                {
                    file.Dispose();
                    throw;
                }
            }
            if (time.GetElapsedTime(start) >= timeout)
                throw new DatafortsException(ErrorKind.StoreInUse, $"the store at {folder} is in use by another writer{Owner(ownerPath)}");
            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Whether a writer that lives has the claim on a store, as far as can be told without asking for it.</summary>
    public static bool IsHeld(string folder)
    {
        try
        {
            string[] words = File.ReadAllText(Path.Combine(folder, OwnerFileName)).Split(' ');
            if (words.Length < 2 || !int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out int id)) return false;
            using var owner = Process.GetProcessById(id);
            return !owner.HasExited;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Gives the claim up. The lock file stays: removing it would let two writers hold locks on two files of one name.</summary>
    public void Dispose()
    {
        TryForgetOwner();
        _file.Dispose();
    }

    // Who had the claim last is for messages only; that it ends must not hang on it.
    private bool TryForgetOwner()
    {
        try
        {
            File.Delete(_ownerPath);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static FileStream? TryOpen(string path)
    {
        try
        {
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            if (StableStorage.TryLock(file.SafeFileHandle, path)) return file;
            file.Dispose();
            return null;
        }
        catch (IOException error) when (IsHeld(error))
        {
            return null;
        }
    }

    // A sharing violation has no type of its own. What else may be wrong (a full or read-only disk) is no reason to wait.
    private static bool IsHeld(IOException error)
    {
        const int WindowsSharing = 0x20, WindowsLock = 0x21, LinuxWouldBlock = 11, MacWouldBlock = 35;
        int code = error.HResult & 0xFFFF;
        return OperatingSystem.IsWindows() ? code is WindowsSharing or WindowsLock : code == (OperatingSystem.IsLinux() ? LinuxWouldBlock : MacWouldBlock);
    }

    private void Announce(TimeProvider time)
    {
        if (_file.Length == 0)
        {
            Span<byte> header = stackalloc byte[FileHeader.SizeBytes];
            new FileHeader(FileHeader.LockMagic, FileHeader.CurrentVersion, Guid.Empty, 0, 0).Write(header);
            _file.Write(header);
            _file.Flush();
        }
        File.WriteAllText(_ownerPath, string.Create(CultureInfo.InvariantCulture,
            $"process {Environment.ProcessId} since {time.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss'Z'}"));
    }

    private static string Owner(string ownerPath)
    {
        try
        {
            return ": " + File.ReadAllText(ownerPath);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return " (which does not say who it is)";
        }
    }
}
