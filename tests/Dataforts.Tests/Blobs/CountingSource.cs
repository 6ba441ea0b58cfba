using System.Collections.Concurrent;
using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Tests.Blobs;

/// <summary>Remembers every buffer that it has handed out.</summary>
internal sealed class CountingSource(IChunkSource inner) : IChunkSource
{
    public ConcurrentBag<ChunkBuffer> Buffers { get; } = [];

    public bool IsImmediate => inner.IsImmediate;

    public async ValueTask<ChunkBuffer?> FetchAsync(BlobHash hash, int maxBytes, CancellationToken cancellationToken)
    {
        ChunkBuffer? buffer = await inner.FetchAsync(hash, maxBytes, cancellationToken);
        if (buffer is not null) Buffers.Add(buffer);
        return buffer;
    }
}
