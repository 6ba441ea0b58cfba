using Microsoft.Win32.SafeHandles;

namespace Dataforts.Log;

/// <summary>An open file of the operating system.</summary>
internal sealed class SystemFile(SafeFileHandle handle, string path) : StorageFile
{
    public override long Length => RandomAccess.GetLength(handle);

    public override int Read(Span<byte> destination, long offset) => RandomAccess.Read(handle, destination, offset);

    public override void Write(ReadOnlySpan<byte> source, long offset) => RandomAccess.Write(handle, source, offset);

    public override void Write(IReadOnlyList<ReadOnlyMemory<byte>> pieces, long offset) => RandomAccess.Write(handle, pieces, offset);

    public override void SetLength(long length) => StableStorage.SetLength(handle, length, path);

    public override void Preallocate(long start, long end) => StableStorage.Preallocate(handle, start, end);

    public override void FlushData() => StableStorage.FlushData(handle, path);

    public override void DropCache() => StableStorage.DropCache(handle);

    public override void Dispose() => handle.Dispose();
}
