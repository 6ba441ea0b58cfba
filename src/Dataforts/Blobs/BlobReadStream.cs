using Dataforts.Content;

namespace Dataforts.Blobs;

/// <summary>A blob as a stream that can seek. Reads ahead within the reader's window; a seek drops what was read ahead.</summary>
internal sealed class BlobReadStream(BlobReader reader, BlobRef blob) : Stream
{
    private readonly long _length = checked((long)blob.SizeBytes);
    private CancellationTokenSource? _stop;
    private IAsyncEnumerator<VerifiedSlice>? _slices;
    private VerifiedSlice? _current;
    private int _used;
    private long _position;
    private bool _restart;
    private bool _disposed;

    public override bool CanRead => !_disposed;

    public override bool CanSeek => !_disposed;

    public override bool CanWrite => false;

    public override long Length => _length;

    public override long Position
    {
        get => _position;
        set => Seek(value, SeekOrigin.Begin);
    }

    /// <summary>Fetches the first chunk, so that opening says what is not there. An empty blob's chunk is looked at as well.</summary>
    public async ValueTask PrimeAsync(CancellationToken cancellationToken) =>
        await AdvanceAsync(cancellationToken).ConfigureAwait(false);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        if (buffer.IsEmpty || _position >= _length) return 0;
        while (_current is null || _used == _current.Memory.Length)
        {
            if (!await AdvanceAsync(cancellationToken).ConfigureAwait(false))
                throw new EndOfStreamException($"the blob ended at byte {_position} of {_length}");
        }
        int count = Math.Min(buffer.Length, _current.Memory.Length - _used);
        _current.Memory.Slice(_used, count).CopyTo(buffer);
        _used += count;
        _position += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult(); // blocking: the caller asked for a synchronous read

    public override long Seek(long offset, SeekOrigin origin)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        long target = checked(offset + origin switch
        {
            SeekOrigin.Begin => 0,
            SeekOrigin.Current => _position,
            _ => _length,
        });
        ArgumentOutOfRangeException.ThrowIfNegative(target, nameof(offset));
        long step = target - _position;
        _position = target;
        if (step == 0) return target;
        if (_current is not null && _used + step >= 0 && _used + step <= _current.Memory.Length) _used += (int)step;
        else _restart = true;
        return target;
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
        await DropAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed) DisposeAsync().AsTask().GetAwaiter().GetResult(); // blocking: what reads ahead must end before its buffers go
        base.Dispose(disposing);
    }

    private async ValueTask<bool> AdvanceAsync(CancellationToken cancellationToken)
    {
        if (_restart) await DropAsync().ConfigureAwait(false);
        if (_slices is null)
        {
            _stop = new CancellationTokenSource();
            _slices = reader.SlicesAsync(blob, new BlobRange((ulong)_position, (ulong)(_length - _position)), _stop.Token).GetAsyncEnumerator(_stop.Token);
        }
        _current?.Dispose();
        _current = null;
        _used = 0;
        try
        {
            using CancellationTokenRegistration _ = cancellationToken.UnsafeRegister(static stop => ((CancellationTokenSource)stop!).Cancel(), _stop);
            if (!await _slices.MoveNextAsync().ConfigureAwait(false)) return false;
            _current = _slices.Current;
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
        _restart = false;
        _current?.Dispose();
        _current = null;
        if (_slices is { } slices)
        {
            _slices = null;
            await slices.DisposeAsync().ConfigureAwait(false);
            _stop?.Dispose();
        }
    }
}
