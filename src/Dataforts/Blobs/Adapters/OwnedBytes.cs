using System.Buffers;

namespace Dataforts.Blobs.Adapters;

/// <summary>Bytes in memory and what has to be released when they are done with. Dispose it once.</summary>
/// <remarks>The bytes may be read by any number of threads until then. Disposing again does nothing.</remarks>
public sealed class OwnedBytes : IDisposable
{
    private readonly ReadOnlySequence<byte> _bytes;
    private object? _owner;
    private bool _released;

    private OwnedBytes(ReadOnlySequence<byte> bytes, object? owner)
    {
        _bytes = bytes;
        _owner = owner;
    }

    /// <summary>No bytes.</summary>
    public static OwnedBytes Empty => new(ReadOnlySequence<byte>.Empty, null);

    /// <summary>The bytes, in one piece or several.</summary>
    /// <exception cref="ObjectDisposedException">They were released.</exception>
    public ReadOnlySequence<byte> Bytes
    {
        get
        {
            ObjectDisposedException.ThrowIf(_released, this);
            return _bytes;
        }
    }

    /// <summary>How many.</summary>
    public long Length => _bytes.Length;

    /// <summary>Bytes that nobody has to release: an array, a frozen object.</summary>
    public static OwnedBytes Borrow(ReadOnlySequence<byte> bytes) => new(bytes, null);

    /// <inheritdoc cref="Borrow(ReadOnlySequence{byte})"/>
    public static OwnedBytes Borrow(ReadOnlyMemory<byte> bytes) => new(new ReadOnlySequence<byte>(bytes), null);

    /// <summary>Bytes in something that is disposed with them: a pooled buffer, a <see cref="BlobSequence"/>.</summary>
    public static OwnedBytes Own(ReadOnlySequence<byte> bytes, IDisposable owner)
    {
        ArgumentNullException.ThrowIfNull(owner);
        return new OwnedBytes(bytes, owner);
    }

    /// <summary>Bytes that somebody else lends, such as another language's runtime.</summary>
    /// <param name="bytes">Not to change or move until <paramref name="release"/> is called.</param>
    /// <param name="release">Called once, on the thread that disposes.</param>
    public static OwnedBytes Lend(ReadOnlyMemory<byte> bytes, Action release)
    {
        ArgumentNullException.ThrowIfNull(release);
        return new OwnedBytes(new ReadOnlySequence<byte>(bytes), release);
    }

    /// <summary>A copy, for callers that want an array.</summary>
    public byte[] ToArray() => Bytes.ToArray();

    /// <summary>Releases the bytes.</summary>
    public void Dispose()
    {
        _released = true;
        switch (Interlocked.Exchange(ref _owner, null))
        {
            case IDisposable owned:
                owned.Dispose();
                break;
            case Action release:
                release();
                break;
        }
    }
}
