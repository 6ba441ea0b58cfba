using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Blobs;

/// <summary>A blob as a stream that can seek. Reads ahead within the reader's window; a read elsewhere drops what was read ahead.</summary>
internal sealed class BlobReadStream(BlobReader reader, BlobRef blob, ReadLease lease) : Stream
{
    private readonly long _length = checked((long)blob.SizeBytes);
    private CancellationTokenSource? _stop;
    private IAsyncEnumerator<VerifiedSlice>? _slices;
    private VerifiedSlice? _current;
    private long _currentStart;
    private long _currentEnd;
    private long _position;
    private bool _disposed;

    public override bool CanRead => !_disposed;

    public override bool CanSeek => !_disposed;

    public override bool CanWrite => false;

    public override long Length
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _length;
        }
    }

    public override long Position
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _position;
        }
        set => Seek(value, SeekOrigin.Begin);
    }

    /// <summary>Fetches the first chunk, so that opening says what is not there. An empty blob's chunk is looked at as well.</summary>
    public async ValueTask PrimeAsync(CancellationToken cancellationToken) =>
        await AdvanceAsync(cancellationToken).ConfigureAwait(false);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        if (buffer.IsEmpty) return 0;
        ReadOnlyMemory<byte> ready = await ReadyAsync(cancellationToken).ConfigureAwait(false);
        int count = Math.Min(buffer.Length, ready.Length);
        ready[..count].CopyTo(buffer);
        _position += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (buffer.IsEmpty) return 0;
        ValueTask<ReadOnlyMemory<byte>> waiting = ReadyAsync(CancellationToken.None);
        // blocking: the caller asked for a synchronous read
        ReadOnlyMemory<byte> ready = waiting.IsCompletedSuccessfully ? waiting.Result : waiting.AsTask().GetAwaiter().GetResult();
        int count = Math.Min(buffer.Length, ready.Length);
        ready.Span[..count].CopyTo(buffer);
        _position += count;
        return count;
    }

    /// <summary>Hands the chunks' own buffers to the destination.</summary>
    public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
    {
        ValidateCopyToArguments(destination, bufferSize);
        ObjectDisposedException.ThrowIf(_disposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        while (true)
        {
            ReadOnlyMemory<byte> ready = await ReadyAsync(cancellationToken).ConfigureAwait(false);
            if (ready.IsEmpty) return;
            await destination.WriteAsync(ready, cancellationToken).ConfigureAwait(false);
            _position += ready.Length;
        }
    }

    public override long Seek(long offset, SeekOrigin origin)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        long from = origin switch
        {
            SeekOrigin.Begin => 0,
            SeekOrigin.Current => _position,
            SeekOrigin.End => _length,
            _ => throw new ArgumentOutOfRangeException(nameof(origin), origin, "not an origin"),
        };
        if (offset < -from || offset > long.MaxValue - from)
            throw new ArgumentOutOfRangeException(nameof(offset), offset, $"no position in a stream is {offset} from {from}");
        // What is read ahead is dropped when a read elsewhere follows, not before.
        return _position = from + offset;
    }

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException("a blob cannot be changed");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("a blob cannot be changed");

    public override async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        try
        {
            await DropAsync().ConfigureAwait(false);
        }
        finally
        {
            lease.Dispose();
        }
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed) DisposeAsync().AsTask().GetAwaiter().GetResult(); // blocking: what reads ahead must end before its buffers go
        base.Dispose(disposing);
    }

    /// <summary>The bytes at hand from the position on; none only at the end or past it.</summary>
    private async ValueTask<ReadOnlyMemory<byte>> ReadyAsync(CancellationToken cancellationToken)
    {
        if (_position >= _length) return default;
        while (_current is null || _position < _currentStart || _position >= _currentEnd)
        {
            if (_slices is not null && _position != _currentEnd) await DropAsync().ConfigureAwait(false);
            if (!await AdvanceAsync(cancellationToken).ConfigureAwait(false))
                throw new EndOfStreamException($"the blob ended at byte {_position} of {_length}");
        }
        return _current.Value.Memory[(int)(_position - _currentStart)..];
    }

    private async ValueTask<bool> AdvanceAsync(CancellationToken cancellationToken)
    {
        // A token that fired when the last read had its chunk already has called off only what was read ahead.
        if (_stop is { IsCancellationRequested: true }) await DropAsync().ConfigureAwait(false);
        if (_slices is null)
        {
            _stop = new CancellationTokenSource();
            _currentStart = _currentEnd = _position;
            _slices = reader.SlicesAsync(blob, new BlobRange((ulong)_position, (ulong)(_length - _position)), _stop.Token).GetAsyncEnumerator(_stop.Token);
        }
        _current?.Dispose();
        _current = null;
        try
        {
            using CancellationTokenRegistration _ = cancellationToken.UnsafeRegister(static stop => ((CancellationTokenSource)stop!).Cancel(), _stop);
            if (!await _slices.MoveNextAsync().ConfigureAwait(false)) return false;
            _current = _slices.Current;
            _currentStart = _currentEnd;
            _currentEnd += _current.Value.Memory.Length;
            return true;
        }
        catch
        {
            // The stream stays usable: the next read begins anew where this one failed or was called off.
            await DropAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            throw;
        }
    }

    private async ValueTask DropAsync()
    {
        _current?.Dispose();
        _current = null;
        if (_slices is { } slices)
        {
            _slices = null;
            await slices.DisposeAsync().ConfigureAwait(false);
            _stop?.Dispose();
            _stop = null;
        }
    }
}
