namespace Dataforts.Log;

/// <summary>One open file of a <see cref="StorageDevice"/>. Reads and writes are by position.</summary>
/// <remarks>Thread-safe. Disposed while another thread reads, it lets that read end or throws <see cref="ObjectDisposedException"/>.</remarks>
internal abstract class StorageFile : IHintBytes, IDisposable
{
    /// <summary>The file's bytes.</summary>
    public abstract long Length { get; }

    /// <summary>Reads what there is, up to the destination's length; 0 at the end of the file.</summary>
    public abstract int Read(Span<byte> destination, long offset);

    /// <summary>Writes at a place, making the file longer where it reaches past its end.</summary>
    public abstract void Write(ReadOnlySpan<byte> source, long offset);

    /// <summary>Writes several pieces one behind the other, in one call where the system has one.</summary>
    public abstract void Write(IReadOnlyList<ReadOnlyMemory<byte>> pieces, long offset);

    /// <summary>Cuts the file off, or makes it longer with zeros; room that was set aside behind the end is given back.</summary>
    public abstract void SetLength(long length);

    /// <summary>Sets room aside up to <paramref name="end"/> without changing the file's length; where the system has none to give, nothing happens.</summary>
    public abstract void Preallocate(long start, long end);

    /// <summary>Returns when the file's data and length are on stable storage.</summary>
    public abstract void FlushData();

    /// <summary>Asks the system to forget its copy, so that a read comes from the device. A hint.</summary>
    public abstract void DropCache();

    /// <summary>Closes the file.</summary>
    public abstract void Dispose();

    /// <summary>Reads until the destination is full or the file ends.</summary>
    /// <returns>The bytes read.</returns>
    public int ReadFully(Span<byte> destination, long offset)
    {
        int total = 0;
        while (total < destination.Length)
        {
            int read = Read(destination[total..], offset + total);
            if (read == 0) break;
            total += read;
        }
        return total;
    }
}
