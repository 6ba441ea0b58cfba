using System.Runtime.InteropServices;

namespace Dataforts.Cli.Output;

/// <summary>Tells devices, pipes and sockets from files, which .NET does not.</summary>
internal static partial class FileKind
{
    private const int CurrentFolder = -100;
    private const uint WantMode = 0x1 | 0x2;
    private const int StatxBytes = 256;
    private const int ModeOffset = 28;
    private const int KindMask = 0xF000;
    private const int RegularFile = 0x8000;
    private const int Folder = 0x4000;

    /// <summary>Whether something is there that is neither a regular file nor a folder; links are followed.</summary>
    public static unsafe bool IsSpecial(string path)
    {
        if (OperatingSystem.IsWindows()) return path.StartsWith(@"\\.\", StringComparison.Ordinal) || path.Equals("NUL", StringComparison.OrdinalIgnoreCase);
        if (!OperatingSystem.IsLinux()) return path.StartsWith("/dev/", StringComparison.Ordinal);
        byte* buffer = stackalloc byte[StatxBytes];
        if (statx(CurrentFolder, path, 0, WantMode, buffer) != 0) return false;
        int kind = *(ushort*)(buffer + ModeOffset) & KindMask;
        return kind is not (RegularFile or Folder);
    }

    // The layout of struct statx is the same on every Linux.
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int statx(int folder, string path, int flags, uint mask, byte* buffer);
}
