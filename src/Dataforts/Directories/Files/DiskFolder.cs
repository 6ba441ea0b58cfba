namespace Dataforts.Directories.Files;

/// <summary>A folder held open, and what is done below it. Paths are relative to it, components joined by slashes, as bytes; links below it are
/// never followed. Errors of the system come as they are; <see cref="DiskFault"/> tells some apart.</summary>
/// <remarks>Thread-safe.</remarks>
internal abstract class DiskFolder(string location) : IDisposable
{
    /// <summary>Its full path.</summary>
    public string Location { get; } = location;

    /// <summary>Opens a folder; a link at the path itself is followed.</summary>
    public static DiskFolder Open(string path, bool isPortable = false)
    {
        string full = Path.GetFullPath(path);
        return OperatingSystem.IsLinux() && LinuxCalls.AreKnown && !isPortable ? new LinuxFolder(full) : new PortableFolder(full);
    }

    /// <summary>The permission bits of a new file that has none of its own.</summary>
    public virtual uint NewFileMode => 0x1A4;

    /// <summary>The permission bits of a new folder that has none of its own.</summary>
    public virtual uint NewFolderMode => 0x1ED;

    /// <summary>Adds what lies in a folder below this one, or in this one for an empty path, in no order.</summary>
    public abstract void List(ReadOnlySpan<byte> folder, NameList names);

    /// <summary>Opens a file for reading. Never waits, also where a pipe has taken its place.</summary>
    public abstract DiskFile OpenFile(ReadOnlySpan<byte> path);

    /// <summary>What is there; nothing when the path leads nowhere.</summary>
    public abstract DiskNode? TryStat(ReadOnlySpan<byte> path);

    /// <summary>A link's text.</summary>
    public abstract byte[] ReadLink(ReadOnlySpan<byte> path);

    /// <summary>Makes a file that is not there.</summary>
    public abstract DiskFile CreateFile(ReadOnlySpan<byte> path, uint mode);

    /// <summary>Makes a folder that is not there.</summary>
    public abstract void MakeFolder(ReadOnlySpan<byte> path, uint mode);

    /// <summary>Makes a symbolic link that is not there.</summary>
    /// <param name="path">Where.</param>
    /// <param name="target">Its text.</param>
    /// <param name="isToFolder">What it leads to, which Windows wants to know.</param>
    public abstract void MakeLink(ReadOnlySpan<byte> path, ReadOnlySpan<byte> target, bool isToFolder);

    /// <summary>Gives a file of another folder a second name at the same path below this one.</summary>
    /// <returns>Whether that could be done; where not, it has to be copied.</returns>
    public abstract bool TryShare(DiskFolder from, ReadOnlySpan<byte> path);

    /// <summary>Sets the permission bits of a file or folder.</summary>
    public abstract void SetMode(ReadOnlySpan<byte> path, uint mode);

    /// <summary>Sets when the content of a file or folder last changed.</summary>
    public abstract void SetTime(ReadOnlySpan<byte> path, long modifiedAtNs);

    public abstract void RemoveFile(ReadOnlySpan<byte> path);

    public abstract void RemoveFolder(ReadOnlySpan<byte> path);

    /// <summary>Brings the file system that this folder is on to stable storage, as far as the system can be asked to.</summary>
    public abstract void Flush();

    public abstract void Dispose();
}
