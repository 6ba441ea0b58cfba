using System.Runtime.CompilerServices;
using Dataforts.Chunking;
using Dataforts.Hashing;

namespace Dataforts.Blobs;

/// <summary>Reads a stream into blocks and cuts it, a batch of chunks at a time.</summary>
/// <remarks>For one caller at a time.</remarks>
internal sealed class InputCutter : IDisposable
{
    private const int ReadBytes = 256 * 1024;
    private const int MinBlockBytes = 1024 * 1024;

    private readonly Stream _source;
    private readonly Blake3Hasher? _whole;
    private readonly Chunker _chunker;
    private readonly InputBlockPool _blocks;
    private readonly Stack<ChunkBatch> _free = new();
    private readonly int _batchChunks;
    private readonly long _batchBytes;
    private readonly bool _halvesSingle;
    private ReadOnlyMemory<byte> _head;
    private InputBlock _block;
    private long _position;
    private int _start;
    private int _filled;
    private bool _ended;
    private bool _isHalved;

    /// <summary>Makes one.</summary>
    /// <param name="source">Read to its end; it stays open.</param>
    /// <param name="head">Bytes that come before the stream's.</param>
    /// <param name="whole">Fed with every byte, in order, when given.</param>
    /// <param name="profile">How to cut.</param>
    /// <param name="limits">The most chunks of a batch and bytes of it; one chunk may exceed these.</param>
    /// <param name="halvesSingle">Whether input that would be one chunk is cut in two.</param>
    public InputCutter(
        Stream source, ReadOnlyMemory<byte> head, Blake3Hasher? whole, ChunkingProfile profile, (int Chunks, long Bytes) limits, bool halvesSingle = false)
    {
        _source = source;
        _head = head;
        _whole = whole;
        _chunker = profile.CreateChunker();
        _blocks = new InputBlockPool(BlockBytes(profile) + (halvesSingle ? 1 : 0));
        _block = _blocks.Rent();
        (_batchChunks, _batchBytes) = limits;
        _halvesSingle = halvesSingle;
    }

    /// <summary>The next chunks, none of which waits for input behind it; null at the end.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ChunkBatch?> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (Cut() is { } batch) return batch;
            if (_ended) return null;
            await ReadAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes back a batch that is done with.</summary>
    public void Recycle(ChunkBatch batch) => _free.Push(batch);

    /// <summary>Gives the blocks back. Every batch that was held has been released by then.</summary>
    public void Dispose()
    {
        _block.Release();
        _blocks.Dispose();
    }

    private ChunkBatch? Cut()
    {
        ChunkBatch? batch = null;
        while (_start < _filled)
        {
            int length = _chunker.FindCut(_block.Memory.Span[_start.._filled], _ended);
            if (length == 0) break;
            bool isFirstAndAll = _halvesSingle && _position == 0 && length == _filled - _start;
            // Whether it is the only one shows when there is more, or no more, to read.
            if (isFirstAndAll && !_ended) break;
            if (_isHalved) length = _filled - _start;
            _isHalved |= isFirstAndAll;
            if (isFirstAndAll && length > 1) length -= length / 2;
            if (batch is null)
            {
                batch = _free.TryPop(out ChunkBatch? used) ? used : new ChunkBatch(_batchChunks);
                batch.Begin(_block, _start, _position);
            }
            batch.Add(length);
            _start += length;
            _position += length;
            // The next one may be as long as they get.
            if (batch.Count == _batchChunks || batch.Bytes + (long)_chunker.MaxChunkBytes > _batchBytes) break;
        }
        return batch;
    }

    private async ValueTask ReadAsync(CancellationToken cancellationToken)
    {
        if (_filled == _block.Size) MoveToNextBlock();
        Memory<byte> destination = _block.Memory.Slice(_filled, Math.Min(ReadBytes, _block.Size - _filled));
        int read = Math.Min(_head.Length, destination.Length);
        if (read > 0)
        {
            _head[..read].CopyTo(destination);
            _head = _head[read..];
        }
        else
        {
            read = await FillAsync(destination, cancellationToken).ConfigureAwait(false);
        }
        _whole?.Update(destination.Span[..read]);
        _filled += read;
        _ended = read == 0;
    }

    private async ValueTask<int> FillAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        try
        {
            return await _source.ReadAsync(destination, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _block.Abandon();
            throw;
        }
    }

    private void MoveToNextBlock()
    {
        InputBlock next = _blocks.Rent();
        _block.Memory[_start..].CopyTo(next.Memory);
        _block.Release();
        _block = next;
        _filled -= _start;
        _start = 0;
    }

    // A block holds the longest chunk twice, so that moving the rest of one block into the next costs little; a multiple of a
    // fixed size leaves no rest at all.
    private static int BlockBytes(ChunkingProfile profile)
    {
        int max = profile.MaxChunkBytes;
        if (profile.IsContentDefined) return Math.Max(MinBlockBytes, 2 * max);
        return max * Math.Max(1, (MinBlockBytes + max - 1) / max);
    }
}
