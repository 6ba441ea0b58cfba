using Dataforts.Cli.Errors;

namespace Dataforts.Cli.Output;

/// <summary>A file that appears whole or not at all: written aside, renamed by <see cref="Commit"/>, gone without it. What is no regular
/// file (a device, a pipe) is written directly.</summary>
internal sealed class OutputFile : IAsyncDisposable
{
    private readonly string _path;
    private readonly string? _aside;
    private bool _committed;

    private OutputFile(string path, string? aside, Stream stream) => (_path, _aside, Stream) = (path, aside, stream);

    /// <summary>Where the bytes go.</summary>
    public Stream Stream { get; }

    /// <summary>Whether a path means the stream this process was given. Opened by its path, a file behind it would be written from its start.</summary>
    public static bool IsStandardOutput(string path) => path is "-" or "/dev/stdout" or "/dev/fd/1" or "/proc/self/fd/1";

    /// <summary>Whether a write failed because the file would grow beyond what the file system or the process's limit allows: .NET makes
    /// an error of arguments of the system's EFBIG.</summary>
    public static bool IsFileSizeLimit(ArgumentOutOfRangeException error) => error.ParamName == "value";

    /// <summary>A folder is no place for a blob's bytes.</summary>
    /// <exception cref="CliException">It is one.</exception>
    public static void RefuseFolder(string path)
    {
        if (Directory.Exists(path)) throw CliException.Usage($"'{path}' is a folder, not a file");
    }

    /// <summary>As <see cref="Create"/>, but does not hold up a cancellation: opening a named pipe waits for who reads from it.</summary>
    public static Task<OutputFile> CreateAsync(string path, ulong lengthBytes, CancellationToken cancellationToken) =>
        FileKind.IsSpecial(path)
            ? Task.Run(() => Create(path, lengthBytes), CancellationToken.None).WaitAsync(cancellationToken)
            : Task.FromResult(Create(path, lengthBytes));

    /// <summary>Begins a file of <paramref name="lengthBytes"/>.</summary>
    /// <exception cref="CliException">The folder it is to be in does not exist.</exception>
    /// <exception cref="DatafortsException">NoSpace: there is not that much room; nothing was written.</exception>
    public static OutputFile Create(string path, ulong lengthBytes)
    {
        if (FileKind.IsSpecial(path))
            return new OutputFile(path, null, new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0));
        // A link stays a link: what it points to is what is replaced.
        string target = new FileInfo(path).LinkTarget is null
            ? Path.GetFullPath(path)
            : File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(path);
        string folder = Path.GetDirectoryName(target)!;
        if (!Directory.Exists(folder)) throw CliException.PathNotFound(folder);
        RequireRoom(folder, lengthBytes);
        // A name of its own: the target's may be as long as names can be.
        string aside = Path.Combine(folder, $".dataforts-{Guid.NewGuid():N}.part");
        return new OutputFile(target, aside, new FileStream(aside, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0));
    }

    /// <summary>Puts the finished file in its place.</summary>
    public void Commit()
    {
        _committed = true;
        bool replaces = _aside is not null && File.Exists(_path);
        // Else a loss of power could leave the new name with neither the old bytes nor the new.
        if (replaces) ((FileStream)Stream).Flush(flushToDisk: true);
        Stream.Dispose();
        if (_aside is null) return;
        if (!OperatingSystem.IsWindows() && replaces) File.SetUnixFileMode(_aside, File.GetUnixFileMode(_path));
        File.Move(_aside, _path, overwrite: true);
    }

    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync();
        if (_aside is not null && (!_committed || File.Exists(_aside))) File.Delete(_aside);
    }

    private static void RequireRoom(string folder, ulong lengthBytes)
    {
        long free = new DriveInfo(folder).AvailableFreeSpace;
        if (lengthBytes > (ulong)free)
            throw new DatafortsException(ErrorKind.NoSpace, $"'{folder}' has {free} bytes free, and {lengthBytes} are needed");
    }
}
