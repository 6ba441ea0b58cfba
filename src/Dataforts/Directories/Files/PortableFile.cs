using Microsoft.Win32.SafeHandles;

namespace Dataforts.Directories.Files;

/// <summary>An open file by what .NET has on every system.</summary>
internal sealed class PortableFile(SafeFileHandle handle, string path) : DiskFile
{
    private long _written;

    public override DiskNode Stat()
    {
        long modified = PortableFolder.NsOf(File.GetLastWriteTimeUtc(handle));
        uint mode = OperatingSystem.IsWindows() ? 0 : PortableFolder.RegularFile | (uint)File.GetUnixFileMode(handle);
        return new DiskNode(DiskNodeKind.File, RandomAccess.GetLength(handle), mode, modified, modified, 0, 0);
    }

    public override int Read(Span<byte> buffer, long offset) => RandomAccess.Read(handle, buffer, offset);

    public override void Write(ReadOnlySpan<byte> bytes)
    {
        RandomAccess.Write(handle, bytes, _written);
        _written += bytes.Length;
    }

    public override void SetMode(uint mode)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(handle, (UnixFileMode)mode);
    }

    public override void SetTime(long modifiedAtNs) => File.SetLastWriteTimeUtc(handle, PortableFolder.TimeOf(modifiedAtNs));

    public override void Dispose() => handle.Dispose();

    public override string ToString() => path;
}
