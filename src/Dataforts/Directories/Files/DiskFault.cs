namespace Dataforts.Directories.Files;

/// <summary>Tells errors of the system apart.</summary>
internal static class DiskFault
{
    public const int NotPermitted = 1, NoEntry = 2, BadDescriptor = 9, AccessDenied = 13, Busy = 16, Exists = 17, CrossDevice = 18, NotAFolder = 20,
        Invalid = 22, TooManyLinks = 31, NameTooLong = 36, NoSystemCall = 38, Loop = 40, NotSupported = 95;

    /// <summary>Nothing is at the path, or no longer.</summary>
    public static bool IsMissing(Exception error) =>
        error is FileNotFoundException or DirectoryNotFoundException || Is(error, NoEntry) || Is(error, NotAFolder);

    /// <summary>What is at the path is a link, or lies behind one.</summary>
    public static bool IsLink(Exception error) => Is(error, Loop);

    /// <summary>An error of the system of any kind.</summary>
    public static bool IsKnown(Exception error) => error is IOException or UnauthorizedAccessException;

    private static bool Is(Exception error, int code) => !OperatingSystem.IsWindows() && error is IOException && error.HResult == code;
}
