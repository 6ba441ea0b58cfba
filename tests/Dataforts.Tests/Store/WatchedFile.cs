using Dataforts.Log;

namespace Dataforts.Tests.Store;

/// <summary>A file of a <see cref="WatchedDevice"/>.</summary>
internal sealed class WatchedFile(StorageFile file, string path, Action<DeviceCall> watch) : StorageFile
{
    public override long Length => file.Length;

    public override int Read(Span<byte> destination, long offset)
    {
        watch(new DeviceCall(WatchedDeed.Read, path, offset, destination.Length));
        return file.Read(destination, offset);
    }

    public override void Write(ReadOnlySpan<byte> source, long offset)
    {
        watch(new DeviceCall(WatchedDeed.Write, path, offset, source.Length));
        file.Write(source, offset);
    }

    public override void Write(IReadOnlyList<ReadOnlyMemory<byte>> pieces, long offset)
    {
        watch(new DeviceCall(WatchedDeed.Write, path, offset, pieces.Sum(piece => (long)piece.Length)));
        file.Write(pieces, offset);
    }

    public override void SetLength(long length) => file.SetLength(length);

    public override void Preallocate(long start, long end) => file.Preallocate(start, end);

    public override void FlushData()
    {
        watch(new DeviceCall(WatchedDeed.Flush, path));
        file.FlushData();
    }

    public override void DropCache() => file.DropCache();

    public override void Dispose()
    {
        watch(new DeviceCall(WatchedDeed.Close, path));
        file.Dispose();
    }
}
