namespace Dataforts.Log;

/// <summary>A file that is open only while it is needed: a store may have more files than a process may have open.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class RestingFile(StorageDevice device, OpenFiles open, string path, bool writable) : IHintBytes, IDisposable
{
    private StorageFile? _file;
    private int _used;
    private volatile bool _disposed;

    public string Path => path;

    public long Length => Ask(static file => file.Length);

    /// <summary>The open file. It may be closed to make room for another; whoever reads then asks again (<see cref="Read"/>).</summary>
    public StorageFile File
    {
        get
        {
            Volatile.Write(ref _used, 1);
            if (_file is { } file) return file;
            ObjectDisposedException.ThrowIf(_disposed, this);
            return Take(device.Open(path, writable));
        }
    }

    /// <summary>Makes the file. Nothing of this name is anyone's: it was not there when the log was opened, or is left of an attempt that failed.</summary>
    public void Create() => Take(device.Create(path, replace: true));

    /// <summary>Reads until the destination is full or the file ends.</summary>
    public int Read(Span<byte> destination, long offset)
    {
        while (true)
        {
            StorageFile file = File;
            try
            {
                return file.ReadFully(destination, offset);
            }
            catch (ObjectDisposedException)
            {
                // Closed to make room for another between the two lines. One that is gone for good throws where it is opened.
            }
        }
    }

    /// <summary>Whether it has to stay open: what the system tells of a write that failed later, it tells whoever had the file open then.</summary>
    public bool IsHeld { get; private set; }

    /// <summary>Has it stay open until <see cref="LetGo"/>.</summary>
    public void Hold() => IsHeld = true;

    /// <summary>Lets it be closed again.</summary>
    public void LetGo()
    {
        IsHeld = false;
        open.Shrink();
    }

    /// <summary>Whether it was used since this was last asked.</summary>
    public bool WasUsed() => Interlocked.Exchange(ref _used, 0) == 1;

    /// <summary>Closes the file until it is needed again.</summary>
    public void Rest() => Interlocked.Exchange(ref _file, null)?.Dispose();

    public void Dispose()
    {
        _disposed = true;
        Rest();
    }

    private StorageFile Take(StorageFile fresh)
    {
        if (Interlocked.CompareExchange(ref _file, fresh, null) is { } first)
        {
            fresh.Dispose();
            return first;
        }
        open.Opened(this);
        return fresh;
    }

    private T Ask<T>(Func<StorageFile, T> question)
    {
        while (true)
        {
            StorageFile file = File;
            try
            {
                return question(file);
            }
            catch (ObjectDisposedException)
            {
                // As above.
            }
        }
    }
}
