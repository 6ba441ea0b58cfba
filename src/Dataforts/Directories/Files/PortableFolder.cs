using System.Text;
using Dataforts.Log;
using Microsoft.Win32.SafeHandles;

namespace Dataforts.Directories.Files;

/// <summary>A folder by what .NET has on every system. Names that are no text it cannot have, and a link that takes a file's place between two
/// looks it cannot rule out.</summary>
internal sealed class PortableFolder : DiskFolder
{
    public const uint RegularFile = 0x8000, FolderMode = 0x4000;
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, ReturnSpecialDirectories = false, IgnoreInaccessible = false };

    // What is a link is not gone into, nor is it flushed.
    private static readonly EnumerationOptions Below =
        new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = false };

    public PortableFolder(string location)
        : base(location)
    {
        if (!Directory.Exists(location)) throw new DirectoryNotFoundException($"there is no folder {location}");
    }

    public override void List(ReadOnlySpan<byte> folder, NameList names)
    {
        foreach (FileSystemInfo info in new DirectoryInfo(FullPath(folder)).EnumerateFileSystemInfos("*", Everything))
            names.Add(Strict.GetBytes(info.Name), KindOf(info));
    }

    public override DiskFile OpenFile(ReadOnlySpan<byte> path)
    {
        string full = FullPath(path);
        if (KindOf(new FileInfo(full)) is not DiskNodeKind.File) throw new IOException($"this is no regular file: {full}", DiskFault.Loop);
        return new PortableFile(File.OpenHandle(full, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete), full);
    }

    public override DiskNode? TryStat(ReadOnlySpan<byte> path)
    {
        FileSystemInfo info = new FileInfo(FullPath(path));
        if (!info.Exists && info.LinkTarget is null) info = new DirectoryInfo(info.FullName);
        if (!info.Exists && info.LinkTarget is null) return null;
        long modified = NsOf(info.LastWriteTimeUtc);
        DiskNodeKind kind = KindOf(info);
        uint mode = OperatingSystem.IsWindows() ? 0 : (kind == DiskNodeKind.Directory ? FolderMode : RegularFile) | (uint)info.UnixFileMode;
        return new DiskNode(kind, info is FileInfo { Exists: true } file ? file.Length : 0, mode, modified, modified, 0, 0);
    }

    public override byte[] ReadLink(ReadOnlySpan<byte> path)
    {
        string text = new FileInfo(FullPath(path)).LinkTarget ?? throw new IOException($"this is no link: {FullPath(path)}");
        return Strict.GetBytes(OperatingSystem.IsWindows() ? text.Replace('\\', '/') : text);
    }

    public override DiskFile CreateFile(ReadOnlySpan<byte> path, uint mode)
    {
        string full = FullPath(path);
        SafeFileHandle handle = File.OpenHandle(full, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        var file = new PortableFile(handle, full);
        try
        {
            file.SetMode(mode);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public override void MakeFolder(ReadOnlySpan<byte> path, uint mode)
    {
        string full = FullPath(path);
        if (Path.Exists(full)) throw new IOException($"this is there already: {full}", DiskFault.Exists);
        Directory.CreateDirectory(full);
        SetMode(path, mode);
    }

    public override void MakeLink(ReadOnlySpan<byte> path, ReadOnlySpan<byte> target, bool isToFolder)
    {
        string full = FullPath(path), text = Strict.GetString(target);
        if (OperatingSystem.IsWindows()) text = text.Replace('/', '\\');
        if (isToFolder) Directory.CreateSymbolicLink(full, text);
        else File.CreateSymbolicLink(full, text);
    }

    // .NET has no call for it.
    public override bool TryShare(DiskFolder from, ReadOnlySpan<byte> path) => false;

    public override void SetMode(ReadOnlySpan<byte> path, uint mode)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(FullPath(path), (UnixFileMode)mode);
    }

    public override void SetTime(ReadOnlySpan<byte> path, long modifiedAtNs)
    {
        string full = FullPath(path);
        if (Directory.Exists(full)) Directory.SetLastWriteTimeUtc(full, TimeOf(modifiedAtNs));
        else File.SetLastWriteTimeUtc(full, TimeOf(modifiedAtNs));
    }

    public override void RemoveFile(ReadOnlySpan<byte> path)
    {
        string full = FullPath(path);
        // On Windows a link to a folder is removed as one.
        if (OperatingSystem.IsWindows() && (File.GetAttributes(full) & FileAttributes.Directory) != 0) Directory.Delete(full);
        else File.Delete(full);
    }

    public override void RemoveFolder(ReadOnlySpan<byte> path) => Directory.Delete(FullPath(path));

    public override void Flush()
    {
        foreach (string path in Directory.EnumerateFiles(Location, "*", Below))
        {
            using SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, OperatingSystem.IsWindows() ? FileAccess.ReadWrite : FileAccess.Read);
            RandomAccess.FlushToDisk(handle);
        }
        foreach (string path in Directory.EnumerateDirectories(Location, "*", Below)) StableStorage.FlushFolder(path);
        StableStorage.FlushFolder(Location);
    }

    public override void Dispose()
    {
    }

    public static long NsOf(DateTime time) => (time - DateTime.UnixEpoch).Ticks * 100;

    public static DateTime TimeOf(long ns) => DateTime.UnixEpoch.AddTicks(ns / 100);

    private static DiskNodeKind KindOf(FileSystemInfo info)
    {
        if (info.LinkTarget is not null) return DiskNodeKind.Symlink;
        if ((info.Attributes & FileAttributes.Directory) != 0) return DiskNodeKind.Directory;
        return (info.Attributes & FileAttributes.Device) != 0 ? DiskNodeKind.Device : DiskNodeKind.File;
    }

    private string FullPath(ReadOnlySpan<byte> path)
    {
        try
        {
            return path.IsEmpty ? Location : Path.Join(Location, Strict.GetString(path));
        }
        catch (DecoderFallbackException error)
        {
            throw new IOException($"this system cannot have a name that is not UTF-8: {Location}/{Encoding.UTF8.GetString(path)}", error);
        }
    }
}
