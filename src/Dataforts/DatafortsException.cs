namespace Dataforts;

/// <summary>Every failure of the library that is not a caller's programming error. <see cref="Kind"/> says which;
/// the message names the limit or the offender and is fit for a person.</summary>
public class DatafortsException : Exception
{
    /// <summary>Makes one.</summary>
    public DatafortsException(ErrorKind kind, string message, Exception? inner = null)
        : base(message, inner) => Kind = kind;

    /// <summary>What went wrong.</summary>
    public ErrorKind Kind { get; }

    /// <summary>Whether the same call may succeed later with nothing else changed; the other kinds ask for something to be done first.</summary>
    public bool IsTransient => Kind is ErrorKind.Transient or ErrorKind.StoreInUse;

    /// <summary>Turns an error of the operating system into a typed one: a full disk and a read-only one have kinds of their own.</summary>
    internal static DatafortsException From(Exception error, string what)
    {
        const int LinuxNoSpace = 28, LinuxQuota = 122, MacQuota = 69, LinuxReadOnly = 30, WindowsDiskFull = 0x70, WindowsHandleDiskFull = 0x27;
        int code = error.HResult & 0xFFFF;
        bool windows = OperatingSystem.IsWindows();
        ErrorKind kind = error switch
        {
            UnauthorizedAccessException => ErrorKind.ReadOnly,
            // What .NET makes of EFBIG: the file would grow beyond what the file system or the process's limit allows.
            ArgumentOutOfRangeException => ErrorKind.NoSpace,
            _ when !windows && code is LinuxNoSpace or LinuxQuota or MacQuota => ErrorKind.NoSpace,
            _ when windows && code is WindowsDiskFull or WindowsHandleDiskFull => ErrorKind.NoSpace,
            _ when !windows && code == LinuxReadOnly => ErrorKind.ReadOnly,
            _ => ErrorKind.Io,
        };
        return new DatafortsException(kind, $"{what}: {error.Message}", error);
    }
}
