using Dataforts.Log;

namespace Dataforts.Tests.Devices;

/// <summary>A file of a <see cref="FaultyDevice"/>.</summary>
internal sealed class FaultyFile(FaultyDevice device, StorageFile inner, string path) : StorageFile
{
    private readonly Lock _gate = new();
    private readonly List<(long Start, long End)> _unflushed = [];

    public override long Length => inner.Length;

    public override int Read(Span<byte> destination, long offset)
    {
        device.ThrowIfDue(DeviceDeed.Read, path);
        return inner.Read(destination, offset);
    }

    public override void Write(ReadOnlySpan<byte> source, long offset)
    {
        Fault? fault = device.Due(DeviceDeed.Write, path);
        if (fault is { WritesHalf: true }) inner.Write(source[..(source.Length / 2)], offset);
        if (fault is not null) throw FaultyDevice.ErrorOf(fault, path);
        inner.Write(source, offset);
        lock (_gate) _unflushed.Add((offset, offset + source.Length));
    }

    public override void Write(IReadOnlyList<ReadOnlyMemory<byte>> pieces, long offset) => Write(pieces.SelectMany(piece => piece.ToArray()).ToArray(), offset);

    public override void SetLength(long length)
    {
        device.ThrowIfDue(DeviceDeed.SetLength, path);
        inner.SetLength(length);
    }

    public override void Preallocate(long start, long end) => inner.Preallocate(start, end);

    public override void FlushData()
    {
        Fault? fault = device.Due(DeviceDeed.FlushData, path);
        lock (_gate)
        {
            if (fault is { LosesPages: true })
            {
                foreach ((long start, long end) in _unflushed) inner.Write(new byte[end - start], start);
            }
            _unflushed.Clear();
        }
        if (fault is not null) throw FaultyDevice.ErrorOf(fault, path);
        inner.FlushData();
    }

    public override void DropCache() => inner.DropCache();

    public override void Dispose() => inner.Dispose();
}
