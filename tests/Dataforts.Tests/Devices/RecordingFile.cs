using Dataforts.Log;

namespace Dataforts.Tests.Devices;

/// <summary>A file of a <see cref="RecordingDevice"/>.</summary>
internal sealed class RecordingFile(RecordingDevice device, StorageFile inner, Recording recording, string name, int file) : StorageFile
{
    public override long Length => inner.Length;

    public override int Read(Span<byte> destination, long offset) => inner.Read(destination, offset);

    // One that fails may have written any part of it.
    public override void Write(ReadOnlySpan<byte> source, long offset)
    {
        byte[] bytes = source.ToArray();
        device.Alive(() =>
        {
            try
            {
                inner.Write(bytes, offset);
            }
            finally
            {
                recording.Add(new DeviceOperation(DeviceDeed.Write, name) { File = file, Offset = offset, Bytes = bytes });
            }
            return 0;
        });
    }

    public override void Write(IReadOnlyList<ReadOnlyMemory<byte>> pieces, long offset) => Write(pieces.SelectMany(piece => piece.ToArray()).ToArray(), offset);

    public override void SetLength(long length) => device.Alive(() =>
    {
        inner.SetLength(length);
        return recording.Add(new DeviceOperation(DeviceDeed.SetLength, name) { File = file, Offset = length });
    });

    public override void Preallocate(long start, long end) => inner.Preallocate(start, end);

    public override void FlushData() => device.Alive(() =>
    {
        int since = recording.Count;
        inner.FlushData();
        return recording.Add(new DeviceOperation(DeviceDeed.FlushData, name) { File = file, Since = since });
    });

    public override void DropCache() => inner.DropCache();

    public override void Dispose() => inner.Dispose();
}
