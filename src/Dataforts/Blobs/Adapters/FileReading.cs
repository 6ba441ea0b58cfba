using System.Buffers;
using Dataforts.Content;
using Dataforts.Store;
using Microsoft.Win32.SafeHandles;

namespace Dataforts.Blobs.Adapters;

/// <summary>Reads a part of a file by position into pooled buffers.</summary>
internal static class FileReading
{
    /// <summary>Reads exactly <paramref name="length"/> bytes, which must be inside the file as it was when it was opened.</summary>
    /// <exception cref="IntegrityException">ChunkLength: the file has become shorter.</exception>
    public static async ValueTask<OwnedBytes> ReadAsync(
        SafeFileHandle file, BlobHash hash, long offset, long length, CancellationToken cancellationToken)
    {
        var pieces = new BufferChain();
        try
        {
            long left = length;
            while (left > 0)
            {
                ChunkBuffer buffer = pieces.Add((int)Math.Min(left, StoreLimits.MaxChunkBytes));
                for (int filled = 0; filled < buffer.Length;)
                {
                    int read = await RandomAccess.ReadAsync(file, buffer.Writable[filled..], offset, cancellationToken).ConfigureAwait(false);
                    if (read == 0) throw IntegrityException.Length(hash, length, length - left + filled);
                    filled += read;
                    offset += read;
                }
                left -= buffer.Length;
            }
            return OwnedBytes.Own(pieces.Bytes, pieces);
        }
        catch
        {
            pieces.Dispose();
            throw;
        }
    }

    private sealed class BufferChain : IDisposable
    {
        private readonly List<ChunkBuffer> _buffers = [];

        public ReadOnlySequence<byte> Bytes
        {
            get
            {
                if (_buffers.Count == 0) return ReadOnlySequence<byte>.Empty;
                var first = new Segment(_buffers[0].Memory, null);
                Segment last = first;
                for (int i = 1; i < _buffers.Count; i++) last = new Segment(_buffers[i].Memory, last);
                return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
            }
        }

        public ChunkBuffer Add(int length)
        {
            ChunkBuffer buffer = ChunkBuffer.Rent(length);
            _buffers.Add(buffer);
            return buffer;
        }

        public void Dispose()
        {
            foreach (ChunkBuffer buffer in _buffers) buffer.Dispose();
            _buffers.Clear();
        }
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            if (before is null) return;
            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }
    }
}
