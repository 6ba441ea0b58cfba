namespace Dataforts.Log;

/// <summary>Room on the disk that a folder lies on.</summary>
/// <param name="FreeBytes">Bytes that this process may still take.</param>
/// <param name="TotalBytes">Bytes in all.</param>
internal readonly record struct DiskSpace(long FreeBytes, long TotalBytes)
{
    /// <summary>What the system says; null where it does not.</summary>
    public static DiskSpace? Of(string folder)
    {
        try
        {
            var drive = new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(Path.GetFullPath(folder))! : folder);
            return new DiskSpace(drive.AvailableFreeSpace, drive.TotalSize);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
