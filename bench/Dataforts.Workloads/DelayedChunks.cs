using System.Collections.Concurrent;
using Dataforts.Content;
using Dataforts.Store;

namespace Dataforts.Workloads;

/// <summary>Chunks in memory that take their time.</summary>
internal sealed class DelayedChunks(TimeSpan delay) : IChunkSource, IChunkSink
{
    private readonly ConcurrentDictionary<BlobHash, byte[]> _chunks = new();

    public async ValueTask<ChunkBuffer?> FetchAsync(BlobHash hash, int maxBytes, CancellationToken cancellationToken)
    {
        await Task.Delay(delay, cancellationToken);
        return _chunks.TryGetValue(hash, out byte[]? bytes) ? ChunkBuffer.CopyOf(bytes) : null;
    }

    public async ValueTask<bool> StoreAsync(VerifiedChunk chunk, CancellationToken cancellationToken)
    {
        await Task.Delay(delay, cancellationToken);
        return _chunks.TryAdd(chunk.Hash, chunk.Bytes.ToArray());
    }
}
