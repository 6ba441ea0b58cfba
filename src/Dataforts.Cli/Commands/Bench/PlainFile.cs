using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Dataforts.Cli.Commands.Bench;

/// <summary>A fresh file with its blocks set aside, written as plainly as the system allows: what a store on it can at best come near. Gone when
/// it is disposed of.</summary>
internal sealed partial class PlainFile : IDisposable
{
    private readonly string _path;
    private readonly SafeFileHandle _handle;

    public PlainFile(string path, long bytes)
    {
        _path = path;
        _handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.None, preallocationSize: bytes);
    }

    /// <summary>Writes pieces one behind the other from the start of the file.</summary>
    /// <param name="content">What to write.</param>
    /// <param name="pieceBytes">Bytes a call.</param>
    /// <param name="flushEvery">Pieces between two flushes of the data; 0 for none.</param>
    /// <param name="cancellationToken">Looked at before each call.</param>
    public void Write(ReadOnlySpan<byte> content, int pieceBytes, int flushEvery, CancellationToken cancellationToken)
    {
        int pieces = 0;
        for (int at = 0; at < content.Length; at += pieceBytes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            RandomAccess.Write(_handle, content.Slice(at, Math.Min(pieceBytes, content.Length - at)), at);
            if (flushEvery > 0 && ++pieces % flushEvery == 0) FlushData();
        }
    }

    /// <summary>fsync.</summary>
    public void Flush() => RandomAccess.FlushToDisk(_handle);

    public void Dispose()
    {
        _handle.Dispose();
        File.Delete(_path);
    }

    // .NET has fsync only, which also writes the file's times.
    private void FlushData()
    {
        if (!OperatingSystem.IsLinux()) Flush();
        else if (fdatasync(_handle) != 0) throw new IOException($"{Marshal.GetLastPInvokeErrorMessage()}: {_path}");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fdatasync(SafeFileHandle file);
}
