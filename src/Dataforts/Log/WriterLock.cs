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
                claim.Announce(time);
                return claim;
            }
            if (time.GetElapsedTime(start) >= timeout)
                throw new DatafortsException(ErrorKind.StoreInUse, $"the store at {folder} is in use by another writer{Owner(ownerPath)}");
            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Gives the claim up. The lock file stays: removing it would let two writers hold locks on two files of one name.</summary>
    public void Dispose()
    {
        File.Delete(_ownerPath);
        _file.Dispose();
    }

    private static FileStream? TryOpen(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException error) when (error is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException))
        {
            // Held by another process: the system says so by a sharing violation, which has no type of its own.
            return null;
        }
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
        catch (IOException)
        {
            return " (which does not say who it is)";
        }
    }
}
